"""A shelf for ready answers: what everybody may see is made once and given out until something of ours changes.

A post that goes round is a stampede of GETs, and each must cost next to nothing. The shelf is bounded, and emptied as
a whole: changes are rare compared with readings.
"""

from typing import Generic, TypeVar

from smallfed.domain.events import SHOWN
from smallfed.runtime.hub import Hub

ENTRIES = 2000

T = TypeVar("T")


class Shelf(Generic[T]):
    """Keeps what was made, by key. The hub empties it."""

    def __init__(self, hub: Hub) -> None:
        self._kept: dict[str, T] = {}
        self.generation = 0
        for kind in SHOWN:
            hub.on(kind, self)

    def find(self, key: str) -> T | None:
        """Return what is kept under ``key``."""
        return self._kept.get(key)

    def put(self, key: str, made: T, *, generation: int) -> None:
        """Keep ``made``, unless something has changed since ``generation``, when it was begun."""
        if generation == self.generation:
            if len(self._kept) >= ENTRIES:
                self._kept.clear()
            self._kept[key] = made

    def ring(self) -> None:
        """Empty the shelf: the hub says that something of ours has changed."""
        self.generation += 1
        self._kept.clear()
