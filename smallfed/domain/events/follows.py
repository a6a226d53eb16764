"""Follows."""

from smallfed.domain.events.event import Event


class FollowRequested(Event, frozen=True, kw_only=True):
    """Somebody asks to follow the owner, who has to decide. ``uri`` is their Follow's id."""

    follower: int
    uri: str


class FollowAccepted(Event, frozen=True, kw_only=True):
    """Somebody follows the owner now; ``uri`` is answered with an Accept. ``again`` when they were in already."""

    follower: int
    uri: str
    again: bool = False


class ServerFollowRefused(Event, frozen=True, kw_only=True):
    """Somebody asked to follow ``object``, an actor of the server's; ``uri`` is answered with a Reject."""

    follower: int
    uri: str
    object: str


class FollowRefused(Event, frozen=True, kw_only=True):
    """Somebody may not follow the owner, or not any more; ``uri`` is answered with a Reject.

    ``last``: it is the last that a server hears which is cut off.
    """

    follower: int
    uri: str
    last: bool = False


class FollowerLost(Event, frozen=True, kw_only=True):
    """Somebody no longer follows the owner, by their own doing."""

    follower: int


class FollowSent(Event, frozen=True, kw_only=True):
    """The owner asks to follow ``target``."""

    target: int
    uri: str


class FollowGranted(Event, frozen=True, kw_only=True):
    """``target`` lets the owner follow."""

    target: int


class FollowDenied(Event, frozen=True, kw_only=True):
    """``target`` does not let the owner follow, or not any more."""

    target: int


class FollowWithdrawn(Event, frozen=True, kw_only=True):
    """The owner no longer follows ``target``; ``uri`` is undone. ``last`` as in ``FollowRefused``."""

    target: int
    uri: str
    last: bool = False


class FollowDisowned(Event, frozen=True, kw_only=True):
    """``target`` counts the owner among its followers, who does not follow; ``uri`` is made up for what is undone."""

    target: int
    uri: str


SHOWN: tuple[type[Event], ...] = (
    FollowAccepted,
    FollowRefused,
    FollowerLost,
    FollowGranted,
    FollowDenied,
    FollowWithdrawn,
)
