"""Coming: how much of bodies is in memory. Whoever sends most at once gives way: of theirs, what began first.

A body may have a megabyte and take a minute, and nobody needs a signature to send one slowly.

Spec: SAFETY rules 27, 29, 37.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from smallfed.federation.callers import neighbourhood
from smallfed.pages.asgi import DROP, Receive, Scope

SMALL = 16 << 10  # bytes of a body that are not counted
MOST = 16 << 20  # bytes of bodies at once; while one is read it is held several times
SPARED = ("/api/v1/media", "/api/v2/media", "/api/v1/accounts/update_credentials", "/api/v1/profile")
"""Where files go to the disk as they come, from whoever has a token (``mastodon/uploads``)."""


class Coming:
    """The bodies of requests that are not answered yet, what began first before others."""

    def __init__(self) -> None:
        self._bodies: dict[int, _Counted] = {}
        self._callers = Counter[str]()
        self._size = 0

    def counted(self, scope: Scope, receive: Receive, address: str) -> "_Counted":
        """Return ``receive``, which counts what comes until ``end`` is called; others, or it, may be dropped for it."""
        drop = None if scope["path"].startswith(SPARED) else scope.get("state", {}).get(DROP)
        return _Counted(self, receive, neighbourhood(address), drop)

    def grow(self, body: "_Counted", size: int) -> None:
        """Note that there are ``size`` bytes more of a body."""
        self._bodies[id(body)] = body
        self._callers[body.caller] += size
        self._size += size
        while self._size > MOST and len(self._bodies) > 1:
            greediest = max(self._callers, key=self._callers.__getitem__)
            next(each for each in self._bodies.values() if each.caller == greediest).give_way()

    def forget(self, body: "_Counted", size: int) -> None:
        """Note that a body is in memory no longer."""
        if self._bodies.pop(id(body), None) is not None:
            self._size -= size
            self._callers[body.caller] -= size
            if not self._callers[body.caller]:
                del self._callers[body.caller]


class _Counted:
    """The ASGI ``receive`` of one request."""

    def __init__(self, coming: Coming, receive: Receive, caller: str, drop: Callable[[], None] | None) -> None:
        self.caller = caller
        self._coming, self._receive, self._drop = coming, receive, drop
        self._size = self._noted = 0

    async def __call__(self) -> dict[str, Any]:
        """Return the next ASGI event."""
        event = await self._receive()
        self._size += len(event.get("body", b""))
        if self._drop is not None and self._size > SMALL and self._size > self._noted:
            more, self._noted = self._size - self._noted, self._size
            self._coming.grow(self, more)
        return event

    def give_way(self) -> None:
        """Let go of the connection."""
        drop = self._drop
        self.end()
        if drop is not None:
            drop()

    def end(self) -> None:
        """Count nothing of it any more."""
        self._drop = None
        self._coming.forget(self, self._noted)
