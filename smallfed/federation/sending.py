"""Sending files: however slowly they are taken they arrive whole; who takes nothing any more is let go.

The system sends them by itself where the server can let it: then a file on its way costs no memory, and a large one
next to no processor. Elsewhere they go piece by piece.

Spec: SAFETY rules 29, 37; RULINGS 24.
"""

from collections.abc import Awaitable, Callable

import trio

from smallfed.pages.asgi import DROP, HAND_OVER, Scope, Send
from smallfed.runtime.arrival import BrokenOff, Growing
from smallfed.runtime.content import Content
from smallfed.runtime.hands import Handing
from smallfed.runtime.passing import Passing

PATIENCE = 120.0  # seconds without any progress: a slow telephone takes a kilobyte in one

Begin = Callable[..., Awaitable[None]]
"""``pages.asgi.respond`` with everything but ``body`` and ``more``."""


Flow = Content | Growing | Passing | Handing


async def send_file(content: Flow, begin: Begin, send: Send, scope: Scope) -> None:
    """Answer with a file. Whoever is dropped on the way sees that some is missing."""
    state = scope.get("state", {})
    if (hand_over := state.get(HAND_OVER)) is None or not isinstance(content, Content):
        await _by_pieces(content, begin, send, state.get(DROP))
        return
    await begin(body=b"", more=True)
    await hand_over(content, patience=PATIENCE)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _by_pieces(content: Flow, begin: Begin, send: Send, drop: Callable[[], None] | None) -> None:
    """Send a file, its first piece with the head.

    Somebody watches: hypercorn shields its sending from being cancelled.
    """
    first, watch = await content.piece(), _Watch(content, drop)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch.run)
        await begin(body=first, more=bool(len(content)))
        try:
            while len(content) and not watch.dropped:
                piece = await content.piece()
                await send({"type": "http.response.body", "body": piece, "more_body": bool(len(content))})
        except BrokenOff:
            if drop is not None:
                drop()
        nursery.cancel_scope.cancel()


class _Watch:
    """Drops a connection on which nothing of a file is taken any more."""

    def __init__(self, content: Flow, drop: Callable[[], None] | None) -> None:
        self._content, self._drop, self.dropped = content, drop, False

    async def run(self) -> None:
        """Watch until cancelled."""
        left = -1
        while left != len(self._content):
            left = len(self._content)
            await trio.sleep(PATIENCE)
        self.dropped = True
        if self._drop is not None:
            self._drop()
