"""host-meta: where a host answers WebFinger, for those who look there first or as a last resort.

Spec: RFC 6415 (XRD and JRD forms of host-meta).
"""

from html import escape
from xml.parsers import expat

import msgspec

from smallfed.errors import Invalid, Malformed, TooLarge
from smallfed.protocol import limits
from smallfed.protocol.jsonld import read
from smallfed.protocol.webfinger import PATH as WEBFINGER_PATH

PATH = "/.well-known/host-meta"
LRDD = "lrdd"


def template(base: str) -> str:
    """Return the WebFinger template of the origin ``base``."""
    return f"{base}{WEBFINGER_PATH}?resource={{uri}}"


def xrd(base: str) -> bytes:
    """Return host-meta in XML."""
    link = f'<Link rel="{LRDD}" type="application/jrd+json" template="{escape(template(base))}"/>'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n  {link}\n</XRD>\n'
    ).encode()


def jrd(base: str) -> bytes:
    """Return host-meta in JSON."""
    link = {"rel": LRDD, "type": "application/jrd+json", "template": template(base)}
    return msgspec.json.encode({"links": [link]})


def read_template(body: bytes) -> str:
    """Return the WebFinger template in host-meta of either form: an https URL with ``{uri}`` in it.

    Malformed when it is neither XML nor JSON (a document type is refused, so entities cannot grow), Invalid when
    there is no such template.
    """
    if len(body) > limits.DISCOVERY:
        raise TooLarge(f"host-meta may have at most {limits.DISCOVERY} bytes.")
    found = _json_templates(body) if body.lstrip()[:1] == b"{" else _xml_templates(body)
    for text in found:
        if text.startswith(("https://", "http://")) and "{uri}" in text and len(text) <= limits.URI:
            return text
    raise Invalid("host-meta names no WebFinger template.")


def _json_templates(body: bytes) -> list[str]:
    return [link.text("template") for link in read(body).documents("links") if link.text("rel") == LRDD]


def _xml_templates(body: bytes) -> list[str]:
    found: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "Link" and attributes.get("rel") == LRDD:
            found.append(attributes.get("template", ""))

    def doctype(*_: object) -> None:
        raise Malformed("host-meta must not have a document type.")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError) as why:
        raise Malformed("host-meta is neither XML nor JSON that can be read.", detail=str(why)) from why
    return found
