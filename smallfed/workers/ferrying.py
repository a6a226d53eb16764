"""Ferrying: one file is brought to the bucket, or back, or removed there, as its row says.

Nothing is deleted before what replaces it has been read and has the same hash. A row is settled only after that, so
what is interrupted begins again.

Spec: RULINGS 9.
"""

from collections.abc import Callable
from functools import partial
from hashlib import file_digest
from pathlib import Path
from typing import TypeVar

import trio

from smallfed.domain.placement import Placement, Wanted
from smallfed.errors import SmallfedError, Unreachable
from smallfed.runtime import files
from smallfed.runtime.aside import Aside
from smallfed.runtime.bucket import Bucket, Whole
from smallfed.runtime.database import Database
from smallfed.runtime.files import Draft
from smallfed.runtime.storage import Storage
from smallfed.services.placing import OTHERS
from smallfed.store import placements

T = TypeVar("T")

LANES = 3  # files on their way at once
LARGEST = 1 << 40


class Lost(SmallfedError):
    """A file is neither here nor there, or not what it was."""


class Ferry:
    """Goes between the folder of media and the bucket."""

    def __init__(self, db: Database, aside: Aside, storage: Storage) -> None:
        self._db, self._aside, self._folder, self._bucket = db, aside, storage.folder, storage.bucket
        self._limiter = trio.CapacityLimiter(LANES)

    async def bring(self, item: Placement) -> None:
        """Bring a file to where it is wanted; Lost when there is none, Unreachable when the bucket is."""
        match item.wanted:
            case Wanted.BOTH:
                await self._to_both(item)
            case Wanted.BUCKET:
                await self._to_bucket(item)
            case Wanted.HERE:
                await self._back(item)
            case Wanted.NOWHERE:
                await self._remove(item)

    # Four ways
    async def _to_both(self, item: Placement) -> None:
        if await self._thread(self._path(item).is_file):
            there = await self._upload(item)
            await self._settled(item, there)
        else:
            await self._download(item)

    async def _to_bucket(self, item: Placement) -> None:
        """Delete what is on the disk, once the bucket has it and the row says so: then it is read from there."""
        if not await self._thread(self._path(item).is_file):
            await self._find_there(item)
            return
        there = await self._upload(item)
        columns = {"there": True, "size": there.size, "digest": there.digest}
        if await self._db.patient_write(placements.settle, item, columns):
            await self._thread(files.remove, self._path(item))
            await self._settled(item, there)

    async def _back(self, item: Placement) -> None:
        if not await self._thread(self._path(item).is_file):
            await self._fetch(item)
        await self._remove(item)

    async def _remove(self, item: Placement) -> None:
        await self.ask(lambda bucket: bucket.remove(item.name))
        await self._db.patient_write(placements.drop, item)

    # Steps
    async def _upload(self, item: Placement) -> Whole:
        """Bring the file there unless the bucket has it; return what is there, read from there."""
        path = self._path(item)
        here = await self._thread(_whole, path)
        if item.there and (item.size, item.digest) == (here.size, here.digest):
            return here
        await self.ask(lambda bucket: bucket.put(path, item.name))
        if not await self._has(item.name, here):
            raise Lost("the bucket has something else than was brought there")
        return here

    async def _has(self, name: str, here: Whole) -> bool:
        """Whether the bucket has this. What is the owner's is read back; what others have may be fetched again."""
        if name.startswith(f"{OTHERS}/"):
            return await self.ask(lambda bucket: bucket.size(name)) == here.size
        return await self.ask(lambda bucket: bucket.whole(name)) == here

    async def _download(self, item: Placement) -> None:
        """Fetch what is wanted on the disk, too."""
        there = await self._fetch(item)
        if not await self._settled(item, there):
            now = await self._db.read(placements.find, item.name)
            if now is None or now.wanted is Wanted.NOWHERE:  # meanwhile it was deleted here
                await self._thread(files.remove, self._path(item))

    async def _fetch(self, item: Placement) -> Whole:
        """Fetch a file to the disk, whole or not at all."""
        draft = await self._thread(_draft, self._path(item))
        try:
            there = _compared(item, await self.ask(lambda bucket: bucket.whole(item.name, draft.write)))
            await self._thread(draft.keep)
            draft.hand_over()
        finally:
            draft.close()
        return there

    async def _find_there(self, item: Placement) -> None:
        """Make sure that the bucket has what the disk has not."""
        if not item.there:
            await self._settled(item, _compared(item, await self.ask(lambda bucket: bucket.whole(item.name))))
        elif item.size is not None and item.digest is not None:
            await self._settled(item, Whole(item.size, item.digest))

    async def _settled(self, item: Placement, there: Whole) -> bool:
        columns = {"there": True, "size": there.size, "digest": there.digest, "attempts": 0, "due": None, "error": ""}
        return await self._db.patient_write(placements.settle, item, columns)

    def _path(self, item: Placement) -> Path:
        return self._folder / item.name

    async def ask(self, f: Callable[[Bucket], T]) -> T:
        """Ask the bucket something; Unreachable when it does not answer, or there is none."""
        if self._bucket is None:
            raise Unreachable("there is no bucket in the configuration")
        return await self._thread(f, self._bucket)

    async def _thread(self, f: Callable[..., T], *args: object) -> T:
        """Wait in a thread of ours; it may be left behind when the server stops, and is repeated after the start."""
        return await self._aside.thread(partial(f, *args), limiter=self._limiter, abandon=True)


def _whole(path: Path) -> Whole:
    with path.open("rb") as file:
        return Whole(path.stat().st_size, file_digest(file, "sha256").digest())


def _draft(path: Path) -> Draft:
    path.with_name(f".{path.name}").unlink(missing_ok=True)  # of an attempt that was killed
    return Draft(path.parent, path.name, limit=LARGEST)


def _compared(item: Placement, there: Whole | None) -> Whole:
    """Return what the bucket has when it is what was brought there; Lost."""
    if there is None:
        raise Lost("it is neither on this machine nor in the bucket: put it back from a backup")
    if item.digest is not None and there.digest != item.digest:
        raise Lost("the bucket has something else under this name: put it back from a backup")
    return there
