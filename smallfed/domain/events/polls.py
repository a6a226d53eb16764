"""Polls."""

from smallfed.domain.events.event import Event


class VoteCast(Event, frozen=True, kw_only=True):
    """The owner has voted in the poll of ``post``, for the options at ``positions``."""

    post: int
    positions: tuple[int, ...]


class PollTallied(Event, frozen=True, kw_only=True):
    """The poll of a post, ours or another's, stands differently from what was told last."""

    post: int
    local: bool


class PollEnded(Event, frozen=True, kw_only=True):
    """A poll has ended: ours, or another's in which the owner voted."""

    post: int
    local: bool


class DeadlineSet(Event, frozen=True, kw_only=True):
    """Something is to be done about a poll at its hour."""


SHOWN: tuple[type[Event], ...] = (
    PollTallied,
    PollEnded,
)
