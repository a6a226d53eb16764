"""The content of a file that is in the bucket, fetched while it is sent."""

from collections.abc import Awaitable, Callable

import trio
from trio.socket import SocketType

from smallfed.errors import SmallfedError
from smallfed.runtime.aside import Aside
from smallfed.runtime.content import PIECE, Content

MOST, LEAST = 512 << 10, 32 << 10  # bytes that one reader has fetched and not sent
POOL = 16 << 20  # that all readers have together, as long as none has less than LEAST

Fetch = Callable[[int, int], Awaitable[bytes]]
"""(first, end) → the bytes from ``first`` on, before ``end``; an error of the house when they cannot be had."""


class Readers:
    """How many read from the bucket at this moment: the more there are, the less each holds in memory."""

    def __init__(self) -> None:
        self.count = 0

    @property
    def block(self) -> int:
        """How many bytes to fetch at once."""
        return max(LEAST, min(MOST, POOL // max(1, self.count)))


class Afar(Content):
    """A file of ``size`` bytes in the bucket, or a part of one. It must be sent or closed."""

    def __init__(self, size: int, fetch: Fetch, readers: Readers, aside: Aside) -> None:
        super().__init__(-1, size, aside)
        self._fetch, self._readers, self._block = fetch, readers, memoryview(b"")
        self._closed = False
        readers.count += 1

    async def piece(self) -> bytes:
        """Return the next bytes, as many as a file gives; OSError when the bucket fails in the middle."""
        if not self._block and len(self):
            try:
                data = await self._fetch(self._at, min(self._at + self._readers.block, self._end))
            except SmallfedError as error:
                raise OSError(f"a file could not be fetched to its end: {error.detail}") from error
            self._block = memoryview(data)
        data = bytes(self._block[:PIECE])
        self._block = self._block[len(data) :]
        self._at += len(data)
        return data

    async def hand_over(self, sock: SocketType, *, patience: float) -> None:
        """Send all bytes as they come; errors as with a file."""
        while piece := memoryview(await self.piece()):
            while piece:
                with trio.fail_after(patience):
                    piece = piece[await sock.send(piece) :]

    async def ready(self) -> None:
        """Fetch the first bytes, so that it is known whether they can be had; Unavailable, or NotFound."""
        if len(self):
            self._block = memoryview(await self._fetch(self._at, min(self._at + self._readers.block, self._end)))

    def narrow(self, first: int, end: int) -> None:
        """Leave out everything but the bytes from ``first`` on, before ``end``."""
        super().narrow(first, end)
        self._block = memoryview(b"")

    def close(self) -> None:
        """Be done with it; more than once is fine."""
        if not self._closed:
            self._closed = True
            self._readers.count -= 1
            self._block = memoryview(b"")
