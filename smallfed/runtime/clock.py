"""Time and chance: the only module that asks the system for either."""

import random
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import trio

Dice = Callable[[int], int]
"""Draws a non-negative integer below ``2 ** bits``."""


class Clock:
    """The time of the world outside."""

    def now(self) -> datetime:
        """Return the wall-clock time, aware, in UTC. It may jump; for durations use :meth:`monotonic`."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that only ever grow, from an arbitrary beginning."""
        return trio.current_time()

    def cpu(self) -> float:
        """Return the seconds of processor time that this thread has used."""
        return time.thread_time()

    async def sleep(self, seconds: float) -> None:
        """Sleep; zero or less is one checkpoint."""
        await trio.sleep(max(0.0, seconds))


class VirtualClock(Clock):
    """A wall clock that moves with trio's own clock, so that ``MockClock`` moves both.

    ``start`` is the wall-clock time at which trio's clock shows zero, where ``MockClock`` begins.
    """

    def __init__(self, start: datetime) -> None:
        self._start = start

    def now(self) -> datetime:
        """Return ``start`` plus what has passed on trio's clock."""
        return self._start + timedelta(seconds=trio.current_time())

    def cpu(self) -> float:
        """Return nothing: what is done in virtual time takes none."""
        return 0.0

    def jump(self, by: timedelta) -> None:
        """Set the clock forward, or back, as people and time servers do; nothing that sleeps wakes by it."""
        self._start += by


def chance(bits: int) -> int:
    """Draw from the system's secure source."""
    return secrets.randbits(bits)


def secret() -> str:
    """Return a new secret for URLs, headers and forms: 43 characters, 256 bits."""
    return secrets.token_urlsafe(32)


def seeded(seed: int) -> Dice:
    """Return dice that fall the same way for the same seed: for tests, never for anything secret."""
    return random.Random(seed).getrandbits  # noqa: S311 - repeatable on purpose
