"""The index of posts: built in slices after an upgrade, rid of what is gone, and put together now and then.

How far it has come is a row, so a restart goes on where it was.

Spec: STACK (FTS5); RULINGS 7, 9.
"""

import logging
from functools import partial

import trio

from smallfed.domain.events import AccountGone, ConsentToSearchChanged, PostDeleted
from smallfed.observe.logging import event
from smallfed.runtime.bell import Bell
from smallfed.services import indexing
from smallfed.store import searchables
from smallfed.workers.parts import Parts

log = logging.getLogger(__name__)

FIRST = 20.0  # seconds after the start: others have more to do then
PERIOD = 3600.0
GATHERING = 60.0  # seconds in which more may be deleted before the index is told
PAUSE = 0.02  # between two slices, so that others have their turn
MERGES = 500  # slices of putting together in one go


class Indexing:
    """Keeps the index of posts."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._bell = parts, Bell()
        for kind in (PostDeleted, AccountGone, ConsentToSearchChanged):
            parts.hub.on(kind, self._bell)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Keep it until cancelled."""
        task_status.started()
        await trio.sleep(FIRST)
        while True:
            await self.work()
            if await self._bell.listen(PERIOD):
                await trio.sleep(GATHERING)

    async def work(self) -> None:
        """Do all that waits; then put the index together, if much has come in since."""
        db = self._parts.db
        if not await db.read(searchables.is_waiting):
            return
        slices = 0
        while await db.patient_write(indexing.go_on):
            slices += 1
            await self._parts.clock.sleep(PAUSE)
        if slices > 1:
            event(log, "indexed", slices=slices)
        for _ in range(min(slices, MERGES)):
            if not await db.patient_write(partial(searchables.merge)):
                break
            await self._parts.clock.sleep(PAUSE)
