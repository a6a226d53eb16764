"""Waves: what strangers send, gathered by likeness; what of it waits for the owner, and what was learned of it."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

STRANGERS = "strangers: "  # how the names begin under which waves judge


class Kind(StrEnum):
    """Why things belong together."""

    ALIKE = "alike"
    """They resemble each other; a single thing is a wave of one."""
    FOLLOWS = "follows"
    """More strangers asked to follow within the hour than the owner wants to hear of."""
    NAMES = "names"
    """More posts of strangers named many people or hashtags within the hour than anybody wants to look at."""
    NEW = "new"
    """More came of accounts that are new, or that nobody had heard of, within the hour than the owner wants."""
    UNASKED = "unasked"
    """More strangers spoke to the owner out of nothing within the hour than the owner wants to hear."""
    HOST = "host"
    """More strangers of one server, or of many below one name, had something to say within the hour than is wanted."""
    OVERRUN = "overrun"
    """They say nothing, and come from servers most of whose strangers are in waves."""
    CALM = "calm"
    """They came while the owner wanted calm."""


SUSPECT = (Kind.ALIKE, Kind.NAMES, Kind.NEW)
"""Of waves that say something about whoever is in them."""


class State(StrEnum):
    """What becomes of a wave, and of what comes that belongs to it."""

    WATCHED = "watched"
    """It is too little to be one: each thing is judged by itself."""
    OPEN = "open"
    """It waits for the owner, whole."""
    BINNED = "binned"
    """The owner does not want it: what is here goes, what comes is kept out."""
    RELEASED = "released"
    """The owner wants it: what comes is told."""


class Wave(Struct, frozen=True, kw_only=True):
    """``items``, ``accounts``, ``hosts``: how many there have been. ``name``: what all but alike ones are known by.

    ``points``: what the items weigh, by which it becomes a wave. ``held``: how many of them the owner was not told of.
    ``told``: how many there were when the owner was told of it last. ``reason``: why the last was held.
    """

    id: int
    kind: Kind
    name: str | None = None
    state: State
    items: int = 0
    accounts: int = 0
    hosts: int = 0
    points: int = 0
    held: int = 0
    traits: int = 0
    told: int = 0
    sample: str = ""
    reason: str = ""
    began_at: datetime
    last_at: datetime
    decided_at: datetime | None = None

    @property
    def rule(self) -> str:
        """Under which name it judges what belongs to it, as if it was one of the owner's rules."""
        return f"{STRANGERS}{self.kind} {self.id}"


class Item(Struct, frozen=True, kw_only=True):
    """One thing of a wave, as notifications know it. ``follow``: the id of a Follow that was put away with it."""

    type: str
    account_id: int
    post_id: int | None
    at: datetime
    held: bool = False
    follow: str | None = None


class Limits(Struct, frozen=True, kw_only=True):
    """How far strangers are heard at once; 0: however much. All but the first three are how many in an hour.

    They are the options of ``[strangers]``, by the same names.
    """

    mentions: int = 8
    hashtags: int = 12
    new_for_hours: int = 24
    per_host: int = 60
    follows: int = 20
    new_accounts: int = 5
    unasked: int = 20
    thread: int = 30
    waves: bool = True


class Calm(Struct, frozen=True, kw_only=True):
    """Until an hour only who follows the owner is heard: about a thread, known by its ``root``, or anything (None)."""

    root: int | None
    until: datetime
    began_at: datetime
