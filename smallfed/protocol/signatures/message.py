"""The parts of an HTTP message that a signature can cover.

Spec: RFC 9421 §2; draft-cavage-http-signatures-12 §2.3.
"""

import re
from functools import cached_property

from msgspec import Struct

from smallfed.errors import Invalid, Malformed

_URL = re.compile(r"(https?)://([^/?#@\\]+)(/[^?#]*)?(\?[^#]*)?(?:#.*)?", re.IGNORECASE)
_METHOD = re.compile(r"[A-Z]+")
_PRINTABLE = re.compile(r"[!-~]+")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_BREAKS = "\r\n\0"


class Message(Struct, frozen=True, kw_only=True, dict=True):
    """A request as it came in or will go out, or a response when ``status`` is set.

    Text is the bytes of the wire read as Latin-1, so that nothing is lost on the way to the signature base.
    ``scheme`` is that of our public address, not of the hop behind a proxy. ``authority`` is the Host as received.
    ``target`` is path and query as received, undecoded. Names in ``headers`` are lower case; the order of lines is
    kept. ``body`` None means that there is none.
    """

    method: str
    authority: str
    target: str
    headers: tuple[tuple[str, str], ...]
    scheme: str = "https"
    body: bytes | None = None
    status: int | None = None

    @property
    def path(self) -> str:
        """The path, undecoded, never empty."""
        return self.target.partition("?")[0] or "/"

    @property
    def query(self) -> str:
        """The query without its question mark; empty when there is none."""
        return self.target.partition("?")[2]

    @property
    def host(self) -> str:
        """The authority in lower case without the scheme's default port."""
        return normal_host(self.scheme, self.authority)

    def lines(self, name: str) -> list[str]:
        """Return the values of all lines of the header ``name`` (lower case), trimmed, in order.

        Malformed when one contains a line break: it could pass for another line of a signature base.
        """
        values = self._by_name.get(name, [])
        if any(mark in value for value in values for mark in _BREAKS):
            raise Malformed(f"The header {name} contains a line break.")
        return values

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        values: dict[str, list[str]] = {}
        for name, value in self.headers:
            values.setdefault(name, []).append(value.strip(" \t"))
        return values

    def field(self, name: str) -> str | None:
        """Return the header ``name`` with its lines joined by a comma and a space, None when it is absent."""
        values = self.lines(name)
        return ", ".join(values) if values else None


def normal_host(scheme: str, authority: str) -> str:
    """Return ``authority`` in lower case without the default port of ``scheme``."""
    return authority.lower().removesuffix(_DEFAULT_PORTS.get(scheme, ""))


def request(method: str, url: str, *, headers: tuple[tuple[str, str], ...] = (), body: bytes | None = None) -> Message:
    """Return the message that asks ``method`` of the absolute http(s) ``url``.

    The fragment is dropped. Invalid when the URL is not printable ASCII, not http(s), or carries user information:
    what is signed must be, octet by octet, what the client sends. Invalid too when ``method`` is not a word.
    """
    if not _METHOD.fullmatch(method.upper()):
        raise Invalid(f"Not a method of HTTP: {method[:40]!r}.")
    match = _URL.fullmatch(url) if _PRINTABLE.fullmatch(url) else None
    if match is None:
        raise Invalid(f"Not an http(s) URL in ASCII without user name: {url[:200]!r}.")
    scheme = match[1].lower()
    return Message(
        method=method.upper(),
        scheme=scheme,
        authority=normal_host(scheme, match[2]),
        target=(match[3] or "/") + (match[4] or ""),
        headers=tuple((name.lower(), value) for name, value in headers),
        body=body,
    )
