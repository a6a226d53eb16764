"""Forecasting: when the disk will be full, by what the last weeks were like.

The trend is the median of the slopes between all pairs of days (Theil and Sen): a day on which much came or went at
once does not turn it.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

ENOUGH = 4  # days without which nothing is said
LATEST = 28  # days that are looked at
NEVER = 3650  # days beyond which it is never


class Stock(Struct, frozen=True, kw_only=True):
    """What takes room: its bytes ``now`` and by day in the past. It stops growing at ``most``; None: it never does."""

    now: int
    past: Mapping[int, int]
    most: int | None = None


def trend(past: Mapping[int, int]) -> float | None:
    """Return how many bytes a day something has grown lately, None when too few days are known."""
    days = sorted(past)[-LATEST:]
    if len(days) < ENOUGH:
        return None
    slopes = [(past[late] - past[early]) / (late - early) for i, early in enumerate(days) for late in days[i + 1 :]]
    from statistics import median  # lazily: with what it loads it takes 1.5 MB, and this is asked once a day

    return median(slopes)


def days_left(free: int, stocks: Sequence[Stock]) -> int | None:
    """Return in how many days ``free`` bytes will be taken, None when that is not known or far away.

    Each stock goes on as it did, until it has all it may have.
    """
    trends = [trend(stock.past) for stock in stocks]
    if any(slope is None for slope in trends):
        return None
    growing = [(slope, stock) for slope, stock in zip(trends, stocks, strict=True) if slope is not None and slope > 0]
    left = float(max(0, free))
    day = 0.0
    ends = sorted((_ends(stock, slope), slope) for slope, stock in growing)
    speed = sum(slope for slope, _ in growing)
    for end, slope in ends:
        if speed * (end - day) >= left:
            break
        left, day, speed = left - speed * (end - day), end, speed - slope
    if speed <= 0:
        return None
    found = day + left / speed
    return round(found) if found <= NEVER else None


def _ends(stock: Stock, slope: float) -> float:
    """Return after how many days a stock has all it may have."""
    return float("inf") if stock.most is None else max(0, stock.most - stock.now) / slope
