"""Locking: one process per data directory.

Spec: https://man7.org/linux/man-pages/man2/flock.2.html
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smallfed.errors import Conflict, Misconfigured, Unavailable
from smallfed.store.opening import private_folder

NAME = "smallfed.lock"


class Occupied(Conflict):
    """Another process has the data directory; ``pid`` as it wrote it down, None when it has not yet."""

    def __init__(self, folder: Path, pid: int | None) -> None:
        who = "another process" if pid is None else f"another process (pid {pid})"
        super().__init__(f"{who} is using {folder}: stop it first, or name another folder with --data")
        self.pid = pid


@contextmanager
def occupy(folder: Path) -> Iterator[None]:
    """Hold ``folder`` (made if absent) for this process; raises Occupied when another one does.

    The system lets go of it when the process ends, however it ends; the file stays and means nothing. Unavailable when
    nothing can be written there.
    """
    lock = _opened(folder)
    try:
        _lock(lock, folder)
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(lock)


def _opened(folder: Path) -> int:
    try:
        private_folder(folder)
        return os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        what = "see that this user may write there, and that the disk takes it"
        raise Unavailable(f"{folder} cannot be written ({error.strerror}): {what}") from error


def _lock(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        written = os.pread(lock, 20, 0).strip()
        raise Occupied(folder, int(written) if written.isdigit() else None) from None
    except OSError as error:
        raise Misconfigured(f"{folder} cannot be locked ({error.strerror}): put the data on a local disk") from error
