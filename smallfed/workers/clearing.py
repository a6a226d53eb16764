"""After the farewell: what was here is deleted, and once everybody has been told the keys are destroyed.

All of it can be stopped at any moment and goes on after the next start.

Spec: PROTOCOL §8.3; SAFETY rule 38.
"""

import logging
from math import inf
from pathlib import Path
from shutil import rmtree

import trio

from smallfed.domain.events import OwnerLeft
from smallfed.domain.farewell import Farewell
from smallfed.observe.logging import event
from smallfed.runtime import seal
from smallfed.services import placing
from smallfed.store import clearing, farewells, pruning
from smallfed.workers.parts import Parts

log = logging.getLogger(__name__)

PERIOD = 3600.0  # what was on its way when the owner left may still have been written down
PAUSE = 0.02  # between two slices, so that deliveries have their turn


class Clearing:
    """Clears the house whose owner has left, and does nothing before."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._bell = parts, parts.hub.bell(OwnerLeft)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Wait for the farewell and clear up after it, until cancelled."""
        task_status.started()
        while True:
            farewell = await self._parts.db.read(farewells.find)
            await self._bell.listen(inf if farewell is None else await self._go_on(farewell))

    async def _go_on(self, farewell: Farewell) -> float:
        """Clear whatever there is; return the seconds until there may be more."""
        db = self._parts.db
        gone = await self._clear()
        await self._parts.aside.thread(_remove_files, self._parts.data)
        if farewell.cleared_at is None:
            await db.patient_write(farewells.cleared)
            event(log, "farewell.cleared", rows=gone)
        if not await db.patient_write(farewells.end):
            return PERIOD
        if farewell.ended_at is None:
            event(log, "farewell.ended", inboxes=farewell.inboxes)
        return inf

    async def _clear(self) -> int:
        gone, db = 0, self._parts.db
        await db.patient_write(placing.leave, ["*"])
        for table in await db.read(clearing.tables):
            while count := await db.patient_write(clearing.clear, table):
                gone += count
                await self._parts.clock.sleep(PAUSE)
        if gone:
            await db.patient_write(clearing.finish)
        while gone and await db.patient_write(pruning.give_back) == pruning.SLICE:
            await self._parts.clock.sleep(PAUSE)
        return gone


def _remove_files(data: Path) -> None:
    """Delete pictures, the key to sealed tokens, and the copies of the database that were kept before migrations."""
    if (data / "media").exists():
        rmtree(data / "media")
    (data / seal.NAME).unlink(missing_ok=True)
    for copy in data.glob("smallfed-v*.db"):
        copy.unlink()
