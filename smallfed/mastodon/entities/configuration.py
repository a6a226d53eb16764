"""Entities about what can be done here, and how much of it.

Spec: CLIENT_API §14: the configuration of InstanceV2; §15 for ``supported_mime_types`` of posts.
"""

from typing import Literal

from msgspec import UNSET, UnsetType

from smallfed.mastodon.entities.kinds import Count, Entity, Url


class Urls(Entity, frozen=True, kw_only=True):
    """Where streaming is, and where people read about the server, as far as there is something to be read."""

    streaming: str
    status: Url | None = None
    about: Url
    privacy_policy: Url | None
    terms_of_service: Url | None


class Vapid(Entity, frozen=True, kw_only=True):
    """The key that apps give to their push service."""

    public_key: str


class AccountLimits(Entity, frozen=True, kw_only=True):
    """How much a profile may hold."""

    max_featured_tags: Count
    max_pinned_statuses: Count
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
    video_size_limit: Count
    video_frame_rate_limit: Count
    video_matrix_limit: Count


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
