"""A WebSocket as apps open it, to a real process: wsproto over a socket, and bytes of any kind on request."""

import json
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Message,
    Ping,
    Pong,
    RejectConnection,
    RejectData,
    Request,
    TextMessage,
)

PATIENCE = 10.0


class WebSocket:
    """One connection. ``status`` is 101 when it was opened, ``code`` how it was closed: 1006 for without a word."""

    def __init__(
        self, port: int, target: str, *, headers: Sequence[tuple[str, str]] = (), protocols: Sequence[str] = ()
    ) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.connection = WSConnection(ConnectionType.CLIENT)
        self.status = 0
        self.answered: dict[str, str] = {}
        self.body = b""
        self.subprotocol: str | None = None
        self.code: int | None = None
        self.pinged = 0
        self._texts: list[str] = []
        self._part = ""
        lines = [(name.encode(), value.encode()) for name, value in headers]
        self.send(Request(host="home.example", target=target, extra_headers=lines, subprotocols=list(protocols)))
        self._until(lambda: self.status and (self.status == 101 or self.code is not None))

    def send(self, event: Event) -> None:
        """Send something of the protocol."""
        self.throw(self.connection.send(event))

    def throw(self, data: bytes) -> None:
        """Send bytes as they are."""
        try:
            self.socket.sendall(data)
        except OSError:
            self._ended()

    def say(self, message: object) -> None:
        """Send a message: text as it is, bytes as bytes, everything else as JSON."""
        if isinstance(message, bytes):
            self.send(BytesMessage(data=message))
        else:
            self.send(TextMessage(data=message if isinstance(message, str) else json.dumps(message)))

    def next(self, *, within: float = PATIENCE) -> Any:
        """Return the next message, from JSON."""
        self._until(lambda: self._texts, within=within)
        return json.loads(self._texts.pop(0))

    def events(self, count: int) -> list[tuple[str, str, Any]]:
        """Return the next events: (stream, event, payload or the id in it)."""
        return [_event(self.next()) for _ in range(count)]

    def until_closed(self, *, within: float = PATIENCE) -> int:
        """Wait until the server has closed, and return the code."""
        self._until(lambda: self.code is not None, within=within)
        assert self.code is not None
        return self.code

    def close(self) -> None:
        """Go, without a word."""
        self.socket.close()

    def _until(self, done: Any, *, within: float = PATIENCE) -> None:
        deadline = time.monotonic() + within
        while not done():
            assert self.code is None, f"it was closed: {self.code}"
            self.socket.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                data = self.socket.recv(65536)
            except TimeoutError:
                raise AssertionError("nothing came in time") from None
            except OSError:
                data = b""
            if not data:
                self._ended()
                continue
            self.connection.receive_data(data)
            for event in self.connection.events():
                self._take(event)

    def _ended(self) -> None:
        self.code = 1006 if self.code is None else self.code

    def _take(self, event: Event) -> None:
        match event:
            case AcceptConnection():
                self.status, self.subprotocol = 101, event.subprotocol
                self.answered = {name.decode().lower(): value.decode() for name, value in event.extra_headers}
            case RejectConnection():
                self.status = event.status_code
                self.answered = {name.decode().lower(): value.decode() for name, value in event.headers}
            case RejectData():
                self.body += bytes(event.data)
                if event.body_finished:
                    self._ended()
            case Message():
                self._part += event.data
                if event.message_finished:
                    self._texts.append(self._part)
                    self._part = ""
            case Ping():
                self.pinged += 1
                self.send(event.response())
            case CloseConnection():
                self.code = int(event.code)
            case Pong():
                self._texts.append(json.dumps({"pong": bytes(event.payload).decode()}))


def _event(message: Any) -> tuple[str, str, Any]:
    payload = json.loads(message["payload"]) if "payload" in message else None
    return (",".join(message["stream"]), message["event"], payload["id"] if isinstance(payload, dict) else payload)


@contextmanager
def websocket(port: int, token: str | None = None, query: str = "", **more: Any) -> Iterator[WebSocket]:
    """Open a WebSocket to the streaming API and close it afterwards."""
    shown = [] if token is None else [f"access_token={token}"]
    opened = WebSocket(port, "/api/v1/streaming?" + "&".join([*shown, *([query] if query else [])]), **more)
    try:
        yield opened
    finally:
        opened.close()
