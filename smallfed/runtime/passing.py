"""What another server sends, on its way to whoever asked: as fast as it is taken, and nothing is kept."""

import re
from collections.abc import Callable

import trio
from msgspec import Struct

from smallfed.errors import Unavailable, Unreachable
from smallfed.runtime.arrival import BrokenOff

_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})")
_NUMBER = re.compile(r"[0-9]{1,18}")
HEAD = 256  # bytes that tell what it is


class Part(Struct, frozen=True, kw_only=True):
    """The bytes from ``first`` on, before ``end``, of ``whole``."""

    first: int
    end: int
    whole: int


class Passing:
    """One answer under way; as a ``Content``. It is the sink of a download and what is read of it.

    What is from ``first`` on, and before ``end`` if that is given, is wanted; ``fits`` says of the first bytes of the
    whole whether they are what was promised.
    """

    def __init__(self, *, first: int, end: int | None = None, fits: Callable[[bytes], bool]) -> None:
        self._first, self._end, self._fits = first, end, fits
        self._into, self._out = trio.open_memory_channel[bytes](0)
        self.scope, self.begun = trio.CancelScope(), trio.Event()
        self.part: Part | None = None
        self._left = 0
        self._unchecked: bytearray | None = None
        self._next: bytes | None = None

    def turn(self) -> None:
        """Hear that it is asked for now."""

    async def begin(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Hear which bytes will come: those asked for, or all. Unreachable when that is not told."""
        said = dict(headers)
        match = _RANGE.fullmatch(said.get("content-range", "")) if status == 206 else None
        if match is not None:
            first, last, whole = (int(number) for number in match.groups())
            if first != self._first or not first <= last < whole:
                raise Unreachable("it sent another part than it was asked for")
            self.part = self._clipped(first, last + 1, whole)
        elif status == 200 and _NUMBER.fullmatch(said.get("content-length", "")):
            whole = int(said["content-length"])
            self.part = self._clipped(0, whole, whole)
        else:
            raise Unreachable("it does not say how much it sends")
        self._left = self.part.end - self.part.first
        if self.part.first == 0:  # what it is, is to be seen at its beginning only
            self._unchecked = bytearray()
        self.begun.set()

    def _clipped(self, first: int, end: int, whole: int) -> Part:
        """Return what is passed on of what comes: no more than was asked for, where it begins as that does."""
        if self._end is not None and first == self._first:
            end = min(end, self._end)
        return Part(first=first, end=end, whole=whole)

    async def write(self, data: bytes) -> None:
        """Give some bytes to whoever reads; Unreachable when they begin something else than was promised."""
        if self._unchecked is not None:
            self._unchecked += data
            if len(self._unchecked) < min(HEAD, self._left):
                return
            data, self._unchecked = bytes(self._unchecked), None
            if not self._fits(data[:HEAD]):
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

    async def ready(self) -> None:
        """Wait for the first bytes; Unavailable when they do not come, or are not what was promised."""
        if self._left:
            try:
                self._next = await self._out.receive()
            except trio.EndOfChannel:
                raise Unavailable("this cannot be had from its server now", retry_after=60) from None

    async def piece(self) -> bytes:
        """Return the next bytes; BrokenOff when they do not come."""
        data, self._next = self._next, None
        if data is None and self._left:
            try:
                data = await self._out.receive()
            except trio.EndOfChannel:
                raise BrokenOff("another server stopped sending") from None
        data = (data or b"")[: self._left]
        self._left -= len(data)
        return data

    def close(self) -> None:
        """Let go of the other server; more than once is fine."""
        self.scope.cancel()
        self._out.close()
