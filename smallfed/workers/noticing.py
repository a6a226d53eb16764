"""Noticing: what apps asked for and this server does not have, gathered in memory and written down now and then.

No answer waits for it, and the last seconds may be lost: it is a ledger, not a fact.
"""

from datetime import datetime
from math import inf

import trio

from smallfed.domain.shortfall import Noted, Shortfall, What
from smallfed.runtime.bell import Bell
from smallfed.runtime.database import Database
from smallfed.store import shortfalls

PAUSE = 10.0  # seconds in which more of the same is gathered
MOST = 500  # different things between two writes
Counted = tuple[int, datetime, datetime]


class Noticing:
    """Counts shortfalls, and knows which parameters each route looks at."""

    def __init__(self) -> None:
        self._bell = Bell()
        self._counted: dict[Shortfall, Counted] = {}
        self._looked_at: dict[tuple[str, str], set[str]] = {}

    def note(self, shortfall: Shortfall, now: datetime) -> None:
        """Count a shortfall; when there are too many at once, not."""
        if shortfall not in self._counted and len(self._counted) >= MOST:
            return
        count, first, _ = self._counted.get(shortfall, (0, now, now))
        self._counted[shortfall] = (count + 1, first, now)
        self._bell.ring()

    def looks_at(self, method: str, route: str, names: set[str]) -> None:
        """Learn that a route looks at parameters of these names; some do only when others are there."""
        known = self._looked_at.setdefault((method, route), set())
        if not names <= known:
            known |= names

    def take(self) -> list[Noted]:
        """Return what was counted since the last time, but for parameters that turned out to be looked at."""
        counted, self._counted = self._counted, {}
        return [
            Noted(shortfall=shortfall, count=count, first_at=first, last_at=last)
            for shortfall, (count, first, last) in counted.items()
            if not self._is_looked_at(shortfall)
        ]

    def _is_looked_at(self, shortfall: Shortfall) -> bool:
        known = self._looked_at.get((shortfall.method, shortfall.route), set())
        return shortfall.what is What.PARAMETER and shortfall.name in known

    async def run(self, db: Database, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Write down until cancelled, and once more then."""
        task_status.started()
        try:
            while True:
                await self._bell.listen(inf)
                await trio.sleep(PAUSE)
                await db.patient_write(shortfalls.put, self.take())
        finally:
            if left := self.take():
                db.later(shortfalls.put, left)
