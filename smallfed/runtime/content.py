"""The content of a file on its way out, read piece by piece while it is sent."""

import os
from pathlib import Path

from smallfed.runtime.aside import Aside

PIECE = 16 << 10  # what waits in memory, twice, for everybody who reads slowly: a thousand at once are a few MB


class Content:
    """An open file, or a part of one. It must be sent or closed; ``len`` is how many bytes are still to be read."""

    def __init__(self, descriptor: int, size: int, aside: Aside) -> None:
        self._descriptor, self.size, self._aside = descriptor, size, aside
        self._at, self._end = 0, size

    def narrow(self, first: int, end: int) -> None:
        """Leave out everything but the bytes from ``first`` on, before ``end``."""
        self._at, self._end = first, end

    def __len__(self) -> int:
        return self._end - self._at

    async def piece(self) -> bytes:
        """Return the next bytes. What the system holds in memory is there at once; for the disk a thread waits."""
        wanted = min(PIECE, len(self))
        data = _at_hand(self._descriptor, wanted, self._at)
        if not data and wanted:
            data = await self._aside.thread(os.pread, self._descriptor, wanted, self._at)
        if not data and wanted:
            raise OSError("a file has become shorter while it was sent")
        self._at += len(data)
        return data

    def close(self) -> None:
        """Close the file; more than once is fine."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


async def opened(path: Path, aside: Aside) -> Content | None:
    """Return what is in a file, or None when there is none."""
    found = await aside.thread(_open, path)
    return None if found is None else Content(*found, aside)


def _open(path: Path) -> tuple[int, int] | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return descriptor, os.fstat(descriptor).st_size


def _at_hand(descriptor: int, wanted: int, at: int) -> bytes:
    """Return the bytes that can be read without waiting, where the system can tell (Linux); none otherwise."""
    flag = getattr(os, "RWF_NOWAIT", 0)
    if not flag:
        return b""
    into = bytearray(wanted)
    try:
        read = os.preadv(descriptor, [into], at, flag)
    except OSError:  # it would have to wait, or the file system does not know this
        return b""
    return bytes(memoryview(into)[:read])
