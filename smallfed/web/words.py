"""What pages say of numbers and times, in whole words."""

from collections.abc import Sequence
from datetime import datetime


def counted(number: int, one: str, many: str) -> str:
    """Return a number with the word that goes with it: ``1 reply``, ``1,200 replies``."""
    return f"{number:,} {one if number == 1 else many}"


def listed(items: Sequence[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last


def boosts(number: int) -> str:
    """Return how many boosts there are."""
    return counted(number, "boost", "boosts")


def favourites(number: int) -> str:
    """Return how many favourites there are."""
    return counted(number, "favourite", "favourites")


def verified(*, boosted: tuple[int, int], liked: tuple[int, int], claimed_by: str | None) -> str:
    """Say how far the numbers below a post were verified, "" where there are none.

    ``boosted`` and ``liked`` are (how many, how many of them verified); ``claimed_by`` is the host that says so, None
    for a post of ours, of which only what was verified counts.
    """
    told = [(boosted, boosts), (liked, favourites)]
    if claimed_by is None:
        all_of = [name(number) for (number, _), name in told if number]
        return f"Verified: {listed(all_of)}, each signed by whoever gave it." if all_of else ""
    parts = [f"{known or 'none'} of {name(number)}" for (number, known), name in told if number]
    return f"These are the numbers of {claimed_by}. Verified here: {listed(parts)}." if parts else ""


def ago(moment: datetime | None, now: datetime, never: str = "never used") -> str:
    """Return in words how long ago something was used: to the hour, as uses are recorded."""
    if moment is None:
        return never
    hours = int((now - moment).total_seconds() // 3600)
    if hours < 2:
        return "used in the last two hours"
    if hours < 48:
        return f"last used {hours} hours ago"
    return f"last used {hours // 24} days ago"
