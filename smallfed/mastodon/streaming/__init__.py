"""Streaming: the door of apps that listen, beside Quart, in plain ASGI.

Everything behind it is loaded when the first app connects: a house nobody listens to pays nothing for it.

Spec: CLIENT_API §11, pitfall 22; RULINGS 8, 24.
"""

from typing import TYPE_CHECKING

import trio

from smallfed.pages.asgi import Asgi, Receive, Scope, Send, respond
from smallfed.workers.parts import Parts

if TYPE_CHECKING:
    from smallfed.mastodon.streaming.hall import Hall

ROOT = "/api/v1/streaming"
HEALTH = f"{ROOT}/health"
WELL = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": "2", "Access-Control-Allow-Origin": "*"}


class Streaming:
    """Answers who asks for streams, and hands everything else on to ``inner``."""

    def __init__(self, parts: Parts, inner: Asgi) -> None:
        self._parts, self._inner = parts, inner
        self._hall: Hall | None = None
        self._opened = trio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if not _is_ours(scope):
            await self._inner(scope, receive, send)
        elif scope["path"] == HEALTH:
            await respond(scope, send, status=200, headers=WELL.items(), body=b"OK")
        else:
            await self._open().serve(scope, receive, send)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Tell whoever listens what happens, until cancelled."""
        task_status.started()
        await self._opened.wait()
        await self._open().broadcaster.run()

    @property
    def listeners(self) -> int:
        """How many apps listen now."""
        return 0 if self._hall is None else len(self._hall.broadcaster.audience)

    def stop(self) -> None:
        """Let everybody go: the server stops."""
        if self._hall is not None:
            self._hall.broadcaster.stop()

    def _open(self) -> "Hall":
        if self._hall is None:
            from smallfed.mastodon.streaming.hall import Hall

            self._hall = Hall(self._parts)
            self._opened.set()
        return self._hall


def _is_ours(scope: Scope) -> bool:
    """Whether somebody wants a stream, or to know if there are any. Of all else Quart knows, preflights as well."""
    path: str = scope["path"]
    method = scope.get("method", "GET")
    if method == "HEAD":
        return path == HEALTH
    return method == "GET" and (path == ROOT or path.startswith(f"{ROOT}/"))
