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

    async def rest(self) -> None:
        """Rest, if many wait, for some times as long as has passed since the last time."""
        worked = trio.current_time() - self._since
        if self._is_busy:
            await trio.sleep(min(SHARE * worked, LONGEST))
        self._since = trio.current_time()

    async def pause(self, seconds: float) -> None:
        """Pause between two slices of work that nobody waits for; much longer if many wait."""
        await trio.sleep(LONGEST if self._is_busy else seconds)

    @property
    def _is_busy(self) -> bool:
        return self._waiting >= MANY
