"""What rules are about: one thing that comes, and what is known of who sent it. Gathered once, then judged purely."""

from collections.abc import Callable
from datetime import timedelta

from msgspec import Struct


class Facts(Struct, frozen=True, kw_only=True):
    """Something that comes. What is not known is at its default, and no rule holds for it.

    ``hosts``: of the handle and of the id, lower case, perhaps with a port. ``known_for``: since it was first seen
    here. ``links`` are those that are neither mentions nor hashtags. ``relay``: the host that brought it, if a relay
    did. ``kinds``: the type of the actor, lower case, and ``bot`` for one. ``rate``: how much its host has sent within
    the hour. ``lists``: the lists that name the actor. ``text`` returns all that is to be read, ``profile`` what the
    actor says of itself: they are only called where a rule asks for it.
    """

    actor: str = ""
    handle: str = ""
    hosts: tuple[str, ...] = ()
    followed: bool = False
    known_for: timedelta | None = None
    mentions: int = 0
    links: int = 0
    media: int = 0
    relay: str | None = None
    rate: int = 0
    lists: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    text: Callable[[], str] = str
    profile: Callable[[], str] = str
