"""Single flight: what several want at the same moment is done once."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import trio

K = TypeVar("K")
T = TypeVar("T")


class _Flight(Generic[T]):
    __slots__ = ("error", "landed", "values")

    def __init__(self) -> None:
        self.landed = trio.Event()
        self.values: list[T] = []
        self.error: Exception | None = None


class Flights(Generic[K, T]):
    """Work under way, by what it is about."""

    def __init__(self) -> None:
        self._flights: dict[K, _Flight[T]] = {}

    def __contains__(self, key: object) -> bool:
        return key in self._flights

    async def join(self, key: K, work: Callable[[], Awaitable[T]]) -> T:
        """Return what ``work`` returns or raises; while somebody else does it for ``key``, wait for that instead.

        Whoever began may be cancelled; then one of those who waited begins anew.
        """
        while (flight := self._flights.get(key)) is not None:
            await flight.landed.wait()
            if flight.error is not None:
                raise flight.error
            if flight.values:
                return flight.values[0]
        flight = self._flights[key] = _Flight[T]()
        try:
            value = await work()
        except Exception as error:
            flight.error = error
            raise
        else:
            flight.values.append(value)
            return value
        finally:
            del self._flights[key]
            flight.landed.set()
