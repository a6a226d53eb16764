"""Counters and gauges of one process, by name and labels, bounded in number."""

from collections.abc import Mapping
from threading import Lock

Series = tuple[str, tuple[tuple[str, str], ...]]

MOST_SERIES = 1000


class Counters:
    """Numbers with names, such as ``deliveries_sent`` with the label ``outcome="gone"``; safe to use in all threads.

    Labels must come from small fixed sets, never from the outside (no hosts, no ids). Should somebody err, what is new
    beyond 1,000 series is summed up under its name with the single label ``overflow="true"``.
    """

    def __init__(self) -> None:
        self._numbers: dict[Series, float] = {}
        self._lock = Lock()

    def add(self, name: str, amount: float = 1, **labels: str) -> None:
        """Count ``amount`` more."""
        with self._lock:
            series = self._series(name, labels)
            self._numbers[series] = self._numbers.get(series, 0) + amount

    def set(self, name: str, value: float, **labels: str) -> None:
        """Put a gauge to ``value``."""
        with self._lock:
            self._numbers[self._series(name, labels)] = value

    def read(self) -> Mapping[Series, float]:
        """Return a copy of all numbers, ordered by name and labels."""
        with self._lock:
            return dict(sorted(self._numbers.items()))

    def _series(self, name: str, labels: Mapping[str, str]) -> Series:
        series = (name, tuple(sorted(labels.items())))
        if series in self._numbers or len(self._numbers) < MOST_SERIES:
            return series
        return (name, (("overflow", "true"),))
