"""Actors as their servers describe them, with their keys."""

from datetime import datetime

from msgspec import Struct

from smallfed.domain.account import Emoji, Field, Kind


class IncomingKey(Struct, frozen=True, kw_only=True):
    """A public key in an actor document; ``owner`` equals the actor's id. ``proves``: it is one for FEP-8b32 proofs."""

    key_id: str
    algorithm: str
    der: bytes
    proves: bool = False


class IncomingAccount(Struct, frozen=True, kw_only=True):
    """An actor document. ``claim`` is the handle it says it has (FEP-2c59), not yet confirmed by webfinger."""

    uri: str
    kind: Kind
    username: str
    claim: str | None = None
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
    fields: tuple[Field, ...] = ()
    emojis: tuple[Emoji, ...] = ()
    also_known_as: tuple[str, ...] = ()
    moved_to: str | None = None
    suspended: bool = False
    memorial: bool = False
    attribution_domains: tuple[str, ...] = ()
    avatar_description: str = ""
    header_description: str = ""
    show_media: bool = True
    show_media_replies: bool = True
    show_featured: bool = True
    published_at: datetime | None = None
    keys: tuple[IncomingKey, ...] = ()
