"""WebSockets below the application: pings, dead peers, messages that are too large, handshakes that are none."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import trio
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.config import Config
from hypercorn.trio.tcp_server import TCPServer
from hypercorn.trio.worker_context import WorkerContext
from hypercorn.typing import ConnectionState
from trio.testing import MockClock, memory_stream_pair
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Event, Ping, Request, TextMessage

from smallfed import listening, websockets

KEY = b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"


class Peer:
    """An app and the network between. ``said`` is what the server's application has been told."""

    def __init__(self, line: Any) -> None:
        self.line = line
        self.connection = WSConnection(ConnectionType.CLIENT)
        self.came: list[tuple[float, Event]] = []
        self.closed_at: float | None = None
        self.said: list[dict[str, Any]] = []
        self.ended = trio.Event()

    async def application(self, scope: Any, receive: Any, send: Any) -> None:
        """Accept, and note what comes until the end."""
        assert scope["type"] == "websocket"
        await receive()
        await send({"type": "websocket.accept"})
        while (event := await receive())["type"] != "websocket.disconnect":
            self.said.append(event)
        self.ended.set()

    async def send(self, event: Event) -> None:
        await self.line.send_all(self.connection.send(event))

    async def listen(self, *, answers: bool) -> None:
        """Take what comes, and answer pings, or do not."""
        while data := await self.line.receive_some(65536):
            self.connection.receive_data(data)
            for event in self.connection.events():
                self.came.append((trio.current_time(), event))
                if isinstance(event, Ping) and answers:
                    await self.send(event.response())
        self.closed_at = trio.current_time()

    def pings(self) -> list[float]:
        return [at for at, event in self.came if isinstance(event, Ping)]


@asynccontextmanager
async def served() -> AsyncIterator[Peer]:
    """Serve one connection as ``listening`` does, without a network."""
    websockets.tame()
    ours, theirs = memory_stream_pair()
    where = ("192.0.2.1", 1)
    ours.socket = SimpleNamespace(  # type: ignore[attr-defined] # as much of one as hypercorn asks
        family=socket.AF_INET, getpeername=lambda: where, getsockname=lambda: where
    )
    peer = Peer(theirs)
    config = Config()
    config.accesslog = None
    application: Any = ASGIWrapper(peer.application)  # type: ignore[arg-type]
    stream: Any = ours
    server = TCPServer(application, config, WorkerContext(None), ConnectionState({}), stream)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(listening._alone, server)
        yield peer
        nursery.cancel_scope.cancel()


@asynccontextmanager
async def opened(*, answers: bool = True) -> AsyncIterator[Peer]:
    async with served() as peer, trio.open_nursery() as nursery:
        await peer.send(Request(host="home.example", target="/api/v1/streaming"))
        nursery.start_soon(lambda: peer.listen(answers=answers))
        await trio.sleep(1)
        assert isinstance(peer.came.pop(0)[1], AcceptConnection)
        yield peer
        nursery.cancel_scope.cancel()


async def test_who_answers_pings_stays_for_days(autojump_clock: MockClock) -> None:
    async with opened() as peer:
        await trio.sleep(86_400)
        await peer.send(TextMessage(data="still here"))
        await trio.sleep(1)

        assert peer.pings()[:3] == [pytest.approx(30), pytest.approx(60), pytest.approx(90)]
        assert (peer.closed_at, [each["text"] for each in peer.said]) == (None, ["still here"])


async def test_who_answers_none_is_noticed(autojump_clock: MockClock) -> None:
    async with opened(answers=False) as peer:
        with trio.fail_after(200):
            await peer.ended.wait()
        await trio.sleep(1)

        assert (len(peer.pings()), peer.closed_at) == (1, pytest.approx(60, abs=1))


async def test_a_connection_that_is_over_is_not_waited_for(autojump_clock: MockClock) -> None:
    """Nothing sleeps on until the next ping: stopping would have to wait for it."""
    async with opened() as peer:
        await peer.send(CloseConnection(code=1000))
        await peer.ended.wait()
        await trio.sleep(0.1)

        assert peer.closed_at == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("parts", [1, 20])
async def test_what_is_too_large_ends_the_connection(parts: int, autojump_clock: MockClock) -> None:
    async with opened() as peer:
        for number in range(parts):
            last = number == parts - 1
            text = "x" * (websockets.LARGEST // parts + 1)
            await peer.send(TextMessage(data=text, message_finished=last))
        await trio.sleep(1)

        (closing,) = (event for _, event in peer.came if isinstance(event, CloseConnection))
        assert (closing.code, peer.said, peer.ended.is_set()) == (1009, [], True)
        assert peer.closed_at is not None


async def test_what_is_just_not_too_large_arrives(autojump_clock: MockClock) -> None:
    async with opened() as peer:
        for _ in range(2):
            await peer.send(TextMessage(data="x" * websockets.LARGEST))
        await trio.sleep(1)

        assert [len(each["text"]) for each in peer.said] == [websockets.LARGEST] * 2


@pytest.mark.parametrize(
    "lines",
    [
        b"",
        b"Sec-WebSocket-Version: 13\r\n",
        KEY,
        KEY + b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: \xe9\r\n",
    ],
)
async def test_a_handshake_that_is_none_is_refused_and_closed(lines: bytes, autojump_clock: MockClock) -> None:
    async with served() as peer:
        head = b"GET /api/v1/streaming HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        await peer.line.send_all(head + lines + b"\r\n")
        answer = b""
        with trio.fail_after(5):
            while data := await peer.line.receive_some(4096):
                answer += data

    assert answer.startswith(b"HTTP/1.1 400")
