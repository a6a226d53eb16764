"""How often one remote host, or one address, may knock at the inbox.

Spec: RULINGS 26. A bucket each that refills steadily; bounded, the least recently used is forgotten first.
"""

from collections import OrderedDict

from smallfed.errors import TooMany
from smallfed.runtime.clock import Clock

RATE = 300.0  # activities a second and host, steadily: beyond what any honest server sends one person
BURST = 3000.0
REMEMBERED = 5000


class Budget:
    """Buckets of what hosts or addresses may still do."""

    def __init__(self, clock: Clock, *, enabled: bool, rate: float = RATE, burst: float = BURST) -> None:
        self._clock, self._enabled, self._rate, self._burst = clock, enabled, rate, burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def spend(self, who: str) -> None:
        """Take one from the bucket of ``who``; TooMany when it is empty."""
        self.require(who)
        self.count(who)

    def require(self, who: str) -> None:
        """Refuse ``who``, with TooMany, when the bucket is empty."""
        level = self._level(who)
        if self._enabled and level < 1:
            raise TooMany("Too many requests at once; send the rest later.", retry_after=(1 - level) / self._rate)

    def count(self, who: str) -> None:
        """Take one from the bucket of ``who``, however full it is."""
        level = self._level(who)
        self._buckets[who] = (max(level - 1, 0.0), self._clock.monotonic())
        self._buckets.move_to_end(who)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)

    def _level(self, who: str) -> float:
        now = self._clock.monotonic()
        level, then = self._buckets.get(who, (self._burst, now))
        return min(self._burst, level + (now - then) * self._rate)
