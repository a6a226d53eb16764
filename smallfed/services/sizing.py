"""Sizing: what takes how much room and why, what has come lately, and when the disk will be full.

Issue 5.3. What files weigh is found outside; all else is asked here.
"""

from collections.abc import Mapping

from msgspec import Struct

from smallfed.policy.forecasting import Stock, days_left
from smallfed.policy.rooming import allowance
from smallfed.store import growth, holdings, measuring
from smallfed.store.growth import Growth, Line
from smallfed.store.holdings import Holding
from smallfed.store.tx import Tx

WEEKS = 28  # days by which the future is told
NOISY = 0.3  # of what came on a day: who brought more is named


class Disk(Struct, frozen=True, kw_only=True):
    """What there is and what may be used: bytes free and in all, the part left free, the budget (None: no end)."""

    free: int
    total: int
    reserve: int
    budget: int | None


class Arrival(Struct, frozen=True, kw_only=True):
    """What came in some days, why, and from where; ``noisy`` is the server that brought more than its part."""

    days: int
    all: Growth
    causes: list[Line]
    hosts: list[Line]
    noisy: Line | None = None


class Glance(Struct, frozen=True, kw_only=True):
    """What is worth knowing at once, without counting anything."""

    disk: Disk
    own: int
    copies: int
    database: int
    days_left: int | None
    yesterday: Arrival

    @property
    def used(self) -> int:
        """What counts against the budget."""
        return self.own + self.copies


class Details(Struct, frozen=True, kw_only=True):
    """Copies by everything that may be asked of them."""

    causes: list[Holding]
    standings: list[Holding]
    subjects: list[Holding]
    hosts: list[Holding]
    accounts: list[Holding]


def glance(tx: Tx, disk: Disk, own: int) -> Glance:
    """Return what is worth knowing at a glance; ``own`` is what the owner's files weigh."""
    copies, database = holdings.total(tx), measuring.size(tx)
    return Glance(
        disk=disk,
        own=own,
        copies=copies,
        database=database,
        days_left=_days_left(tx, disk, own=own, copies=copies, database=database),
        yesterday=arrived(tx, 1),
    )


def _days_left(tx: Tx, disk: Disk, **now: int) -> int | None:
    noted = growth.sizes(tx, growth.day(tx.now) - WEEKS)
    past: Mapping[str, dict[int, int]] = {name: {day.day: getattr(day, name) for day in noted} for name in now}
    most = {"copies": allowance(disk.budget, now["own"])}
    stocks = [Stock(now=size, past=past[name], most=most.get(name)) for name, size in now.items()]
    return days_left(disk.free - disk.reserve, stocks)


def arrived(tx: Tx, days: int, *, hosts: int = 5) -> Arrival:
    """Return what came in the last ``days`` before today."""
    today = growth.day(tx.now)
    came = growth.total(tx, today - days, today)
    loudest = growth.by_host(tx, today - days, today, hosts)
    noisy = loudest[0] if loudest and loudest[0].bytes > NOISY * came.bytes else None
    return Arrival(days=days, all=came, causes=growth.by_cause(tx, today - days, today), hosts=loudest, noisy=noisy)


def details(tx: Tx, limit: int) -> Details:
    """Count copies in every way. It reads all of them several times: for another process, or a thread."""
    return Details(
        causes=holdings.by_cause(tx),
        standings=holdings.by_standing(tx),
        subjects=holdings.by_subject(tx),
        hosts=holdings.by_host(tx, limit),
        accounts=holdings.by_account(tx, limit),
    )
