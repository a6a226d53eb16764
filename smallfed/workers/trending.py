"""Trends are counted every hour: the days since the last time, then what stands out. Nothing is counted at a request.

When what holds for servers changes, the whole week is counted anew.

Spec: CLIENT_API §6 (trends).
"""

from collections.abc import Sequence

import trio

from smallfed.domain.events import DomainBlocked, DomainDecided
from smallfed.policy.trending import DAYS
from smallfed.runtime.bell import Bell
from smallfed.services import trending
from smallfed.store import houses, tag_days, trends
from smallfed.store.tag_days import Use
from smallfed.workers.parts import Parts

FIRST = 300.0  # seconds after the start
PERIOD = 3600.0
SLICE = 300  # hashtags in one transaction
PAUSE = 0.02
LULL = 5.0  # seconds: what holds for servers often changes for many, one after the other


class Trending:
    """Keeps the trends."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._shown: trending.Ranking | None = None
        self._changed = Bell()
        for kind in (DomainBlocked, DomainDecided):
            parts.hub.on(kind, self._changed)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Keep them until cancelled."""
        task_status.started()
        anew = await self._changed.listen(FIRST)
        while True:
            if anew:
                await trio.sleep(LULL)
            await self.work(anew=anew)
            anew = await self._changed.listen(PERIOD)

    async def work(self, *, anew: bool = False) -> None:
        """Count what has changed, and show what stands out; ``anew``: what is counted may have changed on every day."""
        db = self._parts.db
        if await db.read(houses.find) is None:
            return
        today = trends.day_of(self._parts.clock.now())
        oldest = today - DAYS + 1
        mark = await db.read(trends.doubted)
        last = None if anew or mark is not None else await db.read(tag_days.last)
        for day in range(oldest if last is None else max(oldest, min(last, today - 1)), today + 1):
            await self._put(day, await db.long_read(tag_days.changes, day))
        while await db.patient_write(tag_days.forget, oldest, SLICE) == SLICE:
            await self._parts.clock.sleep(PAUSE)
        ranking = await db.long_read(trending.rank)
        if ranking != self._shown:
            await db.patient_write(trending.take, ranking)
            self._shown = ranking
        if mark is not None:
            await db.patient_write(trends.trust, mark)

    async def _put(self, day: int, uses: Sequence[Use]) -> None:
        for start in range(0, len(uses), SLICE):
            await self._parts.db.patient_write(tag_days.put, day, uses[start : start + SLICE])
            await self._parts.clock.sleep(PAUSE)
