"""Evicting: which copies of others' media go first. The whole rule.

What a copy is worth falls evenly from the last view until its time is over, and is the less per byte the larger it is.
What has outlived its time goes whether room is needed or not. A preview is small, lives longer, and never goes before
its original.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from heapq import heappop, heappush

from msgspec import Struct


class Standing(StrEnum):
    """What the owner has to do with what a copy belongs to."""

    TOUCHED = "touched"  # liked, boosted, bookmarked, answered, quoted, voted in; or it speaks with the owner
    FOLLOWED = "followed"  # of people whom the owner follows, and emoji
    STRANGER = "stranger"
    LOST = "lost"  # it belongs to nothing any more


LIVES: Mapping[Standing, timedelta] = {
    Standing.TOUCHED: timedelta(days=730),
    Standing.FOLLOWED: timedelta(days=60),
    Standing.STRANGER: timedelta(days=10),
    Standing.LOST: timedelta(0),
}
"""For how long an original is kept after somebody last looked at it, if there is room."""

LONGER = 6  # times as long lives a preview

WEIGHTS: Mapping[Standing, float] = {
    Standing.TOUCHED: 1e9,  # more than sizes can make up for: these go when nothing else is left
    Standing.FOLLOWED: 30,
    Standing.STRANGER: 1,
    Standing.LOST: 0,
}


class Part(StrEnum):
    """What of a copy goes."""

    ORIGINAL = "original"
    PREVIEW = "preview"


class Kept(Struct, frozen=True, kw_only=True):
    """A file that is kept: the original of the row ``copy``, or its preview where that is all there is left."""

    copy: int
    part: Part
    standing: Standing
    seen_at: datetime
    size: int


def worth(kept: Kept, now: datetime) -> float:
    """Return what a byte of a file is worth; nothing, or less, when its time is over."""
    life = LIVES[kept.standing] * (LONGER if kept.part is Part.PREVIEW else 1)
    if not life:
        return 0.0
    left = 1 - (now - kept.seen_at) / life
    return WEIGHTS[kept.standing] * min(left, 1.0) / max(kept.size, 1)


def choose(
    all_kept: Iterable[Kept], now: datetime, *, need: int, most: int, spare: frozenset[Standing] = frozenset()
) -> list[Kept]:
    """Return what goes so that ``need`` bytes become free, what is worth least first; and what has outlived its time.

    At most ``most`` files: there may be more to do then. Only what is chosen is held in memory. Of those to ``spare``
    none goes before its time.
    """
    over, least, freed, late = list[Kept](), list[tuple[float, int, Kept]](), 0, 0
    for kept in all_kept:
        value = worth(kept, now)
        if value <= 0:
            if len(over) < most:
                over.append(kept)
                late += kept.size
            continue
        if need <= 0 or kept.standing in spare:
            continue
        heappush(least, (-value, kept.copy, kept))
        freed += kept.size
        while len(least) > most or freed - least[0][2].size >= need:
            freed -= heappop(least)[2].size
    chosen, free = list(over), late
    for _, _, kept in sorted(least, reverse=True):
        if free >= need or len(chosen) >= most:
            break
        chosen.append(kept)
        free += kept.size
    return chosen
