"""Transferring: files are brought to the bucket and back, and removed there, as their rows say.

Nothing is deleted before what replaces it has been read and has the same hash. A row is settled only after that, so
what is interrupted begins again; a bucket that cannot be reached is asked ever more rarely, for as long as it takes.

Spec: RULINGS 9.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from hashlib import file_digest
from math import inf
from pathlib import Path
from typing import TypeVar

import trio

from smallfed.domain.placement import Placement, Wanted
from smallfed.errors import SmallfedError, Unreachable
from smallfed.observe.logging import event
from smallfed.policy import transferring as rules
from smallfed.runtime import files
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.bucket import PROBE, Bucket, Whole
from smallfed.runtime.clock import Clock, Dice
from smallfed.runtime.database import Database
from smallfed.runtime.files import Draft
from smallfed.runtime.storage import Storage
from smallfed.services import placing
from smallfed.services.placing import OTHERS
from smallfed.store import placements

T = TypeVar("T")

LANES = 3  # files on their way at once
LARGEST = 1 << 40
PACE = 0.01  # seconds between two looks at what is due
OUT_OF_REACH = "they are in a bucket that the configuration does not name any more, and cannot be shown"
DOUBTED = "they are looked for in the new bucket, and brought there from this machine as far as it has them"

log = logging.getLogger(__name__)


async def use_bucket(db: Database, storage: Storage) -> None:
    """Note which bucket is in use from now on, before anything is done with it; the log tells when that is another."""
    bucket = storage.bucket
    if bucket is None and await db.read(placements.last_place) is None:
        return
    moved = await db.write(placing.use, None if bucket is None else bucket.in_use)
    if moved.doubted:
        event(
            log,
            "bucket.changed",
            level=logging.WARNING,
            files=moved.doubted,
            means="they are looked for in the new one",
        )
    if moved.out_of_reach:
        event(log, "bucket.gone", level=logging.WARNING, files=moved.out_of_reach, means=OUT_OF_REACH)


class Lost(SmallfedError):
    """A file is neither here nor there, or not what it was."""


class Transferring:
    """Does what the rows of placements say."""

    def __init__(self, db: Database, clock: Clock, dice: Dice, aside: Aside, storage: Storage, bell: Bell) -> None:
        self._db, self._clock, self._dice, self._aside = db, clock, dice, aside
        self._folder, self._bucket, self._bell = storage.folder, storage.bucket, bell
        self._limiter = trio.CapacityLimiter(LANES)
        self._busy: set[str] = set()
        self._failures, self._resting_until = 0, -inf

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Transfer until cancelled; ``bell`` says that there is something new. Returns at once without a bucket."""
        task_status.started()
        if self._bucket is None:
            return
        self._busy.clear()
        async with trio.open_nursery() as lanes:
            lanes.start_soon(self._greet)
            while True:
                await self._bell.listen(await self._turn(lanes))
                await self._clock.sleep(PACE)

    async def finish(self) -> str | None:
        """Do what waits now, until nothing does or the bucket fails: then return why. For commands, without a loop."""
        while items := await self._db.read(placements.due, limit=LANES, busy=()):
            async with trio.open_nursery() as lanes:
                for item in items:
                    lanes.start_soon(self._drive, item)
            if self._failures:
                failing = await self._db.read(placements.failing, 1)
                return failing[0].error if failing else None
        return None

    async def _greet(self) -> None:
        """Find out at the start whether the bucket can be used, for the log."""
        bucket = self._bucket
        assert bucket is not None
        try:
            await self._thread(bucket.probe, PROBE)
        except Unreachable as error:
            event(log, "bucket.unreachable", level=logging.WARNING, error=error)
        else:
            event(log, "bucket.ready", place=bucket.in_use.place)

    async def _turn(self, lanes: trio.Nursery) -> float:
        """Start what is due; return for how many seconds there is nothing to do unless the bell rings."""
        resting = self._resting_until - self._clock.monotonic()
        room = (1 if self._failures else LANES) - len(self._busy)
        if room <= 0:
            return inf
        if resting > 0:
            return resting
        for item in await self._db.read(placements.due, limit=room, busy=self._busy):
            self._busy.add(item.name)
            lanes.start_soon(self._drive, item)
            room -= 1
        due = None if room <= 0 else await self._db.read(placements.next_due, busy=self._busy)
        return inf if due is None else (due - self._clock.now()).total_seconds()

    async def _drive(self, item: Placement) -> None:
        """Bring one file to where it is wanted; what is wrong with it is its own trouble."""
        try:
            await self._bring(item)
            self._failures, self._resting_until = 0, -inf
        except Unreachable as error:
            self._failures += 1
            self._resting_until = self._clock.monotonic() + rules.rest(self._failures)
            event(log, "bucket.unreachable", level=logging.WARNING, file=item.name, error=error)
            await self._postpone(item, error.message)
        except SmallfedError as error:
            event(log, "transfer.failed", level=logging.WARNING, file=item.name, error=error)
            await self._postpone(item, error.message)
        except Exception as error:
            log.exception("transferring %s", item.name)
            await self._postpone(item, repr(error))
        finally:
            self._busy.discard(item.name)
            self._bell.ring()

    async def _postpone(self, item: Placement, why: str) -> None:
        attempt = item.attempts + 1
        seconds = rules.wait(attempt, self._dice(16) / (1 << 16))
        due = self._clock.now() + timedelta(seconds=seconds)
        await self._db.patient_write(placements.settle, item, {"attempts": attempt, "due": due, "error": why})

    async def _bring(self, item: Placement) -> None:
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
        await self._ask(lambda bucket: bucket.remove(item.name))
        await self._db.patient_write(placements.drop, item)

    # Steps
    async def _upload(self, item: Placement) -> Whole:
        """Bring the file there unless the bucket has it; return what is there, read from there."""
        path = self._path(item)
        here = await self._thread(_whole, path)
        if item.there and (item.size, item.digest) == (here.size, here.digest):
            return here
        await self._ask(lambda bucket: bucket.put(path, item.name))
        if not await self._has(item.name, here):
            raise Lost("the bucket has something else than was brought there")
        return here

    async def _has(self, name: str, here: Whole) -> bool:
        """Whether the bucket has this. What is the owner's is read back; what others have may be fetched again."""
        if name.startswith(f"{OTHERS}/"):
            return await self._ask(lambda bucket: bucket.size(name)) == here.size
        return await self._ask(lambda bucket: bucket.whole(name)) == here

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
            there = _compared(item, await self._ask(lambda bucket: bucket.whole(item.name, draft.write)))
            await self._thread(draft.keep)
            draft.hand_over()
        finally:
            draft.close()
        return there

    async def _find_there(self, item: Placement) -> None:
        """Make sure that the bucket has what the disk has not."""
        if not item.there:
            await self._settled(item, _compared(item, await self._ask(lambda bucket: bucket.whole(item.name))))
        elif item.size is not None and item.digest is not None:
            await self._settled(item, Whole(item.size, item.digest))

    async def _settled(self, item: Placement, there: Whole) -> bool:
        columns = {"there": True, "size": there.size, "digest": there.digest, "attempts": 0, "due": None, "error": ""}
        return await self._db.patient_write(placements.settle, item, columns)

    def _path(self, item: Placement) -> Path:
        return self._folder / item.name

    async def _ask(self, f: Callable[[Bucket], T]) -> T:
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
