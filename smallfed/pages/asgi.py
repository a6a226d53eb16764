"""ASGI as the raw doors speak it: what a connection is, and what goes to and fro.

Spec: ASGI 3, HTTP and WebSocket, with the extension ``websocket.http.response``.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

DROP = "smallfed.drop"
"""In ``scope["state"]``: ends the connection at once, also while something is being sent that is not read."""

HAND_OVER = "smallfed.hand_over"
"""In ``scope["state"]`` where the server can do it: lets the system send a file as the body of the answer begun."""

Headers = Iterable[tuple[str, str]]


async def live(receive: Receive, send: Send) -> None:
    """Say that all is well when the server begins, and when it ends: the house has its own beginning and end."""
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


async def respond(scope: Scope, send: Send, *, status: int, headers: Headers, body: bytes, more: bool = False) -> None:
    """Answer a request, or a WebSocket that is not opened; with ``more`` the body goes on."""
    kind = "http.response" if scope["type"] == "http" else "websocket.http.response"
    lines = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": f"{kind}.start", "status": status, "headers": lines})
    await send({"type": f"{kind}.body", "body": body, "more_body": more})
