"""Streams: which there are, what has to be said to have one, and which token may.

Spec: CLIENT_API §11; https://docs.joinmastodon.org/methods/streaming/. Names, parameters and words of errors are
Mastodon's; the kinds of errors are those of the rest of the API, where 401 means a bad token and nothing else.
"""

from collections.abc import Mapping

from msgspec import Struct

from smallfed.domain.numbers import number
from smallfed.errors import Forbidden, Invalid, Malformed, NotFound
from smallfed.policy import scopes
from smallfed.store import lists
from smallfed.store.appearing import Kind
from smallfed.store.tokens import Token
from smallfed.store.tx import Tx
from smallfed.text.scan import normal_tag

Topic = tuple[str, str]
"""What an event is about: (kind, detail). The same topic may be heard by way of several streams."""

HOME: Topic = ("home", "")
NOTIFICATIONS: Topic = ("notifications", "")
DIRECT: Topic = ("direct", "")
POSTS: frozenset[Kind] = frozenset({"home", "list", "public", "hashtag"})
"""The kinds of topics that are about posts."""

STATUSES, TELLING = "read:statuses", "read:notifications"
MEDIA = ":media"


class Asked(Struct, frozen=True, kw_only=True):
    """What somebody says they want to hear."""

    stream: str
    tag: str = ""
    list: str = ""
    only_media: bool = False


class Stream(Struct, frozen=True, kw_only=True):
    """One stream. ``key`` is the same for whatever is the same, ``name`` as events say it to who asked."""

    key: tuple[str, str]
    name: tuple[str, ...]
    topics: tuple[Topic, ...]


def public(which: str = "", *, media: bool = False) -> Topic:
    """Return the topic of public posts: all, ``:local`` or ``:remote`` ones, those with media."""
    return ("public", which + (MEDIA if media else ""))


def tagged(name: str, *, local: bool = False) -> Topic:
    """Return the topic of public posts with a hashtag (NFKC, lower case)."""
    return ("hashtag:local" if local else "hashtag", name)


def of_list(list_: int) -> Topic:
    """Return the topic of what a list shows."""
    return ("list", str(list_))


_PLAIN: Mapping[str, Topic] = {
    "user": HOME,
    "user:notification": NOTIFICATIONS,
    "direct": DIRECT,
    **{
        f"public{which}{MEDIA if media else ''}": public(which, media=media)
        for which in ("", ":local", ":remote")
        for media in (False, True)
    },
}
"""The streams that take no parameter."""


def require_owner(token: Token) -> None:
    """Refuse, with Invalid, the token of an app that speaks for itself only."""
    if not token.owner:
        raise Invalid("This method requires an authenticated user")


def admit(asked: Asked, token: Token) -> None:
    """Let the bearer of ``token`` listen to what is ``asked``; Forbidden when its scopes are not enough."""
    needed = TELLING if asked.stream == "user:notification" else STATUSES
    if not scopes.covers(token.scopes, needed):
        raise Forbidden("Access token does not have the required scopes")


def find(asked: Asked, token: Token) -> Stream:
    """Return the stream that is asked for; Malformed when there is none. That a list exists is *not* checked here."""
    match asked.stream:
        case "hashtag" | "hashtag:local":
            return _hashtag(asked)
        case "list":
            return _list(asked)
        case _:
            return _plain(asked, token)


def is_known(name: str) -> bool:
    """Whether there are streams of this name."""
    return name in _PLAIN or name in ("hashtag", "hashtag:local", "list")


def require_list(tx: Tx, stream: Stream) -> None:
    """Refuse, with NotFound, a stream of a list that there is not."""
    kind, detail = stream.key
    if kind == "list":
        try:
            lists.get(tx, int(detail))
        except NotFound:
            raise NotFound("Not authorized to stream this list") from None


def _plain(asked: Asked, token: Token) -> Stream:
    media = asked.only_media and asked.stream.startswith("public") and not asked.stream.endswith(MEDIA)
    known = asked.stream + (MEDIA if media else "")
    topic = _PLAIN.get(known)
    if topic is None:
        raise Malformed("Unknown stream type")
    tells = asked.stream == "user" and scopes.covers(token.scopes, TELLING)
    return Stream(key=(known, ""), name=(asked.stream,), topics=(topic, NOTIFICATIONS) if tells else (topic,))


def _hashtag(asked: Asked) -> Stream:
    tag = normal_tag(asked.tag.strip())
    if not tag:
        raise Malformed("Missing tag name parameter")
    topic = tagged(tag, local=asked.stream == "hashtag:local")
    return Stream(key=topic, name=(asked.stream, asked.tag), topics=(topic,))


def _list(asked: Asked) -> Stream:
    if not asked.list:
        raise Malformed("Missing list name parameter")
    list_ = number(asked.list)
    if list_ is None:
        raise NotFound("Not authorized to stream this list")
    topic = of_list(list_)
    return Stream(key=topic, name=("list", asked.list), topics=(topic,))
