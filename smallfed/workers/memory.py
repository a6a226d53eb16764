"""A memory that forgets: bounded, with a time for everything in it."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Memory(Generic[K, V]):
    """Remembers at most ``most`` things for ``seconds`` each; beyond that it forgets what nobody asked for longest.

    ``now`` is in seconds of a clock that only grows.
    """

    def __init__(self, *, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._things: OrderedDict[K, tuple[V, float]] = OrderedDict()

    def put(self, key: K, value: V, now: float) -> None:
        """Remember ``value``, instead of an earlier one."""
        self._things.pop(key, None)
        self._things[key] = (value, now + self._seconds)
        if len(self._things) > self._most:
            self._things.popitem(last=False)

    def find(self, key: K, now: float) -> V | None:
        """Return what is remembered, or None."""
        found = self._things.get(key)
        if found is None:
            return None
        value, until = found
        if now >= until:
            del self._things[key]
            return None
        self._things.move_to_end(key)
        return value

    def drop(self, key: K) -> None:
        """Forget it."""
        self._things.pop(key, None)

    def drop_if(self, condition: Callable[[V], bool]) -> None:
        """Forget everything of which ``condition`` holds."""
        for key in [key for key, (value, _) in self._things.items() if condition(value)]:
            del self._things[key]

    def __len__(self) -> int:
        return len(self._things)
