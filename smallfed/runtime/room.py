"""Room: what may still be written to the disk, asked before it is written.

Every byte of a copy is booked first, those of fetches under way included, so the budget holds at every moment. How much
the disk has left is looked at now and then, and what is booked meanwhile is taken off.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import structs

from smallfed.errors import Unavailable
from smallfed.policy.rooming import Level, Stock, allowance, excess, fits, level, pressure
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell

FULL = (
    "The disk of this server is nearly full, so it takes no files now. Text can still be posted; when there is room"
    " again, uploads work by themselves."
)

Look = Callable[[Path], tuple[int, int]]
"""Folder → bytes of its disk that are free, and all there are."""


def disk(folder: Path) -> tuple[int, int]:
    """Return how many bytes the disk of ``folder`` has free for us, and in all."""
    usage = shutil.disk_usage(folder)
    return usage.free, usage.total


class Room:
    """The room that there is below ``folder``. ``crowded`` rings when copies should make room."""

    def __init__(self, folder: Path, aside: Aside, *, budget: int | None, reserve: int, look: Look = disk) -> None:
        self._folder, self._aside, self._look = folder, aside, look
        self.budget, self.reserve = budget, reserve
        self.stock = Stock()
        self.level = Level.AMPLE
        self.free = self.total = 0
        self.crowded = Bell()
        self._looked = False
        self._uploads = 0

    async def look(self) -> Level:
        """Look how much the disk has left."""
        self.free, self.total = await self._aside.thread(self._look, self._folder)
        self._looked = True
        self.level = level(self.free, self.reserve, self.level)
        return self.level

    def measured(self, *, own: int | None = None, kept: int | None = None) -> None:
        """Take over what the owner's files, and the copies, were found to be."""
        stock = self.stock
        self.stock = structs.replace(
            stock, own=stock.own if own is None else own, kept=stock.kept if kept is None else kept
        )
        if self.excess:
            self.crowded.ring()

    @property
    def allowance(self) -> int | None:
        """How many bytes copies may have; None: as many as they like."""
        return allowance(self.budget, self.stock.own)

    @property
    def excess(self) -> int:
        """How many bytes of copies should go now."""
        return excess(self.stock, self.budget)

    @property
    def pressure(self) -> int:
        """How many bytes of copies should go for the sake of the disk."""
        return min(self.stock.kept, pressure(self.free, self.reserve, self.level))

    @property
    def may_cache(self) -> bool:
        """Whether it is worth beginning to fetch something to be kept."""
        return self.level is Level.AMPLE and fits(1, self.stock, self.budget)

    def expect(self, size: int) -> None:
        """Note that an upload of at most ``size`` bytes comes; Unavailable, in words for the owner, when it may not.

        What many bring at once is counted before it is there, so that together they do not take what text needs.
        """
        short = self._looked and self.free - self._uploads - size < self.reserve / 2
        if self.level >= Level.SHORT or short:
            raise Unavailable(FULL, retry_after=600)
        self._uploads += size

    def came(self, size: int) -> None:
        """Note that an upload that was expected is on the disk, or given up."""
        self._uploads -= size

    def book(self) -> "Booking":
        """Return a booking for one copy, to be used in ``with``: what is not kept in the end is free again."""
        return Booking(self)

    def gone(self, size: int) -> None:
        """Note that files of copies are gone from the disk."""
        self.stock = structs.replace(self.stock, kept=max(0, self.stock.kept - size))
        self.free += size

    def _take(self, size: int) -> bool:
        enough = not self._looked or self.free - size >= self.reserve
        if self.level is not Level.AMPLE or not enough or not fits(size, self.stock, self.budget):
            self.crowded.ring()
            return False
        self._coming(size)
        return True

    def _coming(self, size: int) -> None:
        self.stock = structs.replace(self.stock, coming=self.stock.coming + size)
        self.free -= size

    def _keep(self, booked: int, size: int) -> None:
        stock = self.stock
        self.stock = structs.replace(stock, coming=stock.coming - booked, kept=stock.kept + size)
        self.free += booked - size
        if self.excess:
            self.crowded.ring()


class Booking:
    """Bytes that one copy may write."""

    def __init__(self, room: Room) -> None:
        self._room, self._booked = room, 0

    def take(self, size: int) -> bool:
        """Book so many bytes more before they are written; False: there is no room for them, and nothing is booked."""
        if not self._room._take(size):  # noqa: SLF001 - the two are one thing
            return False
        self._booked += size
        return True

    def keep(self, size: int) -> None:
        """Note that files of ``size`` bytes, no more than were booked, stay; the rest is free again."""
        self._room._keep(self._booked, min(size, self._booked))  # noqa: SLF001
        self._booked = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._room._coming(-self._booked)  # noqa: SLF001
        self._booked = 0
