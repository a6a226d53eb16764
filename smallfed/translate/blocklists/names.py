"""Names in block lists: of servers and of people, in the form in which they are compared."""

import re

import idna

from smallfed.domain.blocklist import HIDDEN
from smallfed.domain.uris import host, web

_PLAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_USER = re.compile(r"[\w.~+-]{1,200}")
_MACHINE = re.compile(r"[0-9.]+|\[?[0-9a-f:]*:[0-9a-f:.]*\]?")
_REGISTRY = re.compile(r"(?:ac|co|com|edu|gov|gob|net|org|ne|or)\.[a-z]{2}")
_CANARY = "000delete"
_NOWHERE = (".invalid", ".localhost", ".local", ".test", ".example.com", ".example.net", ".example.org")
LONGEST = 253
LONGEST_TEXT = 2000  # characters that are looked at, with what people paste around a name


class Unusable(Exception):
    """A line that says nothing of use; ``reason`` is the same for all of its kind."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_handle(text: str) -> bool:
    """Whether this looks like somebody's handle."""
    user, at, name = text.strip().removeprefix("@").rpartition("@")
    return bool(at and user and name) and "/" not in text


def server(text: str, digest: str = "") -> str:
    """Return the domain that is meant, in lower case and ASCII; raise Unusable.

    Addresses, ports, a leading ``@`` or ``*.`` and quotes are taken off: people paste what they have. A name that is
    hidden by asterisks is that of its ``digest`` (hex SHA-256).
    """
    if len(text) > LONGEST_TEXT:  # long before it could be one, patterns take hundreds of megabytes
        raise Unusable("it is no name of a server")
    name = text.strip().strip("\"'`").lower()
    if _PLAIN.fullmatch(name):
        return _acceptable(name)
    bare = name.rpartition("://")[2].partition("/")[0].partition("?")[0].partition("#")[0]
    if is_handle(bare):
        raise Unusable("it is somebody, and no server")
    bare = bare.removeprefix("@").removeprefix("*.").lstrip(".").rstrip(".")
    if "*" in bare or "•" in bare:
        if _DIGEST.fullmatch(digest.strip().lower()):
            return HIDDEN + digest.strip().lower()
        raise Unusable("its name is hidden, and there is no digest")
    return _acceptable(_ascii(_without_port(bare)))


def _without_port(name: str) -> str:
    front, colon, port = name.rpartition(":")
    return front.rstrip(".") if colon and port.isdigit() and ":" not in front else name


def _ascii(name: str) -> str:
    if name.isascii():
        return name
    try:
        return idna.encode(name, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return _with_symbols(name)


def _with_symbols(name: str) -> str:
    """Return a name with a picture in it, such as ``i❤.example``: not by the book, but there are some."""
    try:
        labels = idna.uts46_remap(name).split(".")
        return ".".join(one if one.isascii() else f"xn--{one.encode('punycode').decode()}" for one in labels)
    except (idna.IDNAError, UnicodeError) as error:
        raise Unusable("it is no name of a server") from error


def _acceptable(name: str) -> str:
    if name.startswith(_CANARY):
        raise Unusable("it is a canary, deleted by whoever reads what the list says of itself")
    if not name:
        raise Unusable("it has no name")
    if _MACHINE.fullmatch(name):
        raise Unusable("it is the number of a machine, and no name")
    if f".{name}".endswith(_NOWHERE):
        raise Unusable("it exists nowhere")
    if "." not in name or _REGISTRY.fullmatch(name):
        raise Unusable(
            "it is a whole top-level domain" if name.isalnum() or "." in name else "it is no name of a server"
        )
    if len(name) > LONGEST or not _PLAIN.fullmatch(name):
        raise Unusable("it is no name of a server")
    return name


def can_be_named(name: str) -> bool:
    """Whether a list may be about a domain, which is in the form in which it is compared."""
    try:
        return _acceptable(name) == name
    except Unusable:
        return False


def person(text: str) -> str:
    """Return who is meant, as ``@user@host`` in lower case or as the id of an actor; raise Unusable."""
    if len(text) > LONGEST_TEXT:
        raise Unusable("it is nobody")
    text = text.strip().strip("\"'`").removeprefix("acct:")
    if "://" in text:
        where = host(web(text))
        if where is None or not text.partition("://")[2].partition("/")[2] or not text.isprintable():
            raise Unusable("it is nobody's address")
        server(where)
        return text
    user, _, name = text.removeprefix("@").rpartition("@")
    if not _USER.fullmatch(user):
        raise Unusable("it is nobody")
    return f"@{user.lower()}@{server(name)}"
