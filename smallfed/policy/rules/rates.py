"""How much hosts have sent within the hour, nearly: this hour's count, and of the last one what is still within it."""

HOUR = 3600.0
MOST = 50_000  # hosts; a flood of names is counted no further


class Meter:
    """Counts by host, in a few microseconds and a few bytes each. ``now`` is any clock in seconds."""

    def __init__(self) -> None:
        self._hour = 0
        self._this: dict[str, int] = {}
        self._last: dict[str, int] = {}

    def count(self, name: str, now: float) -> int:
        """Count one more of a host, and return how many there are within the hour."""
        hour = int(now // HOUR)
        if hour != self._hour:
            self._last = self._this if hour == self._hour + 1 else {}
            self._this, self._hour = {}, hour
        if name in self._this or len(self._this) < MOST:
            self._this[name] = self._this.get(name, 0) + 1
        left = 1 - (now % HOUR) / HOUR
        return self._this.get(name, 1) + int(self._last.get(name, 0) * left)
