"""A farewell: what becomes of a house whose owner has left."""

from datetime import datetime

from msgspec import Struct


class Farewell(Struct, frozen=True, kw_only=True):
    """The owner left at ``left_at``. ``inboxes`` on ``hosts`` servers were to be told.

    ``cleared_at``: nothing was left of what was written and read. ``ended_at``: nothing waits to be told any more.
    """

    inboxes: int
    hosts: int
    left_at: datetime
    cleared_at: datetime | None = None
    ended_at: datetime | None = None


class Prospect(Struct, frozen=True, kw_only=True):
    """What a farewell would do: whom it tells, what it deletes.

    ``blocked`` servers are on domains that the owner blocks; they are told nothing, as always.
    """

    inboxes: int
    hosts: int
    blocked: int
    followers: int
    following: int
    posts: int
    others: int
