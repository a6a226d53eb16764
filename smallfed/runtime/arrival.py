"""A file that others read while it is still coming."""

import os
from contextlib import suppress
from pathlib import Path

from trio.lowlevel import ParkingLot

from smallfed.errors import Unavailable

PIECE = 64 << 10


class BrokenOff(OSError):
    """What was announced does not come any more: whoever is being sent it must see that some is missing."""


class Arrival:
    """Tells readers how much of a file of ``whole`` bytes is there: at ``path``, and in the end at ``settled``."""

    def __init__(self, path: Path, settled: Path, *, whole: int, media_type: str) -> None:
        self._places, self.whole, self.media_type = (path, settled), whole, media_type
        self.here, self.failed = 0, False
        self._readers = ParkingLot()

    def grown(self, here: int) -> None:
        """Say that the first ``here`` bytes are there."""
        self.here = here
        self._readers.unpark_all()

    def fail(self) -> None:
        """Say that no more will come."""
        self.failed = True
        self._readers.unpark_all()

    def open(self) -> "Growing":
        """Return a reader, also at the moment in which the file gets its name; Unavailable when it went instead."""
        for place in self._places:
            with suppress(FileNotFoundError):
                return Growing(self, os.open(place, os.O_RDONLY | os.O_CLOEXEC))
        raise Unavailable("its server stopped sending it", retry_after=60)

    async def until(self, end: int) -> int:
        """Wait for more than nothing of what is before ``end`` to be there, and return how much is; BrokenOff."""
        while self.here < end:
            if self.failed:
                raise BrokenOff("a file stopped coming")
            await self._readers.park()
        return self.here


class Growing:
    """One reader of an arrival, or of a part of it; as a ``Content``."""

    def __init__(self, arrival: Arrival, descriptor: int) -> None:
        self._arrival, self._descriptor = arrival, descriptor
        self.size = arrival.whole
        self._at, self._end = 0, self.size

    def narrow(self, first: int, end: int) -> None:
        """Leave out everything but the bytes from ``first`` on, before ``end``."""
        self._at, self._end = first, end

    def __len__(self) -> int:
        return self._end - self._at

    async def piece(self) -> bytes:
        """Return the next bytes, as soon as some are there."""
        here = await self._arrival.until(min(self._at + 1, self._end))
        data = os.pread(self._descriptor, min(PIECE, here - self._at, len(self)), self._at)
        self._at += len(data)
        return data

    async def ready(self) -> None:
        """Wait for the first bytes; Unavailable when they do not come."""
        try:
            await self._arrival.until(min(self._at + 1, self._end))
        except BrokenOff as error:
            raise Unavailable("its server stopped sending it", retry_after=60) from error

    def close(self) -> None:
        """Close the file; more than once is fine."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
