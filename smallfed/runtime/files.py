"""Files of our own: whole or not there, also after a power cut."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp

from smallfed.errors import TooLarge, Unavailable


def keep(path: Path, data: bytes) -> None:
    """Write a file, in folders that are made as they are needed, and return when it is on disk."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, draft = mkstemp(dir=path.parent, prefix=".")
    _write(descriptor, data)
    Path(draft).replace(path)
    _sync_folder(path.parent)


def rewrite(path: Path, data: bytes) -> None:
    """Do as ``keep``, for a name that only one writes at a time: what a crash leaves is called after it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}")
    _write(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), data)
    draft.replace(path)
    _sync_folder(path.parent)


def adopt(source: Path, path: Path) -> None:
    """Let a file of the same disk be at ``path`` from now on, and return when that is so for good."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(source, os.O_RDONLY)
    try:
        os.fchmod(descriptor, 0o600)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    source.replace(path)
    _sync_folder(path.parent)


def _write(descriptor: int, data: bytes) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write(draft: Path, data: bytes) -> None:
    """Write a file that is not known to anybody yet, and return when it is on disk; Unavailable as with a Draft."""
    with _to_disk():
        draft.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), data)


def settle(draft: Path, path: Path) -> None:
    """Give a file on disk its name."""
    draft.replace(path)
    _sync_folder(path.parent)


def remove(pattern: Path) -> None:
    """Delete a file, or with a ``*`` at the end of its name all that begin so, and what a crash has left of them."""
    for name in (pattern.name, f".{pattern.name}"):
        for path in pattern.parent.glob(name):
            path.unlink(missing_ok=True)


@contextmanager
def _to_disk() -> Iterator[None]:
    """Tell whoever sends a file, with Unavailable, that the disk does not take it: it is full, or fails."""
    try:
        yield
    except OSError as error:
        raise Unavailable("The file cannot be stored now; try again later.", detail=repr(error)) from error


Limit = int | Callable[[bytes], int]
"""How many bytes a file may have; or what says so by its first ones, of which there are ``HEAD``, or all that came."""
HEAD = 256


class Draft:
    """A file that comes piece by piece. Closing deletes it unless it was handed over.

    Unavailable says that the disk does not take it. Writing is synchronous: while the disk is slow nothing more is
    taken in, and so nothing heaps up in memory.
    """

    def __init__(self, folder: Path, name: str, *, limit: Limit) -> None:
        self._path, self._draft = folder / name, folder / f".{name}"
        with _to_disk():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = self._draft.open("xb", buffering=0)
        self._hash, self._limit = sha256(), limit
        self._kept = self._handed_over = False
        self._head = b""
        self.size = 0

    @property
    def name(self) -> str:
        """What it is called once it is kept."""
        return self._path.name

    @property
    def digest(self) -> bytes:
        """The SHA-256 of what has come."""
        return self._hash.digest()

    def write(self, data: bytes) -> int:
        """Add what has come; TooLarge when that is beyond the limit."""
        self.size += len(data)
        if (limit := self._bound(data)) is not None and self.size > limit:
            raise TooLarge(f"A file may have at most {limit >> 20} MB.")
        self._hash.update(data)
        left = memoryview(data)
        with _to_disk():
            while left:
                left = left[self._file.write(left) :]
        return len(data)

    def _bound(self, data: bytes) -> int | None:
        """Return how much may come, None while there is too little to tell."""
        if isinstance(self._limit, int):
            return self._limit
        self._head += bytes(data[: HEAD - len(self._head)])
        if len(self._head) < HEAD:
            return None
        self._limit = self._limit(self._head)
        return self._limit

    def sync(self) -> None:
        """Return when what has come is on disk."""
        with _to_disk():
            os.fsync(self._file.fileno())

    def keep(self) -> None:
        """Make it a file of its name, and return when that is on disk."""
        with _to_disk():
            os.fsync(self._file.fileno())
            self._draft.replace(self._path)
            self._kept = True
            _sync_folder(self._path.parent)

    def hand_over(self) -> None:
        """Leave what is kept to who has taken note of its name."""
        self._handed_over = True

    @property
    def settled(self) -> Path:
        """Where it is once it is kept."""
        return self._path

    @property
    def path(self) -> Path:
        """Where it is."""
        return self._path if self._kept else self._draft

    def close(self) -> None:
        """Be done with it: what is not kept goes."""
        if not self._file.closed:
            self._file.close()
            if not self._handed_over:
                self.path.unlink(missing_ok=True)

    def __del__(self) -> None:
        self.close()


def read(path: Path) -> bytes | None:
    """Return what is in a file, or None when there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
