"""Pace: whoever waits for an answer goes first; loops that are in no hurry rest meanwhile.

Everything shares one interpreter. Without this, understanding what has arrived would take half of it from accepting
more, just when many have much to say; the rows wait safely.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import trio

MANY = 8  # requests under way at once: fewer leave room for everybody
SHARE = 4  # times as long as it has worked does a loop rest
LONGEST = 0.25  # seconds of one rest, so that nothing ever stands still
STEP = 0.01  # seconds after which it is looked whether still many wait
CALM = 3  # such looks in a row that find few end a rest: everybody is answered at once, so one says little
BREATH = 0.01  # seconds between two pieces of work in any case: what comes meanwhile is done together


class Pace:
    """Counts who waits at the doors, and lets a loop rest between two pieces of its work."""

    def __init__(self) -> None:
        self._waiting = 0
        self._since = 0.0

    @contextmanager
    def hurry(self) -> Iterator[None]:
        """Count a request while it is under way."""
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    @contextmanager
    def unhurried(self) -> Iterator[None]:
        """Leave a request out that is under way and is made to wait: nobody works for it meanwhile."""
        self._waiting -= 1
        try:
            yield
        finally:
            self._waiting += 1

    async def rest(self) -> None:
        """Rest for some times as long as has passed since the last time, but no longer than many wait."""
        now = trio.current_time()
        worked = now - self._since
        if self._is_busy:
            await self._sit_out(now + min(SHARE * worked, LONGEST))
        elif worked < BREATH:
            await trio.sleep(BREATH - worked)
        self._since = trio.current_time()

    async def stroll(self, begun: float) -> None:
        """Rest for some times as long as has passed since ``begun``, after work that nobody waits for."""
        await trio.sleep(min(SHARE * (trio.current_time() - begun), LONGEST))

    async def _sit_out(self, end: float) -> None:
        calm = 0
        while calm < CALM and (left := end - trio.current_time()) > 0:
            await trio.sleep(min(STEP, left))
            calm = 0 if self._is_busy else calm + 1

    async def pause(self, seconds: float) -> None:
        """Pause between two slices of work that nobody waits for; much longer if many wait."""
        await trio.sleep(LONGEST if self._is_busy else seconds)

    @property
    def _is_busy(self) -> bool:
        return self._waiting >= MANY
