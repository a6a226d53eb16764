"""Outgoing: how much waits to be taken by those who asked. Whoever has taken nothing for longest gives way.

An answer that is not read stays in memory until the system gives up on its reader, half a minute later.

Spec: SAFETY rules 29, 37.
"""

from collections.abc import Callable
from typing import Any

from smallfed.pages.asgi import DROP, Scope, Send

SMALL = 16 << 10  # bytes that are not counted: the system itself takes about as much
MOST = 8 << 20  # bytes that may wait; they are held twice


class Outgoing:
    """What is being sent, the oldest first."""

    def __init__(self) -> None:
        self._waiting: dict[int, tuple[int, Callable[[], None]]] = {}
        self._size = self._next = 0

    def counted(self, scope: Scope, send: Send) -> Send:
        """Return ``send``, which drops those who have waited longest when there is too much."""
        drop = scope.get("state", {}).get(DROP)
        return send if drop is None else _Counted(self, send, drop)

    def begin(self, size: int, drop: Callable[[], None]) -> int:
        """Note that ``size`` bytes wait from now on; return what ``end`` is told. Others may be dropped for it."""
        number = self._next = self._next + 1
        self._waiting[number] = (size, drop)
        self._size += size
        while self._size > MOST and len(self._waiting) > 1:
            oldest = next(iter(self._waiting))
            give_way = self._waiting[oldest][1]
            self.end(oldest)
            give_way()
        return number

    def end(self, number: int) -> None:
        """Note that they wait no longer."""
        size, _ = self._waiting.pop(number, (0, None))
        self._size -= size


class _Counted:
    """The ASGI ``send`` of one connection."""

    def __init__(self, outgoing: Outgoing, send: Send, drop: Callable[[], None]) -> None:
        self._outgoing, self._send, self._drop = outgoing, send, drop

    async def __call__(self, message: dict[str, Any]) -> None:
        """Send a message."""
        size = len(message.get("body", b""))
        if size <= SMALL:
            await self._send(message)
            return
        number = self._outgoing.begin(size, self._drop)
        try:
            await self._send(message)
        finally:
            self._outgoing.end(number)
