"""Entities about people.

Spec: CLIENT_API §14: Account, CredentialAccount, Relationship, List, Preferences, Marker.
"""

from typing import Any, Literal

from msgspec import UNSET, UnsetType, field

from smallfed.mastodon.entities.kinds import (
    Count,
    Day,
    Entity,
    Id,
    Moment,
    Name,
    QuotePolicyName,
    RepliesPolicyName,
    Url,
    VisibilityName,
)


class CustomEmoji(Entity, frozen=True, kw_only=True):
    """A picture for a shortcode in somebody's texts."""

    shortcode: Name
    url: Url
    static_url: Url
    visible_in_picker: bool = False
    category: str | None = None


class Field(Entity, frozen=True, kw_only=True):
    """A line of a profile; ``value`` is HTML, in a ``Source`` as typed."""

    name: str
    value: str
    verified_at: Moment | None = None


class Account(Entity, frozen=True, kw_only=True):
    """A person or bot. ``note`` is HTML, ``display_name`` plain text."""

    id: Id
    username: Name
    acct: Name
    display_name: str
    locked: bool
    bot: bool
    group: bool
    discoverable: bool | None
    indexable: bool
    noindex: bool | UnsetType = UNSET
    created_at: Moment
    note: str
    url: Url
    uri: Url
    avatar: Url
    avatar_static: Url
    avatar_description: str = ""
    header: Url
    header_static: Url
    header_description: str = ""
    followers_count: Count
    following_count: Count
    statuses_count: Count
    last_status_at: Day | None
    hide_collections: bool | None
    show_media: bool = True
    show_media_replies: bool = True
    show_featured: bool = True
    emojis: list[CustomEmoji]
    fields: list[Field]
    roles: list[Any]
    moved: "Account | UnsetType" = UNSET
    suspended: bool | UnsetType = UNSET
    limited: bool | UnsetType = UNSET
    memorial: bool | UnsetType = UNSET
    counts_hidden: bool | UnsetType = UNSET


class MutedAccount(Account, frozen=True, kw_only=True):
    """Somebody muted, and until when; null is for ever."""

    mute_expires_at: Moment | None


class Source(Entity, frozen=True, kw_only=True):
    """What the owner typed and prefers."""

    privacy: VisibilityName
    sensitive: bool
    language: str | None
    note: str
    fields: list[Field]
    follow_requests_count: Count
    hide_collections: bool | None
    discoverable: bool | None
    indexable: bool
    attribution_domains: list[str]
    also_known_as_uris: list[Url]
    quote_policy: QuotePolicyName


class Profile(Entity, frozen=True, kw_only=True):
    """The owner's profile as it is edited: ``note`` and ``fields`` as typed, a picture that is not there is null."""

    id: Id
    display_name: str
    note: str
    fields: list[Field]
    avatar: Url | None
    avatar_static: Url | None
    avatar_description: str
    header: Url | None
    header_static: Url | None
    header_description: str
    locked: bool
    bot: bool
    hide_collections: bool
    discoverable: bool
    indexable: bool
    show_media: bool
    show_media_replies: bool
    show_featured: bool
    attribution_domains: list[str]


MODERATES = str(1 << 3 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 10)
"""Sees the dashboard; manages reports, federation, blocks and people: the bits by which apps show those screens."""


class Role(Entity, frozen=True, kw_only=True):
    """What the owner may administer by client apps (``permissions`` is a bit mask in decimal)."""

    id: Name = "1"
    name: str = "Owner"
    color: str = ""
    permissions: str = MODERATES
    highlighted: bool = False


class CredentialAccount(Account, frozen=True, kw_only=True):
    """The owner, to the owner."""

    source: Source
    role: Role


class Relationship(Entity, frozen=True, kw_only=True):
    """Everything between the owner and an account."""

    id: Id
    following: bool
    showing_reblogs: bool
    notifying: bool
    languages: list[str] | None
    followed_by: bool
    blocking: bool
    blocked_by: bool
    muting: bool
    muting_notifications: bool
    muting_expires_at: Moment | None
    requested: bool
    requested_by: bool
    domain_blocking: bool
    endorsed: bool
    note: str


class List(Entity, frozen=True, kw_only=True):
    """People whose posts the owner reads together."""

    id: Id
    title: Name
    replies_policy: RepliesPolicyName
    exclusive: bool


class FamiliarFollowers(Entity, frozen=True, kw_only=True):
    """Whom the owner follows of those who follow ``id``."""

    id: Id
    accounts: list[Account]


OldSource = Literal["staff", "past_interactions", "global"]
SourceName = Literal[
    "friends_of_friends", "similar_to_recently_followed", "featured", "most_followed", "most_interactions"
]


class Suggestion(Entity, frozen=True, kw_only=True):
    """Somebody whom the owner may want to follow, and why; ``source`` is the older word for the first reason."""

    source: OldSource
    sources: list[SourceName]
    account: Account


class Preferences(Entity, frozen=True, kw_only=True):
    """How the owner posts and reads."""

    visibility: VisibilityName = field(name="posting:default:visibility")
    sensitive: bool = field(name="posting:default:sensitive")
    language: str | None = field(name="posting:default:language")
    media: str = field(name="reading:expand:media", default="default")
    spoilers: bool = field(name="reading:expand:spoilers", default=False)
    gifs: bool = field(name="reading:autoplay:gifs", default=False)
    quote_policy: QuotePolicyName = field(name="posting:default:quote_policy")


class Marker(Entity, frozen=True, kw_only=True):
    """How far a timeline has been read."""

    last_read_id: str
    version: Count
    updated_at: Moment
