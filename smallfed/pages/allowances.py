"""How often somebody may ask: a count per window of time, for whoever is counted.

Spec: RULINGS 26. Bounded: what was asked longest ago is forgotten first.
"""

from collections import OrderedDict

from msgspec import Struct

from smallfed.runtime.clock import Clock

REMEMBERED = 10_000


class Left(Struct, frozen=True, kw_only=True):
    """What is left after this one: ``remaining`` is below zero when it was too many. ``reset`` is in seconds."""

    limit: int
    remaining: int
    reset: float


class Allowance:
    """``most`` in ``seconds`` for each who asks."""

    def __init__(self, clock: Clock, *, most: int, seconds: float) -> None:
        self._clock, self._most, self._seconds = clock, most, seconds
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def spend(self, who: str) -> Left:
        """Count one for ``who``."""
        now = self._clock.monotonic()
        end, count = self._windows.pop(who, (0.0, 0))
        if now >= end:
            end, count = now + self._seconds, 0
        self._windows[who] = (end, count + 1)
        if len(self._windows) > REMEMBERED:
            self._windows.popitem(last=False)
        return Left(limit=self._most, remaining=self._most - count - 1, reset=end - now)
