"""Errands: what is fetched when there is time. Every one is a row, so a restart forgets none.

Spec: RULINGS 9, 18; PROTOCOL §4.7.
"""

import logging
from datetime import timedelta
from math import inf
from typing import Protocol

import trio

from smallfed.domain.account import Account
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.errors import SmallfedError
from smallfed.policy import parking
from smallfed.policy.budgets import Errand, Purpose
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import Clock, Dice
from smallfed.runtime.database import Database
from smallfed.store import fetches
from smallfed.store.fetches import Fetch

log = logging.getLogger(__name__)

AT_ONCE = 8
ATTEMPTS = 6  # context is worth less than an activity


class Brings(Protocol):
    """Whoever can fetch."""

    async def obtain(self, uri: str, errand: Errand | None = None, *, depth: int = 0) -> Account | Post:
        """Fetch and store a thing."""

    async def count(self, uri: str, errand: Errand) -> None:
        """Fetch and store the sizes of an actor's collections."""

    async def feature(self, uri: str, errand: Errand) -> None:
        """Fetch and store which posts an actor has pinned."""


class Errands:
    """Works through the rows of ``fetches``, a few at once."""

    def __init__(self, db: Database, clock: Clock, dice: Dice, bell: Bell, fetcher: Brings) -> None:
        self._db, self._clock, self._dice, self._bell, self._fetcher = db, clock, dice, bell, fetcher
        self._busy: set[tuple[str, str]] = set()

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Fetch until cancelled."""
        self._busy.clear()
        async with trio.open_nursery() as nursery:
            task_status.started()
            while True:
                await self._begin(nursery)
                await self._bell.listen(await self._pause())

    async def _begin(self, nursery: trio.Nursery) -> None:
        while len(self._busy) < AT_ONCE and await self._pause() <= 0:
            for fetch in await self._db.patient_write(fetches.claim, limit=AT_ONCE - len(self._busy)):
                if (fetch.uri, fetch.kind) not in self._busy:
                    self._busy.add((fetch.uri, fetch.kind))
                    nursery.start_soon(self._attempt, fetch)

    async def _pause(self) -> float:
        """Return the seconds until something is due; while everybody is busy only the bell can help."""
        if len(self._busy) >= AT_ONCE:
            return inf
        due = await self._db.read(fetches.next_due)
        return inf if due is None else (due - self._clock.now()).total_seconds()

    async def _attempt(self, fetch: Fetch) -> None:
        try:
            await self._fetch(fetch)
        except SmallfedError as error:
            await self._put_off(fetch, error)
        except Exception as error:
            log.exception("fetching %r", fetch.uri)
            await self._put_off(fetch, error)
        else:
            await self._db.patient_write(fetches.settle, fetch)
        finally:
            self._busy.discard((fetch.uri, fetch.kind))
            self._bell.ring()

    async def _fetch(self, fetch: Fetch) -> None:
        errand = Errand(Purpose.STRANGER, self._clock.monotonic())
        match fetch.kind:
            case "counts":
                await self._fetcher.count(fetch.uri, errand)
            case "featured":
                await self._fetcher.feature(fetch.uri, errand)
            case _:
                await self._fetcher.obtain(fetch.uri, errand, depth=fetch.depth)

    async def _put_off(self, fetch: Fetch, trouble: Exception) -> None:
        decision = parking.judge(trouble, attempts=fetch.attempts, age=timedelta(0))
        if isinstance(decision, Refused) or fetch.attempts >= ATTEMPTS:
            await self._db.patient_write(fetches.settle, fetch)
            return
        due = self._clock.now() + decision * (1 + self._dice(8) / 1024)
        await self._db.patient_write(fetches.postpone, fetch, due=due, reason=str(trouble))
