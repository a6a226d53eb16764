"""Redirect addresses of apps: which may be registered, and how an answer is put into them.

Spec: RFC 6749 §3.1.2, RFC 8252 §7 (custom schemes, loopback); SAFETY rule 34; RULINGS 23.
"""

import re
from urllib.parse import urlencode, urlsplit

from smallfed.errors import Invalid

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
LONGEST = 2000
_VISIBLE = re.compile(r"[!-~]+")  # printable ASCII without the space: nothing that could end a header line
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_HOST = re.compile(r"[a-z0-9.-]+(?::[0-9]+)?")
_SIX = re.compile(r"\[[0-9a-f:.]+\](?::[0-9]+)?")
_SCRIPTS = frozenset({"javascript", "data", "vbscript", "file", "blob", "about", "filesystem", "view-source", "urn"})


def require_usable(uri: str) -> None:
    """Refuse, with Invalid, an address that no app can be reached at, or that a browser would run as a script."""
    if uri == OUT_OF_BAND:
        return
    if len(uri) > LONGEST or not _VISIBLE.fullmatch(uri):
        raise Invalid(f"a redirect URI has at most {LONGEST} characters, printable ASCII only")
    scheme, host = _parts(uri)
    if scheme in _SCRIPTS:
        raise Invalid(f"a redirect URI cannot have the scheme {scheme}:")
    if "#" in uri:
        raise Invalid("a redirect URI cannot have a fragment")
    if scheme in ("http", "https") and not (_HOST.fullmatch(host) or _SIX.fullmatch(host)):
        raise Invalid("a redirect URI with http or https needs a host, and nothing before it that looks like one")


def form_action(uri: str) -> str | None:
    """Return what Content-Security-Policy has to allow so that a form may lead to ``uri``; None for no redirect."""
    if uri == OUT_OF_BAND:
        return None
    scheme, host = _parts(uri)
    if scheme in ("http", "https") and _HOST.fullmatch(host):  # the policy has no words for IPv6 addresses
        return f"{scheme}://{host}"
    return f"{scheme}:"


def destination(uri: str) -> str:
    """Return what the owner should know of where ``uri`` leads: a host, or the scheme that an app has registered."""
    scheme, host = _parts(uri)
    return host if scheme in ("http", "https") else f"{scheme}:"


def answered(uri: str, **parameters: str | None) -> str:
    """Return ``uri`` with the parameters that are not None added to its query."""
    query = urlencode({name: value for name, value in parameters.items() if value is not None})
    return f"{uri}{'&' if '?' in uri else '?'}{query}"


def _parts(uri: str) -> tuple[str, str]:
    """Return the scheme and host[:port], lower case; Invalid when there is no scheme."""
    scheme, colon, _ = uri.partition(":")
    if not colon or not _SCHEME.fullmatch(scheme.lower()):
        raise Invalid("a redirect URI is absolute: it begins with a scheme like https:")
    try:
        return scheme.lower(), urlsplit(uri).netloc.lower()
    except ValueError as error:
        raise Invalid("a redirect URI has to be a valid address") from error
