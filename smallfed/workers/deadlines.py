"""Deadlines: what is due about polls is done at its hour, or after the next start.

Spec: PROTOCOL §4.10; RULINGS 9. One thing is one transaction: it is done and forgotten, or neither.
"""

import logging
from datetime import timedelta
from functools import partial
from math import inf

import trio

from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.services import polling
from smallfed.store import deadlines
from smallfed.store.deadlines import Deadline

log = logging.getLogger(__name__)

LATER = timedelta(hours=1)  # when something that went wrong is tried again


class Deadlines:
    """Keeps the deadlines of polls."""

    def __init__(self, db: Database, clock: Clock, bell: Bell) -> None:
        self._db, self._clock, self._bell = db, clock, bell

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Keep them until cancelled."""
        task_status.started()
        while True:
            while (deadline := await self._db.read(deadlines.first)) is not None:
                await self._keep(deadline)
            await self._bell.listen(await self._pause())

    async def _keep(self, deadline: Deadline) -> None:
        try:
            await self._db.patient_write(polling.keep, deadline)
        except Exception:  # what is wrong with one poll must not hold up the others
            log.exception("the %s of the poll %d", deadline.kind, deadline.post_id)
            await self._db.patient_write(partial(deadlines.postpone, deadline=deadline, delay=LATER))

    async def _pause(self) -> float:
        due = await self._db.read(deadlines.next_due)
        return inf if due is None else (due - self._clock.now()).total_seconds()
