"""Storage: where the files of the media folder are, and reading and removing them, wherever that is.

A *name* is the path of a file below the media folder, ``files/ab12….jpg``. Whoever makes a file writes it to the disk
and announces ``FilesKept`` in the transaction that makes it known. With a bucket it is brought there afterwards
(``workers/transferring``), and may be only there.
"""

import logging
import os
from collections.abc import Callable, Collection, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

import trio

from smallfed.domain.placement import Wanted
from smallfed.errors import NotFound, Unavailable, Unreachable
from smallfed.observe.logging import event
from smallfed.runtime import files
from smallfed.runtime.afar import Afar, Readers
from smallfed.runtime.aside import Aside
from smallfed.runtime.bucket import Bucket
from smallfed.runtime.content import Content, Opening
from smallfed.runtime.database import Database
from smallfed.services import placing
from smallfed.services.placing import FACES, OTHERS, OWN, SLICE
from smallfed.store import placements

T = TypeVar("T")

DRAWN = frozenset(f"{place}/{name}" for place in ("avatars", "headers") for name in ("default.png", "missing.png"))

READERS = 8  # threads that read from the bucket at once: it may hang, and nothing else may
REST = 5.0  # seconds in which a bucket that failed is not asked again by those who want to read

log = logging.getLogger(__name__)


class Storage:
    """The files below ``folder``, and in the ``bucket`` if there is one."""

    def __init__(self, db: Database, aside: Aside, folder: Path, bucket: Bucket | None = None) -> None:
        self.folder, self.bucket = folder, bucket
        self._db, self._aside, self._opening = db, aside, Opening(aside)
        self._limiter, self._readers = trio.CapacityLimiter(READERS), Readers()
        self._resting_until = -1.0

    async def open(self, name: str) -> Content | None:
        """Return what is in a file, or None when there is none.

        From the bucket it comes while it is sent; ``ready`` finds out whether it can be had now.
        """
        content = await self._opening.open(f"{self.folder}/{name}")
        if content is not None:
            return content
        held = await self._db.read(placements.find, name)
        if held is None or held.size is None or held.wanted is Wanted.NOWHERE:
            return None
        return Afar(held.size, partial(self._fetch, name), self._readers, self._aside)

    async def address(self, name: str) -> str | None:
        """Return where everybody can read a file in the bucket, or None where only this server gives it."""
        if self.bucket is None or not self.bucket.in_use.public:
            return None
        return (await self._db.read(placements.addresses, [name])).get(name)

    async def purge(self, names: Collection[str]) -> None:
        """Remove files at once, wherever they are; nothing may refer to them any more.

        Unavailable when the bucket cannot be reached: then they are gone from the disk, and go from the bucket by
        themselves as soon as it can be.
        """
        await self._db.write(placing.leave, names)
        for name in names:
            await self._aside.thread(files.remove, self.folder / name)
            held = await self._db.read(placements.find, name)
            if held is not None:
                await self._ask(partial(Bucket.remove, name=name))
                await self._db.write(placements.drop, held)

    async def _fetch(self, name: str, first: int, end: int) -> bytes:
        data = await self._ask(lambda bucket: bucket.read(name, first, end))
        if data is None:
            event(log, "bucket.missing", level=logging.ERROR, name=name)
            raise NotFound("not found")
        return data

    async def _ask(self, f: Callable[[Bucket], T]) -> T:
        """Ask the bucket. While it is known to fail nobody waits for it."""
        if self.bucket is None:
            raise _unavailable("there is no bucket in the configuration")
        if trio.current_time() < self._resting_until:
            raise _unavailable("the bucket failed a moment ago")
        try:
            return await self._aside.thread(f, self.bucket, limiter=self._limiter, abandon=True)
        except Unreachable as error:
            self._resting_until = trio.current_time() + REST
            event(log, "bucket.unreachable", level=logging.WARNING, error=error)
            raise _unavailable(error.message) from error


def _unavailable(why: str) -> Unavailable:
    return Unavailable("This file cannot be read now; try again later.", retry_after=REST, detail=why)


def names_below(folder: Path) -> Iterator[list[str]]:
    """Yield, in slices, the names of all files below the media folder that may be in a bucket; nothing half written."""
    for place in sorted({*FACES, OWN, OTHERS}):
        names = (f"{place}/{entry.name}" for entry in _entries(folder / place))
        while some := list(islice(names, SLICE)):
            yield some


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file() and not entry.name.startswith(".") and f"{folder.name}/{entry.name}" not in DRAWN:
                yield entry
