"""Scopes: what a token may be used for, and which scope is enough for what.

Spec: Mastodon API, "OAuth scopes". What is not granted is denied.
"""

from collections.abc import Collection

from smallfed.errors import Invalid

DEFAULT = ("read",)

_MEANINGS = {
    "profile": "See your name, handle and picture",
    "read": "See everything: your timelines, posts, messages, notifications and settings",
    "read:accounts": "See your profile and look up people",
    "read:blocks": "See whom you block",
    "read:bookmarks": "See your bookmarks",
    "read:collections": "See your collections",
    "read:favourites": "See your favourites",
    "read:filters": "See your filters",
    "read:follows": "See whom you follow",
    "read:lists": "See your lists",
    "read:mutes": "See whom you mute",
    "read:notifications": "See your notifications",
    "read:search": "Search in your name",
    "read:statuses": "See all posts that you can see",
    "write": "Do everything in your name: post, edit, delete, favourite, follow, change your profile",
    "write:accounts": "Change your profile",
    "write:blocks": "Block people and servers",
    "write:bookmarks": "Bookmark posts",
    "write:collections": "Change your collections",
    "write:conversations": "Mute and delete conversations",
    "write:favourites": "Favourite posts",
    "write:filters": "Change your filters",
    "write:follows": "Follow people and stop following them",
    "write:lists": "Change your lists",
    "write:media": "Upload pictures and other files",
    "write:mutes": "Mute people and conversations",
    "write:notifications": "Clear your notifications",
    "write:reports": "Report people",
    "write:statuses": "Post, edit and delete posts, boost, pin",
    "follow": "Follow, mute and block people, and see whom you do so to",
    "push": "Send push notifications to your devices",
}
_ADMIN_PARTS = (
    "accounts",
    "reports",
    "domain_allows",
    "domain_blocks",
    "ip_blocks",
    "email_domain_blocks",
    "canonical_email_blocks",
)
for _verb, _words in (("read", "See"), ("write", "Change")):
    _MEANINGS[f"admin:{_verb}"] = f"{_words} the moderation of this server, all of it"
    for _part in _ADMIN_PARTS:
        _MEANINGS[f"admin:{_verb}:{_part}"] = f"{_words} the moderation of this server: {_part.replace('_', ' ')}"

ALL = tuple(_MEANINGS)
_FOLLOW = frozenset(f"{verb}:{part}" for verb in ("read", "write") for part in ("blocks", "follows", "mutes"))


def parse(text: str) -> tuple[str, ...]:
    """Return the scopes of a space-separated list as they were asked, each once; Invalid names an unknown one."""
    scopes = tuple(dict.fromkeys(text.split()))
    unknown = [scope for scope in scopes if scope not in _MEANINGS]
    if unknown:
        raise Invalid(f"there is no scope {unknown[0]!r}; the scopes are those of the Mastodon API")
    return scopes or DEFAULT


def covers(granted: Collection[str], needed: str) -> bool:
    """Whether ``granted`` scopes are enough where ``needed`` is asked for."""
    return not _enough(needed).isdisjoint(granted)


def all_covered(granted: Collection[str], asked: Collection[str]) -> bool:
    """Whether everything ``asked`` lies within what is ``granted``."""
    return all(covers(granted, scope) for scope in asked)


def meaning(scope: str) -> str:
    """Return what a token with this scope may do, for the owner who has to decide."""
    return _MEANINGS.get(scope, scope)


def _enough(scope: str) -> frozenset[str]:
    """Return the scopes any of which is enough for ``scope``: itself and those it is a part of."""
    if scope == "profile":  # the least of all: whoever may read accounts may read the owner's own
        return frozenset({"profile", "read:accounts", "read"})
    parents = {scope.rpartition(":")[0]} - {"", "admin"}
    return frozenset({scope} | parents | ({"follow"} if scope in _FOLLOW else set()))
