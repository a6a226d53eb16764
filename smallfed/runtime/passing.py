"""What another server sends, on its way to whoever asked: as fast as it is taken, and nothing is kept."""

import re
from collections.abc import Callable

import trio
from msgspec import Struct

from smallfed.errors import Unreachable
from smallfed.runtime.arrival import BrokenOff

_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})")


class Part(Struct, frozen=True, kw_only=True):
    """The bytes from ``first`` on, before ``end``, of ``whole``."""

    first: int
    end: int
    whole: int


class Passing:
    """One answer under way; as a ``Content``. It is the sink of a download and what is read of it."""

    def __init__(self, *, first: int, fits: Callable[[bytes], bool]) -> None:
        self._first, self._fits = first, fits
        self._into, self._out = trio.open_memory_channel[bytes](0)
        self.scope, self.begun = trio.CancelScope(), trio.Event()
        self.part: Part | None = None
        self._left = 0

    async def begin(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Hear which bytes will come: those asked for, or all. Unreachable when that is not told."""
        said = dict(headers)
        match = _RANGE.fullmatch(said.get("content-range", "")) if status == 206 else None
        if match is not None:
            first, last, whole = (int(number) for number in match.groups())
            if first != self._first or not first <= last < whole:
                raise Unreachable("it sent another part than it was asked for")
            self.part = Part(first=first, end=last + 1, whole=whole)
        elif status == 200 and said.get("content-length", "").isdigit():
            self.part = Part(first=0, end=int(said["content-length"]), whole=int(said["content-length"]))
        else:
            raise Unreachable("it does not say how much it sends")
        self._left = self.part.end - self.part.first
        self._checked = self.part.first > 0  # what it is, is to be seen at its beginning only
        self.begun.set()

    async def write(self, data: bytes) -> None:
        """Give some bytes to whoever reads; Unreachable when they begin something else than was promised."""
        if not self._checked:
            self._checked = True
            if not self._fits(data):
                raise Unreachable("it is something else than it was")
        await self._into.send(data)

    def end(self) -> None:
        """Say that nothing more will come."""
        self._into.close()
        self.begun.set()

    @property
    def size(self) -> int:
        """How many bytes there are in all."""
        return 0 if self.part is None else self.part.whole

    def __len__(self) -> int:
        return self._left

    async def piece(self) -> bytes:
        """Return the next bytes; BrokenOff when they do not come."""
        try:
            data = await self._out.receive()
        except trio.EndOfChannel:
            raise BrokenOff("another server stopped sending") from None
        data = data[: self._left]
        self._left -= len(data)
        return data

    def close(self) -> None:
        """Let go of the other server; more than once is fine."""
        self.scope.cancel()
        self._out.close()
