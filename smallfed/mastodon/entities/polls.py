"""Entities about polls.

Spec: CLIENT_API §14: Poll, and the poll of a StatusEdit.
"""

from msgspec import UNSET, UnsetType

from smallfed.mastodon.entities.kinds import Count, Entity, Id, Moment
from smallfed.mastodon.entities.people import CustomEmoji


class PollOption(Entity, frozen=True, kw_only=True):
    """A choice, as plain text. ``votes_count`` is null while the numbers are hidden."""

    title: str
    votes_count: Count | None


class Poll(Entity, frozen=True, kw_only=True):
    """What can be chosen, and how it stands. ``voters_count`` is null unless several can be chosen."""

    id: Id
    expires_at: Moment | None
    expired: bool
    multiple: bool
    votes_count: Count
    voters_count: Count | None
    options: list[PollOption]
    emojis: list[CustomEmoji]
    voted: bool | UnsetType = UNSET
    own_votes: list[Count] | UnsetType = UNSET


class PastOption(Entity, frozen=True, kw_only=True):
    """A choice in an earlier version of a post."""

    title: str


class PastPoll(Entity, frozen=True, kw_only=True):
    """The poll of an earlier version of a post."""

    options: list[PastOption]
