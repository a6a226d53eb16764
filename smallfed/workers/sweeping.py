"""Sweeping: the room on the disk is watched, and copies of others' media make room for each other.

What goes is chosen aside, evicted in slices of one short transaction each, and the next slice waits until the files of
the last are gone. A restart begins anew with what is there then.
"""

import logging
from datetime import timedelta
from pathlib import Path

import trio

from smallfed.domain.events import FilesDiscarded, MediumTaken
from smallfed.errors import Unavailable
from smallfed.observe.counting import EVICTED
from smallfed.observe.logging import event
from smallfed.runtime.aside import Aside
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.runtime.folders import weigh
from smallfed.runtime.hub import Hub
from smallfed.runtime.room import Room
from smallfed.services import evicting
from smallfed.services.evicting import SLICE
from smallfed.store import discards, farewells, growth, holdings, measuring
from smallfed.store.growth import Sizes
from smallfed.store.tx import Tx
from smallfed.workers.watching import tell_of_disk

log = logging.getLogger(__name__)

LOOK = 60.0  # seconds after which the disk is looked at again
HOUR = timedelta(hours=1)
PAUSE = 0.05  # between two slices
PATIENCE = 30.0  # seconds for the files of a slice to go
ASTRAY = "astray"  # folder below that of media for files that `smallfed media verify` has put aside
OTHERS = (holdings.FOLDER, ASTRAY)


class Sweeper:
    """Keeps ``room`` true, and what is in it within its budget."""

    def __init__(self, db: Database, aside: Aside, hub: Hub, clock: Clock, room: Room, media: Path) -> None:
        self._db, self._aside, self._clock, self._room, self._media = db, aside, clock, room, media
        self._due = clock.now()
        for kind in (MediumTaken, FilesDiscarded):
            hub.on(kind, room.crowded)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Watch and sweep until cancelled."""
        await self.measure()
        task_status.started()
        while True:
            rung = await self._room.crowded.listen(LOOK)
            due = self._clock.now() >= self._due
            await (self.measure() if rung or due else self.look())
            if due or self._room.excess or self._room.pressure:
                await self.sweep()
            if due:
                self._due = self._clock.now() + HOUR
                await self._db.patient_write(_note, self._room)
            if rung:
                await self._clock.sleep(1)  # however often it is rung

    async def look(self) -> None:
        """Look at the disk, and tell the owner when there is too little left of it, or enough again."""
        room, before = self._room, self._room.level
        if await room.look() is not before:
            event(log, "disk", level=logging.WARNING, room=room.level.name.lower(), free=room.free)
            try:
                await self._db.patient_write(tell_of_disk, room.level, room.free, room.total)
            except Unavailable as error:  # nothing at all is left: the log has it, the hour's look says it again
                event(log, "disk.untold", level=logging.WARNING, error=error)

    async def measure(self) -> None:
        """Look at the disk, at the owner's files, and at what copies take by their rows."""
        await self.look()
        own = await self._aside.thread(weigh_own, self._media)
        kept = None if self._room.stock.coming else await self._db.read(holdings.total)
        self._room.measured(own=own, kept=kept)

    async def sweep(self) -> int:
        """Let go what has outlived its time, and what is too much; return how many bytes went."""
        freed, files, room = 0, 0, self._room
        while chosen := await self._db.long_read(evicting.choose, excess=room.excess, pressure=room.pressure):
            went = 0
            for at in range(0, len(chosen), SLICE):
                gone = await self._db.patient_write(evicting.evict, chosen[at : at + SLICE])
                await self._settled()
                room.gone(gone)
                went += gone
            freed, files = freed + went, files + len(chosen)
            if not went:
                break
        while empty := await self._db.long_read(holdings.empty, SLICE):
            await self._db.patient_write(holdings.forget, empty)
        EVICTED.add(by=freed)
        if freed:
            event(log, "media.evicted", files=files, bytes=freed, kept=room.stock.kept)
        return freed

    async def _settled(self) -> None:
        """Wait until what was let go has left the disk: only then there is room for more."""
        with trio.move_on_after(PATIENCE):
            await self._clock.sleep(PAUSE)
            while await self._db.read(discards.some, 1):
                await self._clock.sleep(PAUSE)


def weigh_own(media: Path) -> int:
    """Return how many bytes the owner's files have."""
    return sum(weight.bytes for name, weight in weigh(media).items() if name not in OTHERS)


def _note(tx: Tx, room: Room) -> None:
    """Note how large everything is today; nothing of a house whose owner has left."""
    if farewells.has(tx):
        return
    today = growth.day(tx.now)
    database = measuring.size(tx)
    growth.measured(
        tx, Sizes(day=today, database=database, own=room.stock.own, copies=holdings.total(tx), free=room.free)
    )
