"""How often one address may ask for something that anybody may ask for.

Spec: RULINGS 26. Bounded: what was asked longest ago is forgotten first.
"""

from collections import OrderedDict

from smallfed.errors import TooMany
from smallfed.runtime.clock import Clock

REMEMBERED = 10_000


class Allowance:
    """``most`` in ``seconds`` for each who asks."""

    def __init__(self, clock: Clock, *, most: int, seconds: float) -> None:
        self._clock, self._most, self._seconds = clock, most, seconds
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def spend(self, who: str) -> None:
        """Take one of ``who``; TooMany when there is none left until the window ends."""
        now = self._clock.monotonic()
        end, count = self._windows.pop(who, (0.0, 0))
        if now >= end:
            end, count = now + self._seconds, 0
        self._windows[who] = (end, count + 1)
        if len(self._windows) > REMEMBERED:
            self._windows.popitem(last=False)
        if count >= self._most:
            raise TooMany("Too many requests", retry_after=end - now)
