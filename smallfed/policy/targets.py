"""What may be asked of another server: the one reading of URLs for everything that goes out.

Spec: RFC 3986 §3, RFC 3987 §3.1, RFC 5890 (LDH labels), WHATWG URL §3.5 (hosts that end in a number).
"""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import quote, urljoin

import idna
from msgspec import Struct

from smallfed.policy.addresses import NAT64, SIX_TO_FOUR

MAX_URL = 8192
DEFAULT_PORTS = {"http": 80, "https": 443}

_URL = re.compile(r"([a-z]+)://([^/?#]*)([^#]*)(?:#.*)?", re.IGNORECASE)
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORT = re.compile(r"[0-9]{1,5}")
_ASCII = "".join(map(chr, range(0x21, 0x7F)))


class Target(Struct, frozen=True, kw_only=True):
    """One URL, read: whom to dial and what to ask for.

    ``url`` is the URL as it was written, without its fragment; ``path`` is path and query as they go over the wire.
    ``host`` is lower-case and ASCII, an IPv6 address stands without brackets.
    """

    url: str
    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The value of the Host header: the port is named only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def wire(self) -> str:
        """The URL as the other server sees it: what signatures cover."""
        return f"{self.scheme}://{self.authority}{self.path}"


class Refused(Struct, frozen=True, kw_only=True):
    """The URL is never asked for; ``reason`` is the rest of a sentence that begins with the URL."""

    reason: str


def read(url: str, *, allow_http: bool) -> Target | Refused:
    """Read ``url``, or say why it is not one we ask for. The query is kept byte for byte."""
    if len(url) > MAX_URL:
        return Refused(reason=f"is longer than {MAX_URL} characters")
    match = None if _UNSAFE.search(url) else _URL.fullmatch(url)
    if match is None:
        return Refused(reason="is not a URL of a web server")
    scheme, authority, path = match[1].lower(), match[2], match[3]
    if scheme not in DEFAULT_PORTS or (scheme == "http" and not allow_http):
        return Refused(reason="is not an https URL")
    if "@" in authority:
        return Refused(reason="carries a user name or password")
    name, port = _split(authority, scheme)
    host = _host(name)
    if host is None or port is None:
        return Refused(reason="names no valid host and port")
    path = quote(path if path.startswith("/") else "/" + path, safe=_ASCII)
    return Target(url=url.partition("#")[0], scheme=scheme, host=host, port=port, path=path)


def follow(target: Target, location: str, *, allow_http: bool) -> Target | Refused:
    """Read where a redirect from ``target`` leads. https never leads to http."""
    if _UNSAFE.search(location):
        return Refused(reason="is not a URL of a web server")
    try:
        onward = read(urljoin(target.wire, location), allow_http=allow_http)
    except ValueError:  # urljoin on brackets that do not match
        return Refused(reason="is not a URL of a web server")
    if isinstance(onward, Target) and target.scheme == "https" and onward.scheme == "http":
        return Refused(reason="leads from https to http")
    return onward


def _split(authority: str, scheme: str) -> tuple[str, int | None]:
    name, colon, port = authority.rpartition(":")
    if not colon or "]" in port:
        return authority, DEFAULT_PORTS[scheme]
    if port == "":
        return name, DEFAULT_PORTS[scheme]
    number = int(port) if _PORT.fullmatch(port) else 0
    return name, number if 0 < number < 65536 else None


def _host(name: str) -> str | None:
    if name.startswith("[") and name.endswith("]"):
        return _ipv6(name[1:-1])
    try:
        host = name.lower() if name.isascii() else idna.encode(name, uts46=True, std3_rules=True).decode()
    except idna.IDNAError:
        return None
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    # Resolvers read "127.1" and "0x7f000001" as addresses; a host that ends in a number must be a plain one.
    return _ipv4(host) if _NUMBER.fullmatch(labels[-1]) else host


def _ipv4(text: str) -> str | None:
    try:
        return str(IPv4Address(text))
    except AddressValueError:
        return None


def _ipv6(text: str) -> str | None:
    """Return an address in its one spelling; None also for one that means one of IPv4, which has a name of its own.

    By that name it may be blocked.
    """
    try:
        address = IPv6Address(text)
    except AddressValueError:
        return None
    means_another = address.ipv4_mapped is not None or address in NAT64 or address in SIX_TO_FOUR
    return None if "%" in text or means_another else str(address)
