"""Announcements as client apps see them.

Spec: CLIENT_API §14 (Announcement); https://docs.joinmastodon.org/entities/Announcement/, …/Reaction/.
"""

from msgspec import UNSET, UnsetType

from smallfed.mastodon.entities.kinds import Count, Entity, Id, Moment, Name, Url
from smallfed.mastodon.entities.people import CustomEmoji
from smallfed.mastodon.entities.posts import Mention
from smallfed.mastodon.entities.tags import ShallowTag


class AnnouncedStatus(Entity, frozen=True, kw_only=True):
    """A post to which an announcement links."""

    id: Id
    url: Url


class AnnouncementReaction(Entity, frozen=True, kw_only=True):
    """What the owner thinks of an announcement; ``announcement_id`` is said in streams only."""

    name: Name
    count: Count
    me: bool | UnsetType = UNSET
    url: Url | UnsetType = UNSET
    static_url: Url | UnsetType = UNSET
    announcement_id: Id | UnsetType = UNSET


class Announcement(Entity, frozen=True, kw_only=True):
    """Something that the owner or the house tells."""

    id: Id
    content: str
    starts_at: Moment | None
    ends_at: Moment | None
    all_day: bool
    published_at: Moment
    updated_at: Moment
    read: bool
    mentions: list[Mention]
    statuses: list[AnnouncedStatus]
    tags: list[ShallowTag]
    emojis: list[CustomEmoji]
    reactions: list[AnnouncementReaction]
