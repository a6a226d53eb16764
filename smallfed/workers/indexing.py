"""The index of posts: takes in what comes, is built after an upgrade, rid of what is gone, put together now and then.

All of it goes in slices: many posts at once cost a fraction of what each costs alone. How far it has come, and what
waits, are rows, so a restart goes on where it was.

Spec: STACK (FTS5); RULINGS 7, 9.
"""

import logging
from functools import partial

import trio

from smallfed.domain.events import AccountGone, ConsentToSearchChanged, PostDeleted, PostReceived
from smallfed.errors import SmallfedError
from smallfed.observe.logging import event
from smallfed.services import indexing
from smallfed.store import searchables
from smallfed.workers.parts import Parts

log = logging.getLogger(__name__)

FIRST = 20.0  # seconds after the start: others have more to do then
PERIOD = 3600.0
SOON = 0.5  # seconds in which more may come before it is taken in together
GATHERING = 60.0  # seconds in which more may be deleted before the index is told
PAUSE = 0.02  # between two slices, so that others have their turn
MERGES = 500  # slices of putting together in one go


class Indexing:
    """Keeps the index of posts."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._arrivals = parts, parts.hub.bell(PostReceived)
        self._bell = parts.hub.bell(PostDeleted, AccountGone, ConsentToSearchChanged)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Keep it until cancelled."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._take_in)
            task_status.started()
            await self._keep()

    async def _take_in(self) -> None:
        """Let what comes be found soon; while many wait at the doors, they go first."""
        db = self._parts.db
        while True:
            while await db.read(searchables.arrived, 1):
                await self._catch_up()
                await self._parts.pace.pause(PAUSE)
            await self._arrivals.listen(PERIOD)
            await trio.sleep(SOON)

    async def _catch_up(self) -> None:
        """Take in a slice; of one that cannot be, each post by itself, so that a bad one keeps nobody waiting."""
        db = self._parts.db
        try:
            await db.patient_write(indexing.catch_up)
        except SmallfedError:
            raise
        except Exception:
            log.exception("posts could not be taken in together")
            for post in await db.read(searchables.arrived, indexing.SLICE):
                await self._take_in_alone(post)

    async def _take_in_alone(self, post: int) -> None:
        db = self._parts.db
        try:
            await db.patient_write(indexing.take_in, post)
        except SmallfedError:
            raise
        except Exception:
            log.exception("post %d cannot be searched", post)
            await db.patient_write(searchables.arrive, [post])

    async def _keep(self) -> None:
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
