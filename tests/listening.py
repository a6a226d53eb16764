"""Apps that listen, over plain ASGI: a WebSocket or a request that does not end, without any network."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote, urlencode

import trio
from trio.testing import wait_all_tasks_blocked

from smallfed.pages.asgi import DROP, Asgi, Scope

ROOT = "/api/v1/streaming"


class Ear:
    """One connection of an app. ``status`` is what it was answered, 101 for an open WebSocket."""

    def __init__(self, scope: Scope) -> None:
        self.scope = {**scope, "state": {DROP: self._drop}}
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.subprotocol: str | None = None
        self.closed: tuple[int, str] | None = None
        self.dropped = self.over = False
        self.deaf = trio.Event()  # while it is not set, nothing that is sent is taken
        self.deaf.set()
        self.body = b""
        self._came: list[Any] = []
        self._in, self._out = trio.open_memory_channel[dict[str, Any]](1000)

    # As the server sees it
    async def serve(self, app: Asgi) -> None:
        """Be connected until the server has done with it."""
        self._in.send_nowait({"type": "websocket.connect" if self.scope["type"] == "websocket" else "http.request"})
        await app(self.scope, self._out.receive, self._take)
        self.over = True

    async def _take(self, event: dict[str, Any]) -> None:
        with trio.CancelScope(shield=True):  # as hypercorn does it
            await self.deaf.wait()
        match event["type"]:
            case "websocket.accept":
                self.status, self.subprotocol = 101, event.get("subprotocol")
            case "websocket.send":
                self._came.append(json.loads(event["text"]))
            case "websocket.close":
                self.closed = (event["code"], event["reason"])
                self.go()
            case "http.response.start" | "websocket.http.response.start":
                self.status = event["status"]
                self.headers = {name.decode(): value.decode() for name, value in event["headers"]}
            case "http.response.body" | "websocket.http.response.body":
                self.body += event["body"]
                if not event.get("more_body"):
                    self.go()

    def _drop(self) -> None:
        self.dropped = True
        self.deaf.set()
        self.go()

    # As the app does
    def go(self) -> None:
        """Go away."""
        kind = "websocket" if self.scope["type"] == "websocket" else "http"
        self._in.send_nowait({"type": f"{kind}.disconnect", "code": 1000})

    async def say(self, message: object) -> None:
        """Send a message; what is not text or bytes goes as JSON."""
        event: dict[str, Any] = {"type": "websocket.receive", "text": None, "bytes": None}
        if isinstance(message, bytes):
            event["bytes"] = message
        else:
            event["text"] = message if isinstance(message, str) else json.dumps(message)
        self._in.send_nowait(event)
        await trio.sleep(0.1)

    async def subscribe(self, stream: str, **parameters: object) -> None:
        """Subscribe to a stream."""
        await self.say({"type": "subscribe", "stream": stream, **parameters})

    async def unsubscribe(self, stream: str, **parameters: object) -> None:
        """Unsubscribe."""
        await self.say({"type": "unsubscribe", "stream": stream, **parameters})

    async def heard(self) -> list[Any]:
        """Return, once everybody rests, the messages that have come since the last time, as they are."""
        await trio.sleep(0.1)
        came, self._came = self._came, []
        return came

    async def events(self) -> list[tuple[str, str, Any]]:
        """Return the events that have come since the last time: (stream, event, its payload or only the id of that)."""
        return [(",".join(each["stream"]), each["event"], _short(each.get("payload"))) for each in await self.heard()]

    async def lines(self) -> list[str]:
        """Return, once everybody rests, the lines that have come since the last time."""
        await trio.sleep(0.1)
        body, self.body = self.body, b""
        return body.decode().splitlines()


def _short(payload: str | None) -> Any:
    value = None if payload is None else json.loads(payload)
    return value["id"] if isinstance(value, dict) and "id" in value else value


@asynccontextmanager
async def listening(
    app: Asgi,
    path: str = "",
    *,
    token: str | None = None,
    http: bool = False,
    headers: Sequence[tuple[str, str]] = (),
    protocols: Sequence[str] = (),
    **query: str,
) -> AsyncIterator[Ear]:
    """Connect an app, with its token in the query, and disconnect it afterwards."""
    asked: Mapping[str, str] = {**({"access_token": token} if token is not None else {}), **query}
    scope: Scope = {
        "type": "http" if http else "websocket",
        "path": f"{ROOT}{path}",
        "raw_path": quote(f"{ROOT}{path}").encode(),
        "query_string": urlencode(asked).encode(),
        "headers": [(name.encode(), value.encode()) for name, value in (("host", "home.example"), *headers)],
        "client": ("192.0.2.1", 1234),
        "subprotocols": list(protocols),
        "extensions": {"websocket.http.response": {}},
    }
    if http:
        scope["method"] = "GET"
    ear = Ear(scope)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(ear.serve, app)
        await wait_all_tasks_blocked()
        try:
            yield ear
        finally:
            ear.deaf.set()
            ear.go()
