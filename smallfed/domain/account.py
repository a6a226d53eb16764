"""Accounts: people and bots, the owner's and others'."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """The actor types of ActivityStreams."""

    PERSON = "Person"
    SERVICE = "Service"
    APPLICATION = "Application"
    GROUP = "Group"
    ORGANIZATION = "Organization"


class Field(Struct, frozen=True, kw_only=True):
    """One line of a profile. ``value`` is sanitised HTML."""

    name: str
    value: str
    verified_at: datetime | None = None


class Emoji(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A picture for ``:shortcode:`` in somebody's texts, since ``updated_at``; ``still`` is one that does not move."""

    shortcode: str
    url: str
    still: str | None = None
    updated_at: datetime | None = None


class Account(Struct, frozen=True, kw_only=True):
    """What we know of one actor. ``note`` is sanitised HTML; counts are the origin's claims and may be None.

    ``suspended``: by its own server. ``memorial``: whose it was has died. ``attribution_domains`` are of websites that
    may name it as an author. ``show_…`` is what its profile shows in parts of their own.
    """

    id: int
    uri: str
    local: bool = False
    kind: Kind = Kind.PERSON
    username: str
    host: str
    name: str = ""
    note: str = ""
    url: str | None = None
    inbox: str
    shared_inbox: str | None = None
    outbox: str | None = None
    followers: str | None = None
    following: str | None = None
    featured: str | None = None
    featured_tags: str | None = None
    moderators: str | None = None
    avatar: str | None = None
    header: str | None = None
    locked: bool = False
    discoverable: bool = False
    indexable: bool = False
    hide_collections: bool = False
    suspended: bool = False
    memorial: bool = False
    attribution_domains: tuple[str, ...] = ()
    avatar_description: str = ""
    header_description: str = ""
    show_media: bool = True
    show_media_replies: bool = True
    show_featured: bool = True
    fields: tuple[Field, ...] = ()
    emojis: tuple[Emoji, ...] = ()
    also_known_as: tuple[str, ...] = ()
    moved_to: str | None = None
    followers_claimed: int | None = None
    following_claimed: int | None = None
    posts_claimed: int | None = None
    counted_at: datetime | None = None
    featured_at: datetime | None = None
    tagged_at: datetime | None = None
    moderated_at: datetime | None = None
    last_post_at: datetime | None = None
    published_at: datetime | None = None
    created_at: datetime
    fetched_at: datetime | None = None
    gone_at: datetime | None = None

    @property
    def handle(self) -> str:
        """``username@host``, without a leading @."""
        return f"{self.username}@{self.host}"

    @property
    def bot(self) -> bool:
        """Whether a machine posts here."""
        return self.kind in (Kind.SERVICE, Kind.APPLICATION)
