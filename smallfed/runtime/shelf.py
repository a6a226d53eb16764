"""A shelf for ready answers: what everybody may see is made once and given out until something of ours changes.

A post that goes round is a stampede of GETs, and each must cost next to nothing. The shelf is bounded, and emptied as
a whole: changes are rare compared with readings.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from smallfed.domain.events import SHOWN
from smallfed.runtime.hub import Hub

ENTRIES = 2000
HEAVIEST = 16 << 20  # bytes in all: strangers can ask for as many different pages as they like

T = TypeVar("T")


class Shelf(Generic[T]):
    """Keeps what was made, by key; ``weigh`` says how many bytes a thing has. The hub empties it."""

    def __init__(self, hub: Hub, weigh: Callable[[T], int]) -> None:
        self._weigh = weigh
        self._kept: dict[str, T] = {}
        self._weight = 0
        self.generation = 0
        for kind in SHOWN:
            hub.on(kind, self)

    def find(self, key: str) -> T | None:
        """Return what is kept under ``key``."""
        return self._kept.get(key)

    def put(self, key: str, made: T, *, generation: int) -> None:
        """Keep ``made``, unless something has changed since ``generation``, when it was begun."""
        if generation != self.generation or key in self._kept:
            return
        weight = len(key) + self._weigh(made)
        if len(self._kept) >= ENTRIES or self._weight + weight > HEAVIEST:
            self._empty()
        self._kept[key] = made
        self._weight += weight

    def ring(self) -> None:
        """Empty the shelf: the hub says that something of ours has changed."""
        self.generation += 1
        self._empty()

    def _empty(self) -> None:
        self._kept.clear()
        self._weight = 0
