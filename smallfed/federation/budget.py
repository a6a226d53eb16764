"""How often one remote host may knock at the inbox.

Spec: RULINGS 26. A bucket per host that refills steadily; bounded, the least recently used is forgotten first.
"""

from collections import OrderedDict

from smallfed.runtime.clock import Clock

RATE = 300.0  # activities a second and host, steadily: beyond what any honest server sends one person
BURST = 3000.0
REMEMBERED = 5000


class Budget:
    """Counts what hosts send."""

    def __init__(self, clock: Clock, *, enabled: bool, rate: float = RATE, burst: float = BURST) -> None:
        self._clock, self._enabled, self._rate, self._burst = clock, enabled, rate, burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, host: str) -> float:
        """Take one from the bucket of ``host``: 0 when it was allowed, else the seconds to wait."""
        if not self._enabled:
            return 0.0
        now = self._clock.monotonic()
        level, then = self._buckets.pop(host, (self._burst, now))
        level = min(self._burst, level + (now - then) * self._rate)
        allowed = level >= 1
        self._buckets[host] = (level - 1 if allowed else level, now)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - level) / self._rate
