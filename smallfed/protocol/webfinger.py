"""WebFinger: from a handle to an actor, and back.

Spec: RFC 7033, RFC 7565 (acct), https://swicg.github.io/activitypub-webfinger/, FEP-3b86 (intents).
"""

import re
from urllib.parse import quote

import idna
import msgspec
from msgspec import UNSET, Struct, UnsetType

from smallfed.errors import Invalid, Malformed, TooLarge
from smallfed.protocol import limits
from smallfed.protocol.jsonld import Document, read
from smallfed.protocol.vocabulary import ACTIVITY_JSON, AS2, LD_JSON

PATH = "/.well-known/webfinger"
SELF = "self"
PROFILE_PAGE = "http://webfinger.net/rel/profile-page"
AVATAR = "http://webfinger.net/rel/avatar"
SUBSCRIBE = "http://ostatus.org/schema/1.0/subscribe"
INTENT = "https://w3id.org/fep/3b86/"
"""Before the name of what somebody means to do; ``Object`` is: look at it, and decide there."""

_LABEL = r"[^\s@/?#<>\"'\\%.]+"
_HANDLE = re.compile(rf"([^\s@/:?#<>\"'\\%]+)@({_LABEL}(?:\.{_LABEL})*)")
_SUBJECT = re.compile(r"(?:acct:)?@?(.+)", re.IGNORECASE)


class Handle(Struct, frozen=True):
    """``username@host``; the host is lower case and ASCII. Two handles are the same when ``key`` is."""

    username: str
    host: str

    def __str__(self) -> str:
        return f"{self.username}@{self.host}"

    @property
    def acct(self) -> str:
        """The acct: URI."""
        return f"acct:{self}"

    @property
    def key(self) -> tuple[str, str]:
        """What to compare: case does not matter."""
        return self.username.lower(), self.host


class Link(Struct, frozen=True, kw_only=True):
    """One link of a JRD."""

    rel: str
    type: str | UnsetType = UNSET
    href: str | UnsetType = UNSET
    template: str | UnsetType = UNSET


class Jrd(Struct, frozen=True, kw_only=True):
    """An answer of ours."""

    subject: str
    aliases: tuple[str, ...]
    links: tuple[Link, ...]

    def encode(self) -> bytes:
        """Return the JSON."""
        return msgspec.json.encode(self)


class Found(Struct, frozen=True, kw_only=True):
    """What another server says about a handle: the actor's id, and where its users go to interact with a URI."""

    subject: Handle
    actor: str
    subscribe: str | None = None


def handle(text: str) -> Handle:
    """Read ``@user@host``, ``user@host`` or ``acct:user@host``; Malformed for anything else."""
    outer = _SUBJECT.fullmatch(text.strip()) if len(text) <= limits.HANDLE else None
    match = _HANDLE.fullmatch(outer[1]) if outer else None
    try:
        host = _ascii(match[2]) if match else ""
    except idna.IDNAError:
        host = ""
    if match is None or not host:
        raise Malformed("A handle has the form @user@example.org.")
    return Handle(match[1], host)


def _ascii(host: str) -> str:
    name, colon, port = host.lower().partition(":")
    return f"{name if name.isascii() else idna.encode(name, uts46=True).decode()}{colon}{port}"


def query(resource: str) -> str:
    """Return the path and query to ask for ``resource`` (an acct: URI or a URL)."""
    return f"{PATH}?resource={quote(resource, safe=':@')}"


def read_jrd(body: bytes) -> Found:
    """Read the answer of another server.

    Malformed when it is no JRD, Invalid when it names no subject that is a handle or no ActivityPub actor. Whether the
    subject is the one asked for, and whether the actor agrees, is for the caller to see.
    """
    if len(body) > limits.DISCOVERY:
        raise TooLarge(f"A webfinger answer may have at most {limits.DISCOVERY} bytes.")
    document = read(body)
    try:
        subject = handle(document.text("subject"))
    except Malformed as why:
        raise Invalid("The webfinger answer names no account as its subject.") from why
    links = document.documents("links")
    actor = next((href for link in links if _is_actor(link) and (href := link.text("href"))), None)
    if actor is None:
        raise Invalid(f"{subject} is no ActivityPub account: its webfinger answer has no link to an actor.")
    templates = (link.text("template") for link in links if link.text("rel") == SUBSCRIBE)
    return Found(subject=subject, actor=actor, subscribe=next((text for text in templates if "{uri}" in text), None))


def _is_actor(link: Document) -> bool:
    """Whether a link leads to the actor: rel self, and one of the two media types of ActivityPub."""
    media_type, *parameters = (part.strip() for part in link.text("type").split(";"))
    if link.text("rel") != SELF or media_type.lower() not in (ACTIVITY_JSON, LD_JSON.partition(";")[0]):
        return False
    return media_type.lower() == ACTIVITY_JSON or any(AS2 in parameter for parameter in parameters)
