"""Which ActivityPub document a page for people names: a ``link`` in its head, or a Link header.

Spec: HTML §4.6.7 (``rel=alternate``), RFC 8288; FEP-2677; the html-discovery report of the SWICG.

Pages come from strangers, so this is a scanner that looks at every character a fixed number of times, not a parser.
"""

import html
import re
from collections.abc import Iterator

from smallfed.protocol.negotiation import is_activity

LONGEST_TAG = 4096
MOST_TAGS = 200

_LINK = re.compile(r"<link[\s/]", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z]{1,20})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


def alternate(page: str, link_header: str) -> str | None:
    """Return the URL (maybe relative) of the page's ActivityPub document, or None."""
    for attributes in (*_headers(link_header), *_tags(page)):
        names = attributes.get("rel", "").lower().split()
        if "alternate" in names and is_activity(attributes.get("type")) and attributes.get("href"):
            return attributes["href"]
    return None


def _tags(page: str) -> Iterator[dict[str, str]]:
    for count, match in enumerate(_LINK.finditer(page)):
        if count == MOST_TAGS:
            return
        tag = page[match.end() : match.end() + LONGEST_TAG].partition(">")[0]
        yield _attributes(tag, unescape=True)


def _headers(field: str) -> Iterator[dict[str, str]]:
    for part in field[:LONGEST_TAG].split("<")[1:]:
        href, _, parameters = part.partition(">")
        yield {**_attributes(parameters, unescape=False), "href": href.strip()}


def _attributes(text: str, *, unescape: bool) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        value = double or single or (bare if unescape else bare.rstrip(";,"))
        found.setdefault(name.lower(), html.unescape(value) if unescape else value)
    return found
