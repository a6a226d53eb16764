"""Streaming from outside: real WebSockets and requests that do not end, slow and hostile ones among them."""

import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wsproto.events import Ping

from tests.outside.looking import Memory
from tests.outside.people import App, Browser
from tests.processes import Laboratory, Server, ask, eventually
from tests.websocket import websocket


def say(home: Server, token: str, text: str = "Hello") -> str:
    """Publish a post and return its id."""
    return str(home.api("POST", "/api/v1/statuses", token, status=text)["id"])


@pytest.mark.parametrize("place", ["query", "header", "protocol"])
def test_a_token_may_be_shown_in_three_places(home: Server, token: str, place: str) -> None:
    headers = [("authorization", f"Bearer {token}")] if place == "header" else []
    protocols = [token] if place == "protocol" else []

    with websocket(
        home.port, token if place == "query" else None, "stream=user", headers=headers, protocols=protocols
    ) as app:
        number = say(home, token)

        assert (app.status, app.subprotocol) == (101, token if place == "protocol" else None)
        assert app.events(1) == [("user", "update", number)]


def test_without_a_good_token_nothing_is_opened(home: Server) -> None:
    with websocket(home.port) as without, websocket(home.port, "wrong") as wrong:
        pass

    assert (without.status, without.body) == (401, b'{"error":"Missing access token"}')
    assert (wrong.status, wrong.answered["x-error-message"]) == (401, "Invalid access token")


def test_streams_come_and_go_on_one_connection(home: Server, token: str) -> None:
    with websocket(home.port, token) as app:
        app.say({"type": "subscribe", "stream": "hashtag", "tag": "cats"})
        app.say({"type": "subscribe", "stream": "nonsense"})
        refusal = app.next()  # so the first has been heard
        first = say(home, token, "#cats")
        events = app.events(1)
        app.say({"type": "unsubscribe", "stream": "hashtag", "tag": "cats"})
        app.say({"type": "subscribe", "stream": "user"})
        app.say({"type": "subscribe", "stream": "nonsense"})
        app.next()
        second = say(home, token, "#cats")
        update = app.events(1)
        home.api("DELETE", f"/api/v1/statuses/{second}", token)

        assert refusal == {"error": "Unknown stream type", "status": 400}
        assert events == [("hashtag,cats", "update", first)]
        assert [*update, *app.events(1)] == [("user", "update", second), ("user", "delete", int(second))]


def test_pings_are_answered_and_nothing_is_compressed(home: Server, token: str) -> None:
    offer = [("sec-websocket-extensions", "permessage-deflate; client_max_window_bits")]

    with websocket(home.port, token, headers=offer) as app:
        app.send(Ping(payload=b"there?"))

        assert app.next() == {"pong": "there?"}
        assert "sec-websocket-extensions" not in app.answered


@contextmanager
def lines(home: Server, token: str, path: str) -> Iterator["Lines"]:
    opened = Lines(home, token, path)
    try:
        yield opened
    finally:
        opened.socket.close()


class Lines:
    """A request for server-sent events, read line by line off the socket."""

    def __init__(self, home: Server, token: str, path: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", home.port), timeout=20)
        head = f"GET /api/v1/streaming{path} HTTP/1.1\r\nHost: home.example\r\nAuthorization: Bearer {token}\r\n\r\n"
        self.socket.sendall(head.encode())
        self._file = self.socket.makefile("rb")
        self.head = b"".join(iter(self._file.readline, b"\r\n")).decode().lower()

    def next(self) -> str:
        """Return the next chunk; "" when there is none any more."""
        size = int(self._file.readline() or b"0", 16)
        return self._file.read(size + 2)[:-2].decode()


def test_server_sent_events(home: Server, token: str) -> None:
    with lines(home, token, "/user") as app:
        greeting = app.next()
        number = say(home, token)
        event, data, *rest = app.next().split("\n")

    assert app.head.startswith("http/1.1 200")
    for header in ("content-type: text/event-stream", "x-accel-buffering: no", "access-control-allow-origin: *"):
        assert header in app.head
    assert (greeting, event, rest) == (":)\n", "event: update", ["", ""])
    assert json.loads(data.removeprefix("data: "))["id"] == number


def test_server_sent_events_thump(home: Server, token: str) -> None:
    with lines(home, token, "?stream=user") as app:
        heard = [app.next(), app.next()]

    assert heard == [":)\n", ":thump\n"]


def test_preflights_and_health(home: Server) -> None:
    preflight = ask(f"{home.url}/api/v1/streaming/user", method="OPTIONS")
    health = ask(f"{home.url}/api/v1/streaming/health")
    head = ask(f"{home.url}/api/v1/streaming/health", method="HEAD")

    assert (preflight.status, preflight.headers["access-control-allow-origin"]) == (204, "*")
    assert (health.status, health.body) == (200, b"OK")
    assert (head.status, head.headers["content-length"], head.body) == (200, "2", b"")


# How it ends ----------------------------------------------------------------------------------------------------------
def test_revoking_a_token_ends_its_streams(home: Server, token: str) -> None:
    """Rule 35 of SAFETY."""
    app = App(home)
    other = app.token(Browser(home).log_in())

    with (
        websocket(home.port, other, "stream=user") as ended,
        lines(home, other, "/user") as ended_lines,
        websocket(home.port, token, "stream=user") as kept,
    ):
        ended_lines.next()
        app.revoke(other)

        assert (ended.until_closed(), ended_lines.next()) == (1008, "")
        assert kept.code is None


def test_another_password_ends_all_streams(lab: Laboratory) -> None:
    """What is still valid opens them again."""
    server = lab.server("password.example")
    server.setup()
    server.start()
    token = server.token()

    with websocket(server.port, token, "stream=user") as app:
        server.command("password", "--password-stdin", "--keep-tokens", stdin="quite another password\n")
        ended = app.until_closed()
    with websocket(server.port, token, "stream=user") as again:
        server.command("password", "--password-stdin", "--revoke-tokens", stdin="a third password\n")

        assert (ended, again.status, again.until_closed()) == (1008, 101, 1008)
    with websocket(server.port, token, "stream=user") as refused:
        assert refused.status == 401


def test_a_client_that_does_not_read_harms_nobody(home: Server, token: str) -> None:
    """It is cut off once its queue is full, and everybody else hears everything meanwhile."""
    with websocket(home.port, token, "stream=user") as quick, websocket(home.port, token, "stream=user") as slow:
        slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        heard: list[str] = []
        listening = threading.Thread(target=lambda: heard.extend(quick.next(within=60)["event"] for _ in range(900)))
        listening.start()
        for _ in range(900):
            say(home, token, "x" * 480)
        listening.join(timeout=60)

        assert heard == ["update"] * 900
        slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)  # or the rest comes in drops, for minutes
        assert slow.until_closed(within=60) == 1006


