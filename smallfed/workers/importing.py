"""Importing: the lines of the owner's files, one after the other for each server, a second apart.

Spec: PROTOCOL §8.2; SAFETY rule 25. Every line is a row: what was done stays done, and what was not is taken up again.
"""

import logging
from datetime import timedelta
from math import inf

import trio

from smallfed.domain.account import Account
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.errors import SmallfedError
from smallfed.policy import parking
from smallfed.policy.budgets import Purpose
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.services import importing
from smallfed.store import imports
from smallfed.store.imports import Waiting
from smallfed.workers.fetching import Fetcher
from smallfed.workers.lookup import Finder

log = logging.getLogger(__name__)

AT_ONCE = 4  # servers
PAUSE = 1.0  # seconds from one line to the next, for each server
ATTEMPTS = 8  # spread over a day


class Importer:
    """Works through what was imported."""

    def __init__(self, db: Database, finder: Finder, fetcher: Fetcher, clock: Clock, bell: Bell) -> None:
        self._db, self._finder, self._fetcher, self._clock, self._bell = db, finder, fetcher, clock, bell
        self._busy: set[str] = set()

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Import until cancelled."""
        self._busy.clear()
        async with trio.open_nursery() as nursery:
            task_status.started()
            while True:
                await self._begin(nursery)
                await self._bell.listen(await self._until())

    async def _begin(self, nursery: trio.Nursery) -> None:
        room = AT_ONCE - len(self._busy)
        for waiting in await self._db.read(imports.due, busy=list(self._busy), limit=room) if room else []:
            self._busy.add(waiting.line.host)
            nursery.start_soon(self._attempt, waiting)

    async def _until(self) -> float:
        if len(self._busy) >= AT_ONCE:
            return inf
        due = await self._db.read(imports.next_due, busy=list(self._busy))
        return inf if due is None else (due - self._clock.now()).total_seconds()

    async def _attempt(self, waiting: Waiting) -> None:
        try:
            await self._do(waiting)
        finally:
            self._busy.discard(waiting.line.host)
            self._bell.ring()

    async def _do(self, waiting: Waiting) -> None:
        try:
            await self._db.patient_write(importing.apply, waiting, await self._found(waiting))
        except SmallfedError as error:
            await self._put_off(waiting, error)
        except Exception as error:
            log.exception("importing %r", waiting.line.address)
            await self._put_off(waiting, error)
        if waiting.line.host:
            await self._clock.sleep(PAUSE)

    async def _found(self, waiting: Waiting) -> Account | Post | None:
        match waiting.kind:
            case "domain-blocks":
                return None
            case "bookmarks":
                return await self._fetcher.obtain(waiting.line.address, self._fetcher.documents.errand(Purpose.OWNER))
            case _:
                return await self._finder.handle(waiting.line.address)

    async def _put_off(self, waiting: Waiting, trouble: Exception) -> None:
        attempts = waiting.attempts + 1
        decision = parking.judge(trouble, attempts=attempts, age=timedelta(0))
        if isinstance(decision, Refused) or attempts >= ATTEMPTS:
            reason = decision.reason if isinstance(decision, Refused) else f"{trouble}, {attempts} times."
            await self._db.patient_write(imports.settle, waiting.id, failed=reason)
            return
        await self._db.patient_write(
            imports.postpone, waiting.id, due=self._clock.now() + decision, reason=str(trouble)
        )
