"""Errands: what is fetched when there is time. Every one is a row, so a restart forgets none.

Spec: RULINGS 9, 18; PROTOCOL §4.7.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from math import inf

import trio

from smallfed.domain.refused import Refused
from smallfed.errors import SmallfedError
from smallfed.policy import parking
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import Clock, Dice
from smallfed.runtime.database import Database
from smallfed.store import fetches
from smallfed.store.fetches import Fetch, Kind

log = logging.getLogger(__name__)

AT_ONCE = 8
LONG: Mapping[Kind, int] = {
    "conversation": 2,
    "card": 2,
    "lifted": 2,
}  # how many at once of what takes long, so that the rest has places
ATTEMPTS = 6  # context is worth less than an activity


Work = Callable[[Fetch], Awaitable[object]]
"""Fetches and stores what a row asks for; a SmallfedError says why that cannot be done (now)."""


class Errands:
    """Works through the rows of ``fetches``, a few at once; ``works`` says how each kind is done."""

    def __init__(self, db: Database, clock: Clock, dice: Dice, bell: Bell, works: Mapping[Kind, Work]) -> None:
        self._db, self._clock, self._dice, self._bell, self._works = db, clock, dice, bell, works
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
            for fetch in await self._db.patient_write(fetches.claim, limit=self._room, without=self._full):
                if (fetch.uri, fetch.kind) not in self._busy:
                    self._busy.add((fetch.uri, fetch.kind))
                    nursery.start_soon(self._attempt, fetch)

    @property
    def _full(self) -> list[Kind]:
        """The kinds of which no more may begin now."""
        return [kind for kind, most in LONG.items() if sum(busy == kind for _, busy in self._busy) >= most]

    @property
    def _room(self) -> int:
        """How many may be claimed at once: one by one while there are kinds that must not take all places."""
        free = AT_ONCE - len(self._busy)
        return free if len(self._full) == len(LONG) else min(1, free)

    async def _pause(self) -> float:
        """Return the seconds until something is due; while everybody is busy only the bell can help."""
        if len(self._busy) >= AT_ONCE:
            return inf
        due = await self._db.read(fetches.next_due, without=self._full)
        return inf if due is None else (due - self._clock.now()).total_seconds()

    async def _attempt(self, fetch: Fetch) -> None:
        try:
            await self._works[fetch.kind](fetch)
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

    async def _put_off(self, fetch: Fetch, trouble: Exception) -> None:
        decision = parking.judge(trouble, attempts=fetch.attempts, age=timedelta(0))
        if isinstance(decision, Refused) or fetch.attempts >= ATTEMPTS:
            await self._db.patient_write(fetches.settle, fetch)
            return
        due = self._clock.now() + decision * (1 + self._dice(8) / 1024)
        await self._db.patient_write(fetches.postpone, fetch, due=due, reason=str(trouble))
