"""The quota of conversations: how much may still be asked today, of each server and in all.

Spec: RULINGS 18; SAFETY rule 25.
"""

from collections import Counter

from smallfed.config import Conversations
from smallfed.errors import TooMany
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.store import conversations

DAY = 86_400.0


class Quota:
    """Counts requests by day and host. What is counted is written by ``close``, and read again after a restart."""

    def __init__(self, db: Database, clock: Clock, limits: Conversations) -> None:
        self._db, self._clock, self._limits = db, clock, limits
        self._day = ""
        self._spent, self._unwritten = Counter[str](), Counter[str]()

    async def open(self) -> None:
        """Begin the day, unless it has begun."""
        today = f"{self._clock.now():%Y-%m-%d}"
        if today != self._day:
            await self.close()
            stored = await self._db.read(conversations.spent, today)
            self._day, self._spent = today, Counter(stored)

    async def close(self) -> None:
        """Write down what was counted since the last time."""
        counts, self._unwritten = self._unwritten, Counter[str]()
        if counts:
            await self._db.patient_write(conversations.spend, self._day, counts)

    @property
    def exhausted(self) -> bool:
        """Whether nothing may be asked any more today."""
        return self._spent.total() >= self._limits.per_day

    def take(self, host: str) -> None:
        """Count a request to ``host``; TooMany when today's are used up."""
        if self.exhausted:
            raise TooMany(f"Today's {self._limits.per_day} requests for conversations are used up.", retry_after=DAY)
        if self._spent[host] >= self._limits.per_host:
            raise TooMany(f"Today's {self._limits.per_host} requests to {host} are used up.", retry_after=DAY)
        self._spent[host] += 1
        self._unwritten[host] += 1
