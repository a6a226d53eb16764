"""Entities about the server.

Spec: CLIENT_API §14: InstanceV1, InstanceV2 and their parts; §15 for ``account_domain``, ``supported_mime_types`` of
posts and ``max_toot_chars``.
"""

from typing import Literal

from msgspec import UNSET, UnsetType

from smallfed.mastodon.entities.kinds import Count, Day, Entity, Id, Moment, Name, Url
from smallfed.mastodon.entities.people import Account


class Users(Entity, frozen=True, kw_only=True):
    """How many people post here."""

    active_month: Count


class Usage(Entity, frozen=True, kw_only=True):
    """How much the server is used."""

    users: Users


class Thumbnail(Entity, frozen=True, kw_only=True):
    """The picture of the server; ``versions``: the same for other densities of pixels."""

    url: Url
    blurhash: str | None = None
    description: str = ""
    versions: dict[str, Url]


class Urls(Entity, frozen=True, kw_only=True):
    """Where streaming is."""

    streaming: str


class Vapid(Entity, frozen=True, kw_only=True):
    """The key that apps give to their push service."""

    public_key: str


class AccountLimits(Entity, frozen=True, kw_only=True):
    """How much a profile may hold."""

    max_featured_tags: Count = 10
    max_pinned_statuses: Count = 5
    max_display_name_length: Count
    max_note_length: Count
    max_profile_fields: Count
    profile_field_name_limit: Count
    profile_field_value_limit: Count


class StatusLimits(Entity, frozen=True, kw_only=True):
    """How much a post may hold."""

    max_characters: Count
    max_media_attachments: Count
    characters_reserved_per_url: Count
    supported_mime_types: list[str]


class MediaLimits(Entity, frozen=True, kw_only=True):
    """How large uploads may be; clients want all of these."""

    supported_mime_types: list[str]
    description_limit: Count
    image_size_limit: Count
    image_matrix_limit: Count
    video_size_limit: Count = 0
    video_frame_rate_limit: Count = 0
    video_matrix_limit: Count = 0


class PollLimits(Entity, frozen=True, kw_only=True):
    """How large a poll may be."""

    max_options: Count
    max_characters_per_option: Count
    min_expiration: Count
    max_expiration: Count


class ReactionLimits(Entity, frozen=True, kw_only=True):
    """How many reactions the owner may give a post, for apps that know glitch's."""

    max_reactions: Count = 1


class Translation(Entity, frozen=True, kw_only=True):
    """Whether posts can be translated here."""

    enabled: bool = False


class Feeds(Entity, frozen=True, kw_only=True):
    """Who may read a kind of timelines: of posts from here, and of those from elsewhere."""

    local: Literal["public", "authenticated", "disabled"] = "public"
    remote: Literal["public", "authenticated", "disabled"] = "authenticated"


class TimelinesAccess(Entity, frozen=True, kw_only=True):
    """Who may read what: strangers see what the owner says, not what was gathered from others."""

    live_feeds: Feeds = Feeds()
    hashtag_feeds: Feeds = Feeds()
    trending_link_feeds: Feeds = Feeds()


class Configuration(Entity, frozen=True, kw_only=True):
    """What can be done here, and how much of it. What is UNSET here is said in v2 only."""

    urls: Urls | UnsetType = UNSET
    vapid: Vapid | UnsetType = UNSET
    accounts: AccountLimits
    statuses: StatusLimits
    media_attachments: MediaLimits
    polls: PollLimits
    reactions: ReactionLimits = ReactionLimits()
    translation: Translation | UnsetType = UNSET
    timelines_access: TimelinesAccess | UnsetType = UNSET


class Registrations(Entity, frozen=True, kw_only=True):
    """That nobody else can join."""

    enabled: bool = False
    approval_required: bool = False
    message: str | None = None


class Contact(Entity, frozen=True, kw_only=True):
    """Who runs the server. The address may be empty, but is a string."""

    email: str = ""
    account: Account | None


class Icon(Entity, frozen=True, kw_only=True):
    """The sign of the server, of a size as ``512x512``."""

    src: Url
    size: Name


class ApiVersions(Entity, frozen=True, kw_only=True):
    """What apps may expect, by the numbers of Mastodon's API."""

    mastodon: Count


class Rule(Entity, frozen=True, kw_only=True):
    """A rule of the server."""

    id: Id
    text: Name
    hint: str = ""


class Text(Entity, frozen=True, kw_only=True):
    """A long text about the server, in HTML."""

    updated_at: Moment
    content: str


class Terms(Entity, frozen=True, kw_only=True):
    """The terms of service."""

    effective_date: Day
    effective: bool = True
    content: str
    succeeded_by: Day | None = None


class Week(Entity, frozen=True, kw_only=True):
    """What happened in a week (UNIX time of its Monday); all of it is text."""

    week: str
    statuses: str
    logins: str
    registrations: str


class BlockedDomain(Entity, frozen=True, kw_only=True):
    """A domain of which nothing is wanted; ``digest`` is the SHA-256 of its name."""

    domain: Name
    digest: Name
    severity: Literal["silence", "suspend"] = "suspend"
    comment: str = ""


class Language(Entity, frozen=True, kw_only=True):
    """A language, and how it is called."""

    code: Name
    name: Name


class InstanceV2(Entity, frozen=True, kw_only=True):
    """The server. ``description`` is plain text."""

    domain: Name
    account_domain: Name
    title: str
    version: Name
    source_url: Url
    description: str
    usage: Usage
    thumbnail: Thumbnail
    icon: list[Icon]
    languages: list[str]
    configuration: Configuration
    registrations: Registrations
    api_versions: ApiVersions
    contact: Contact
    rules: list[Rule]


class UrlsV1(Entity, frozen=True, kw_only=True):
    """Where streaming is."""

    streaming_api: str


class Stats(Entity, frozen=True, kw_only=True):
    """Numbers about the server."""

    user_count: Count = 1
    status_count: Count
    domain_count: Count


class InstanceV1(Entity, frozen=True, kw_only=True):
    """The server in the older form. ``uri`` is the bare domain."""

    uri: Name
    account_domain: Name
    title: str
    short_description: str
    description: str
    email: str = ""
    version: Name
    urls: UrlsV1
    stats: Stats
    thumbnail: Url | None
    languages: list[str]
    registrations: bool = False
    approval_required: bool = False
    invites_enabled: bool = False
    configuration: Configuration
    contact_account: Account | None
    rules: list[Rule]
    max_toot_chars: Count


class OEmbed(Entity, frozen=True, kw_only=True):
    """A post as a piece of another page."""

    type: Literal["rich"] = "rich"
    version: Literal["1.0"] = "1.0"
    title: str
    author_name: str
    author_url: Url
    provider_name: Name
    provider_url: Url
    cache_age: Count
    html: str
    width: Count
    height: Count | None
