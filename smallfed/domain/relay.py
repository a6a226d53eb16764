"""Relays: servers that pass public posts on, and what one has brought, day by day.

Spec: FEP-ae0c; PROTOCOL §7.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Style(StrEnum):
    """The two kinds of relays."""

    MASTODON = "mastodon"
    """It passes activities on as they were signed; the server follows the public, at its inbox."""
    LITEPUB = "litepub"
    """It announces posts; it and our relay actor follow each other."""


class Direction(StrEnum):
    """What a relay is for."""

    BOTH = "both"
    RECEIVE = "receive"
    SEND = "send"


class State(StrEnum):
    """How far it has come with a relay."""

    NEW = "new"
    """What it is must still be found out."""
    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    LOST = "lost"
    """Nobody could be asked."""


class Filters(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What of a relay is wanted; without any, all that is new and public.

    ``tags``: one of these hashtags (NFKC, lower case), ``without_tags``: none of those. ``languages``: one of these; a
    post that says none passes. ``only_media``: with a picture, film or sound. ``only_bio``: by somebody who says who
    they are. ``no_bots``: by no machine. ``no_sensitive``: nothing covered. ``replies``: answers to others as well.
    """

    tags: tuple[str, ...] = ()
    without_tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    only_media: bool = False
    only_bio: bool = False
    no_bots: bool = False
    no_sensitive: bool = False
    replies: bool = False


class Caps(Struct, frozen=True, kw_only=True):
    """What a relay may bring and cost on one day (UTC): posts that are kept, bytes that come, requests to others."""

    posts: int = 2000
    bytes: int = 50_000_000
    fetches: int = 10_000


class Relay(Struct, frozen=True, kw_only=True):
    """One relay of the owner's. ``address`` is what the owner gave, ``host`` (host[:port]) where that is.

    ``style`` and ``inbox`` are None until they are found out, ``actor`` until it has answered. ``follow`` is the id of
    our Follow, ``their_follow`` that of theirs (LitePub). ``reason``: why it is refused or lost. ``heard_at``: when it
    last brought something. ``advised_at``: when the owner was last told that it brings nothing of use.
    """

    id: int
    address: str
    host: str
    style: Style | None = None
    inbox: str | None = None
    actor: str | None = None
    direction: Direction = Direction.BOTH
    state: State = State.NEW
    reason: str = ""
    paused: bool = False
    follow: str
    their_follow: str | None = None
    filters: Filters = Filters()
    caps: Caps = Caps()
    created_at: datetime
    answered_at: datetime | None = None
    heard_at: datetime | None = None
    advised_at: datetime | None = None

    @property
    def receives(self) -> bool:
        """Whether what it brings is taken."""
        return self.state is State.ACCEPTED and not self.paused and self.direction is not Direction.SEND


class Tally(Struct, frozen=True, kw_only=True):
    """What a relay brought and cost.

    ``heard``: activities that came, with ``bytes`` of theirs and of what was fetched for them. ``posts``: those that
    were kept. ``known``: those that were here. ``passed_on``: changes and deletions of what is here, which are looked
    into. ``fetches``: requests to other servers. ``cpu``: microseconds. Of what was kept, the rest: ``read`` (shown to
    an app), ``liked``, ``boosted``, ``bookmarked``, ``answered``, and ``followed`` (who wrote it).
    """

    heard: int = 0
    bytes: int = 0
    posts: int = 0
    known: int = 0
    passed_on: int = 0
    fetches: int = 0
    cpu: int = 0
    read: int = 0
    liked: int = 0
    boosted: int = 0
    bookmarked: int = 0
    answered: int = 0
    followed: int = 0

    @property
    def touched(self) -> int:
        """How often the owner did something about what it brought."""
        return self.liked + self.boosted + self.bookmarked + self.answered + self.followed


class Day(Tally, frozen=True, kw_only=True):
    """A tally of one ``day`` (since 1970, UTC), with what was refused: reason → how often."""

    day: int
    refused: dict[str, int] = {}
