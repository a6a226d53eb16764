"""Speaking: sending to a connection that may not be read.

What is sent is shielded in hypercorn, and an application cannot take it back. So somebody watches, and ends the
connection under a message that is not taken in time.

Spec: SAFETY §2 (HTTP, WebSocket); RULINGS 8, 24.
"""

from collections.abc import Awaitable, Callable
from math import inf
from typing import Any

import trio

from smallfed.mastodon.streaming.listeners import Listener
from smallfed.pages.asgi import DROP, Receive, Scope, Send

PATIENCE = 10.0  # seconds that one message may take
FAREWELL = 1.0  # seconds for what is under way when somebody is let go, and for the last words


class Mouth:
    """Sends to one connection, and hears whether there still is one."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._gone = False
        self._drop: Callable[[], None] | None = scope.get("state", {}).get(DROP)
        self._since = inf  # when the message that is being sent was begun

    async def receive(self) -> dict[str, Any]:
        """Return what comes next; the last is that the connection has ended."""
        event = await self._receive()
        self._gone = event["type"].endswith(".disconnect")
        return event

    async def say(self, message: dict[str, Any]) -> None:
        """Send."""
        self._since = trio.current_time()
        await self._send(message)
        self._since = inf

    def drop(self) -> None:
        """End the connection at once."""
        if self._drop is not None:
            self._drop()

    async def serve(self, listener: Listener, *parts: Callable[[], Awaitable[None]]) -> None:
        """Run ``parts`` until ``listener`` is let go; nothing that is being sent holds this up for long."""
        async with trio.open_nursery() as watching:
            watching.start_soon(self._watch)
            async with trio.open_nursery() as serving:
                for part in parts:
                    serving.start_soon(part)
                await listener.over.wait()
                if listener.why.code is None:
                    self.drop()
                watching.start_soon(self._drop_soon)
                serving.cancel_scope.cancel()
            watching.cancel_scope.cancel()

    async def close(self, *messages: dict[str, Any]) -> None:
        """Say the last words, if they are taken soon, and let pass what still comes: it holds the server's reader."""
        with trio.CancelScope(shield=True, deadline=trio.current_time() + FAREWELL):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._drop_soon)
                for message in messages:
                    await self.say(message)
                while not self._gone:
                    await self.receive()
                nursery.cancel_scope.cancel()

    async def _watch(self) -> None:
        while True:
            await trio.sleep(PATIENCE / 2)
            if trio.current_time() - self._since >= PATIENCE:
                self.drop()

    async def _drop_soon(self) -> None:
        await trio.sleep(FAREWELL)
        self.drop()
