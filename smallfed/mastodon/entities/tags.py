"""Entities about hashtags.

Spec: CLIENT_API §14: Tag, FeaturedTag and the tags of a Status.
"""

from msgspec import UNSET, UnsetType

from smallfed.mastodon.entities.kinds import Day, Entity, Id, Name, Url


class ShallowTag(Entity, frozen=True, kw_only=True):
    """A hashtag of a post."""

    name: Name
    url: Url


class History(Entity, frozen=True, kw_only=True):
    """How often a hashtag was used on a day (UNIX time); all of it is text."""

    day: str
    accounts: str
    uses: str


class Tag(Entity, frozen=True, kw_only=True):
    """A hashtag by itself."""

    id: Id
    name: Name
    url: Url
    history: list[History]
    following: bool | UnsetType = UNSET
    featuring: bool | UnsetType = UNSET


class FeaturedTag(Entity, frozen=True, kw_only=True):
    """A hashtag that a profile shows. How many posts there are is text."""

    id: Id
    name: Name
    url: Url
    statuses_count: str
    last_status_at: Day | None
