"""Rooming: whether there is room on the disk, for copies of others' media and for uploads. The whole rule."""

from enum import IntEnum

from msgspec import Struct

HIGH, LOW = 0.95, 0.90  # of what copies may have: above the one some go, until below the other
EASE = 1.1  # times the reserve must be free before it is believed that there is room again


class Level(IntEnum):
    """How much room the disk has: the higher, the less may be done."""

    AMPLE = 0
    SCARCE = 1  # nothing more is cached
    SHORT = 2  # uploads are refused as well; text is still taken in


class Stock(Struct, frozen=True, kw_only=True):
    """Bytes on the disk: the owner's files, copies that are kept, and those being written."""

    own: int = 0
    kept: int = 0
    coming: int = 0

    @property
    def copies(self) -> int:
        """All that copies take or will take."""
        return self.kept + self.coming


def level(free: int, reserve: int, before: Level) -> Level:
    """Judge the bytes that are ``free``; what was scarce ``before`` must become a little more than ample to be so."""
    for found, bound in ((Level.SHORT, reserve / 2), (Level.SCARCE, float(reserve))):
        if free < (bound * EASE if before >= found else bound):
            return found
    return Level.AMPLE


def allowance(budget: int | None, own: int) -> int | None:
    """Return how many bytes copies may have beside the owner's files; None: as many as they like."""
    return None if budget is None else max(0, budget - own)


def fits(more: int, stock: Stock, budget: int | None) -> bool:
    """Whether ``more`` bytes of copies may be written without ever being above the budget."""
    most = allowance(budget, stock.own)
    return most is None or stock.copies + more <= most


def excess(stock: Stock, budget: int | None) -> int:
    """Return how many bytes of copies should go; 0 while there is no hurry."""
    most = allowance(budget, stock.own)
    if most is None or stock.copies <= most * HIGH:
        return 0
    return stock.copies - int(most * LOW)


def pressure(free: int, reserve: int, level: Level) -> int:
    """Return how many bytes of copies should go for the sake of the disk, that there is room for everything else."""
    return 0 if level is Level.AMPLE else max(0, int(reserve * EASE) - free + 1)
