"""Transferring: files are brought to the bucket and back, and removed there, some at once, for as long as it takes.

Rows say what is to be done, ``ferrying`` does it; a bucket that cannot be reached is asked ever more rarely.

Spec: RULINGS 9.
"""

import logging
from datetime import timedelta
from math import inf

import trio

from smallfed.domain.placement import Placement
from smallfed.errors import SmallfedError, Unreachable
from smallfed.observe.logging import event
from smallfed.policy import transferring as rules
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.bucket import PROBE
from smallfed.runtime.clock import Clock, Dice
from smallfed.runtime.database import Database
from smallfed.runtime.storage import Storage
from smallfed.services import placing
from smallfed.store import placements
from smallfed.workers.ferrying import LANES, Ferry

PACE = 0.01  # seconds between two looks at what is due
OUT_OF_REACH = "they are in a bucket that the configuration does not name any more, and cannot be shown"

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


class Transferring:
    """Does what the rows of placements say."""

    def __init__(self, db: Database, clock: Clock, dice: Dice, aside: Aside, storage: Storage, bell: Bell) -> None:
        self._db, self._clock, self._dice, self._bucket, self._bell = db, clock, dice, storage.bucket, bell
        self._ferry = Ferry(db, aside, storage)
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
            await self._ferry.ask(lambda bucket: bucket.probe(PROBE))
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
            await self._ferry.bring(item)
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