def test_stopping_takes_no_longer_for_streams(lab: Laboratory) -> None:
    server = lab.server("stopping.example")
    server.setup()
    server.start()
    token = server.token()

    with ExitStack() as stack:
        apps = [stack.enter_context(websocket(server.port, token, "stream=user")) for _ in range(20)]
        line = stack.enter_context(lines(server, token, "/user"))
        line.next()
        code = server.stop()

        assert (code, [each.until_closed() for each in apps]) == (0, [1001] * 20)
        assert line.next() == ""
        assert "clients cut off" not in server.log.read_text()


def test_a_killed_server_is_heard_again_after_its_restart(lab: Laboratory) -> None:
    server = lab.server("killed.example")
    server.setup()
    server.start()
    token = server.token()

    with websocket(server.port, token, "stream=user") as before:
        server.kill()
        ended = before.until_closed()
    server.start()
    with websocket(server.port, token, "stream=user") as after:
        number = say(server, token)

        assert (ended, after.events(1)) == (1006, [("user", "update", number)])


# Hostile --------------------------------------------------------------------------------------------------------------
def frame(opcode: int, payload: bytes, *, final: bool = True, length: int | None = None) -> bytes:
    """Return a masked frame that claims to have ``length``."""
    size = len(payload) if length is None else length
    head = bytes([(0x80 if final else 0) | opcode])
    head += bytes([0x80 | size]) if size < 126 else bytes([0x80 | 127]) + struct.pack("!Q", size)
    return head + b"\0\0\0\0" + payload


def test_a_message_without_an_end_is_cut_off_early(home: Server, token: str) -> None:
    memory = Memory(home)
    with websocket(home.port, token, "stream=user") as app:
        app.throw(frame(1, b"", length=1 << 40))
        for _ in range(400):
            app.throw(b"x" * 65536)

        assert app.until_closed() in (1006, 1009)
    assert memory.moved < 10


BYTES = st.one_of(
    st.binary(max_size=300),
    st.builds(frame, st.integers(0, 15), st.binary(max_size=200)),
    st.builds(lambda payload, final: frame(1, payload, final=final), st.binary(max_size=200), st.booleans()),
    st.builds(lambda size: frame(1, b"x" * 10, length=size), st.integers(0, (1 << 63) - 1)),
    st.builds(lambda code: frame(8, struct.pack("!H", code)), st.integers(0, 65535)),
)


@given(st.lists(BYTES, min_size=1, max_size=6))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_through_a_websocket(home: Server, token: str, sent: list[bytes]) -> None:
    """Frames of any kind end that connection at most; the log knows of no bug afterwards."""
    with websocket(home.port, token, "stream=user") as app:
        for data in sent:
            app.throw(data)

    assert "Traceback" not in home.log.read_text()
    assert ask(f"{home.url}/api/v1/streaming/health").status == 200


@pytest.mark.parametrize(
    "handshake",
    [
        b"Sec-WebSocket-Version: 12\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n",
        b"Sec-WebSocket-Version: 13\r\n",
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: \xff\r\n",
        b"",
    ],
)
def test_a_handshake_that_is_none_is_refused_and_closed(home: Server, token: str, handshake: bytes) -> None:
    head = f"GET /api/v1/streaming?access_token={token} HTTP/1.1\r\nHost: home.example\r\n".encode()
    with socket.create_connection(("127.0.0.1", home.port), timeout=5) as line:
        line.sendall(head + b"Connection: Upgrade\r\nUpgrade: websocket\r\n" + handshake + b"\r\n")
        answer = b"".join(iter(lambda: line.recv(4096), b""))

    assert answer.startswith(b"HTTP/1.1 400")
    assert "Traceback" not in home.log.read_text()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open descriptors are counted in /proc")
def test_connections_leave_nothing_behind(home: Server, token: str) -> None:
    """Apps that come and go, politely or not, take no memory and no descriptors with them."""

    def come_and_go(times: int) -> None:
        for number in range(times):
            with websocket(home.port, token, "stream=user") as app:
                if number % 2:
                    app.say("nonsense")
                    app.next()

    come_and_go(20)
    assert home.process is not None
    descriptors = Path(f"/proc/{home.process.pid}/fd")
    before = len(list(descriptors.iterdir()))
    memory = Memory(home)
    come_and_go(200)
    eventually(lambda: len(list(descriptors.iterdir())) <= before + 2)
    assert memory.moved < 5
