"""The content of a file on its way out: given to the system to send, or read piece by piece while it is sent."""

import os

import trio
from trio.socket import SocketType

from smallfed.runtime.aside import Aside

PIECE = 16 << 10  # what waits in memory, twice, for everybody who reads slowly: a thousand at once are a few MB
HANDFUL = 256 << 10  # what the system is given at once; whoever else waits has a turn in between
LATELY = 1000  # names


class Content:
    """An open file, or a part of one. It must be sent or closed; ``len`` is how many bytes are still to go."""

    def __init__(self, descriptor: int, size: int, aside: Aside) -> None:
        self._descriptor, self.size, self._aside = descriptor, size, aside
        self._at, self._end = 0, size

    def narrow(self, first: int, end: int) -> None:
        """Leave out everything but the bytes from ``first`` on, before ``end``."""
        self._at, self._end = first, end

    def __len__(self) -> int:
        return self._end - self._at

    async def ready(self) -> None:
        """Make sure that the first bytes can be had, before anything is answered; an error of the house if not."""

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

    async def hand_over(self, sock: SocketType, *, patience: float) -> None:
        """Let the system send all bytes by itself: none of them is ever held here. On Linux only.

        TooSlowError when nothing at all is taken for ``patience`` seconds, however slow the rest was; OSError when the
        connection breaks, ClosedResourceError when it is closed from here.
        """
        while wanted := min(HANDFUL, len(self)):
            if not self._is_at_hand(wanted):
                await self._aside.thread(os.pread, self._descriptor, wanted, self._at)
            try:
                sent = os.sendfile(sock.fileno(), self._descriptor, self._at, wanted)
            except BlockingIOError:
                with trio.fail_after(patience):
                    await trio.lowlevel.wait_writable(sock)
                continue
            if not sent:
                raise OSError("a file has become shorter while it was sent")
            self._at += sent
            if len(self):
                await trio.lowlevel.checkpoint()

    def _is_at_hand(self, wanted: int) -> bool:
        """Whether the first and the last of the next bytes are in memory: the system reads ahead what is between."""
        return all(_at_hand(self._descriptor, 1, at) for at in (self._at, self._at + wanted - 1))

    def close(self) -> None:
        """Close the file; more than once is fine."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class Opening:
    """Opens files. Those that were opened lately at once, since the system has them at hand; others in a thread.

    To go to a thread and back costs more than all the rest of a small answer.
    """

    def __init__(self, aside: Aside) -> None:
        self._aside = aside
        self._lately: dict[str, None] = {}  # the oldest first

    async def open(self, path: str) -> Content | None:
        """Return what is in a file, or None when there is none."""
        if path in self._lately:
            del self._lately[path]
            found = _open(path)
        else:
            found = await self._aside.thread(_open, path)
        if found is None:
            return None
        self._lately[path] = None
        if len(self._lately) > LATELY:
            del self._lately[next(iter(self._lately))]
        return Content(*found, self._aside)


def _open(path: str) -> tuple[int, int] | None:
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
