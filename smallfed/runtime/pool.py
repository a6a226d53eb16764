"""Connections that were kept for the next request to the same server.

httpcore2's own pool is not used: it looks at every idle socket on every request, and it queues, which
:mod:`smallfed.runtime.places` does already. What is left for a pool to do is this.
"""

from collections import OrderedDict, defaultdict

import httpcore2
import trio

Connection = httpcore2.AsyncHTTP11Connection
Origin = tuple[str, str, int]
"""Scheme, host, port."""


class Pool:
    """Idle connections, the freshest of a server first; the longest idle is closed when there are too many."""

    def __init__(self, *, idle: float, most: int) -> None:
        self._idle, self._most = idle, most
        self._kept: OrderedDict[Connection, tuple[Origin, float]] = OrderedDict()
        self._by_origin: defaultdict[Origin, list[Connection]] = defaultdict(list)
        self._filled = trio.Event()

    def __len__(self) -> int:
        return len(self._kept)

    async def take(self, origin: Origin) -> Connection | None:
        """Return a connection to ``origin`` that looks alive, now the caller's to keep or to close; or None."""
        await self.sweep()
        while origin in self._by_origin:
            connection = self._by_origin[origin][-1]
            self._remove(connection)
            if not connection.has_expired():
                return connection
            await close(connection)
        return None

    async def keep(self, origin: Origin, connection: Connection) -> None:
        """Take ``connection`` back when another request may follow on it, else close it."""
        if not connection.is_idle():
            await close(connection)
            return
        self._kept[connection] = (origin, trio.current_time() + self._idle)
        self._by_origin[origin].append(connection)
        self._filled.set()
        if len(self._kept) > self._most:
            await self._drop(next(iter(self._kept)))

    async def filled(self) -> None:
        """Wait until there is something to keep an eye on."""
        if not self._kept:
            self._filled = trio.Event()
        await self._filled.wait()

    async def sweep(self) -> None:
        """Close what has been idle for too long."""
        now = trio.current_time()
        while self._kept:
            connection, (_, until) = next(iter(self._kept.items()))
            if now < until:
                return
            await self._drop(connection)

    async def aclose(self) -> None:
        """Close everything."""
        while self._kept:
            await self._drop(next(iter(self._kept)))

    async def _drop(self, connection: Connection) -> None:
        self._remove(connection)
        await close(connection)

    def _remove(self, connection: Connection) -> None:
        origin, _ = self._kept.pop(connection)
        self._by_origin[origin].remove(connection)
        if not self._by_origin[origin]:
            del self._by_origin[origin]


async def close(connection: Connection) -> None:
    """Close at once, even when the caller is being cancelled."""
    with trio.CancelScope(shield=True):
        await connection.aclose()
