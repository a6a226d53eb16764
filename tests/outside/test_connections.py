"""Connections that no honest client makes: rule 37, and the framing limits of rule 27, against a real process."""

import random
import resource
import time
from collections.abc import Iterator
from contextlib import ExitStack
from hashlib import sha256
from socket import MSG_PEEK

import pytest

from tests.outside.looking import Memory, Wire, answering, bugs
from tests.processes import Laboratory, Server, ask, eventually

IDLE = 2000
FILM = 40 << 20
HOST = b"Host: home.example\r\n"
JSON = b"Content-Type: application/activity+json\r\n"


@pytest.fixture(scope="module")
def watched(home: Server) -> Iterator[Server]:
    """The house; nothing that is said to it may bring a bug to light or end it."""
    yield home
    assert ask(f"{home.url}/readyz").status == 200
    assert bugs(home) == []


@pytest.fixture(scope="module", autouse=True)
def idle(watched: Server) -> Iterator[list[Wire]]:
    """Two thousand connections, there while all the others are made: they say nothing, half a head, or no more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2 * IDLE:
        yield []
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * IDLE), hard))
    memory = Memory(watched)
    with ExitStack() as stack:
        wires = [stack.enter_context(Wire(watched)) for _ in range(IDLE)]
        for wire in wires[0::4]:
            wire.say(b"GET /api/v1/timelines/home HTTP/1.1\r\nHost:")
        for number, wire in enumerate(wires[1::4]):
            wire.say((b"GET /healthz", b"GET /api/v1/instance", b"GET /@alice")[number % 3] + b" HTTP/1.1\r\n" + HOST)
            wire.say(b"\r\n").socket.recv(1, MSG_PEEK)  # all at once would take memory by how busy the machine is
        assert ask(f"{watched.url}/readyz").status == 200
        assert memory.moved < 50
        yield wires


@pytest.mark.parametrize("path", [b"/inbox", b"/users/alice/inbox", b"/api/v1/statuses", b"/oauth/token", b"/nowhere"])
@pytest.mark.parametrize("order", [1, -1])
def test_two_framings_are_refused(watched: Server, path: bytes, order: int) -> None:
    """Whatever stands behind the body must never be read as a second request."""
    framing = [b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n"][::order]
    smuggled = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"

    with Wire(watched) as wire:
        wire.say(b"POST " + path + b" HTTP/1.1\r\n" + HOST + JSON + b"".join(framing) + b"\r\n0\r\n\r\n" + smuggled)
        heard = wire.to_the_end()

    assert heard.startswith(b"HTTP/1.1 400 ")
    assert heard.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    ("framing", "body"),
    [
        (b"Content-Length: 5\r\nContent-Length: 6\r\n", b"{}   "),
        (b"Content-Length: 5, 6\r\n", b"{}   "),
        (b"Content-Length: -1\r\n", b""),
        (b"Content-Length: +5\r\n", b"{}   "),
        (b"Content-Length: 0x5\r\n", b"{}   "),
        (b"Content-Length: 99999999999999999999\r\n", b"{}"),
        (b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"),
        (b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n"),
        (b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"2;" + b"x" * 20_000 + b"\r\n{}\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"-2\r\n{}\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"2\r\n{}\n0\r\n\r\n"),
        (b"X: a\r\n b\r\n", b""),
        (b"X : a\r\n", b""),
        (b"X: a\0b\r\n", b""),
        (b"no colon\r\n", b""),
        (HOST, b""),
    ],
)
def test_broken_requests_end_the_connection(watched: Server, framing: bytes, body: bytes) -> None:
    with Wire(watched) as wire:
        wire.say(b"POST /inbox HTTP/1.1\r\nConnection: close\r\n" + HOST + JSON + framing + b"\r\n" + body)
        heard = wire.to_the_end()

    assert heard[9:12] in (b"400", b"401", b"413", b"431", b"501")
    assert heard.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /" + b"a" * 8300 + b" HTTP/1.1\r\n" + HOST, 414),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-Many: 1\r\n" * 101, 431),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-Long: " + b"a" * 20_000 + b"\r\n", 431),
        (b"GET /healthz HTTP/1.1\r\n", 400),  # no Host
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20 + b"\r\n", 400),  # TLS, by mistake
    ],
)
def test_heads_beyond_all_measure_are_refused(watched: Server, head: bytes, status: int) -> None:
    with Wire(watched) as wire:
        answer = wire.say(head + b"\r\n").answer()

    assert answer.status == status


@pytest.mark.parametrize("counted", [True, False])
def test_bodies_are_counted_while_they_are_read(watched: Server, counted: bool) -> None:
    """Rule 27: one byte more than 1 MB, announced by Content-Length or only seen when it has come."""
    size = (1 << 20) + 1
    body = b" " * size if counted else b"%x\r\n%b\r\n" % (size, b" " * size)
    framing = b"Content-Length: %d\r\n" % size if counted else b"Transfer-Encoding: chunked\r\n"

    with Wire(watched) as wire:
        answer = wire.say(b"POST /inbox HTTP/1.1\r\n" + HOST + JSON + framing + b"\r\n" + body).answer()

    assert (answer.status, answer.headers["connection"]) == (413, "close")


def test_bodies_without_end_are_cut_off(watched: Server) -> None:
    memory = Memory(watched)
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"

    with Wire(watched) as wire:
        wire.say(b"POST /inbox HTTP/1.1\r\n" + HOST + JSON + b"Transfer-Encoding: chunked\r\n\r\n")
        sent = 0
        while sent < 64 << 20 and wire.open:
            wire.say(chunk)
            sent += len(chunk)

    assert sent < 32 << 20
    assert memory.moved < 50


@pytest.mark.parametrize("path", [b"/inbox", b"/login", b"/oauth/token"])
def test_bodies_that_come_slowly_cost_little(watched: Server, path: bytes) -> None:
    """Nobody needs a signature or a token to send nearly all of a megabyte, and to be slow with the rest."""
    size, memory = 1 << 20, Memory(watched)
    head = b"POST " + path + b" HTTP/1.1\r\n" + HOST + JSON + b"Content-Length: %d\r\n\r\n" % size

    with ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(Wire(watched)).say(head).say(bytes(size - 9))
        assert ask(f"{watched.url}/readyz").status == 200
        moved = memory.moved

    assert moved < 50


@pytest.mark.parametrize("encoding", [b"gzip", b"br", b"identity, gzip"])
def test_bodies_that_would_have_to_be_decoded_are_refused(watched: Server, encoding: bytes) -> None:
    """Rule 27."""
    head = b"POST /inbox HTTP/1.1\r\n" + HOST + JSON + b"Content-Encoding: " + encoding + b"\r\nContent-Length: 2\r\n"

    with Wire(watched) as wire:
        answer = wire.say(head + b"\r\n{}").answer()

    assert (answer.status, answer.headers["connection"]) == (415, "close")


@pytest.mark.parametrize(
    ("offer", "status"),
    [
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n", 404),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close, Upgrade\r\nUpgrade: h2c\r\n", 200),
        (
            b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
            404,
        ),
    ],
)
def test_no_other_protocol_is_spoken(watched: Server, offer: bytes, status: int) -> None:
    """HTTP/2 would have limits of its own to hold; a websocket is opened where there is one, and nowhere else."""
    with Wire(watched) as wire:
        answer = wire.say(offer + b"\r\n").answer()

    assert answer.status == status


def test_who_never_reads_holds_nothing_up(lab: Laboratory) -> None:
    """A client asks for more than fits on the way and reads none of it: SIGTERM ends the server all the same."""
    server = lab.server("stubborn.example")
    server.setup("alice")
    server.start()
    ask_much = b"GET /users/alice HTTP/1.1\r\n" + HOST + b"Accept: application/activity+json\r\n\r\n"

    with Wire(server, receives=4096) as wire:
        wire.fill(ask_much)
        assert ask(f"{server.url}/readyz").status == 200
        code = server.stop()

    assert code == 0
    assert "clients cut off" in server.log.read_text()


def test_idle_connections_are_closed_in_the_end(watched: Server, idle: list[Wire], token: str) -> None:
    """They delayed nobody until then. The last of the tests, because it takes a quarter of a minute."""
    if not idle:
        pytest.skip("this system lets a process open too few files")

    with answering(watched, "/api/v1/timelines/home", token), answering(watched, "/readyz"):
        ends = [wire.to_the_end() for wire in idle]

    assert {end[:12] for end in ends} == {b"", b"HTTP/1.1 200"}


def test_what_nobody_reads_costs_little(watched: Server, token: str) -> None:
    """What waits to be sent is in memory: pictures, and long lists."""
    folder, name = watched.data / "media" / "files", f"{0:032x}.png"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(bytes(2 << 20))
    for number in range(30):
        watched.api("POST", "/api/v1/statuses", token, status=f"{number} " + "many words " * 400)
    me = watched.api("GET", "/api/v1/accounts/verify_credentials", token)["id"]
    memory = Memory(watched)
    with ExitStack() as stack:
        for path in (f"/media/files/{name}", f"/api/v1/accounts/{me}/statuses?limit=40"):
            for _ in range(250):
                wire = stack.enter_context(Wire(watched, receives=4096))
                wire.say(f"GET {path} HTTP/1.1\r\n".encode() + HOST + b"\r\n")
        eventually(lambda: ask(f"{watched.url}/readyz").status == 200)
        time.sleep(3)
        moved = memory.moved

    assert moved < 50


def test_a_film_reaches_a_slow_phone_whole(watched: Server, token: str) -> None:
    """Nobody else waits for it meanwhile, and nothing of it stays in memory."""
    name, film = f"{1:032x}.png", random.Random(1).randbytes(FILM)
    folder = watched.data / "media" / "files"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(film)
    memory, came = Memory(watched), sha256()

    with Wire(watched, receives=64 << 10) as wire, answering(watched, "/api/v1/timelines/home", token):
        wire.say(f"GET /media/files/{name} HTTP/1.1\r\nConnection: close\r\n".encode() + HOST + b"\r\n")
        head, _, body = wire.socket.recv(1 << 10).partition(b"\r\n\r\n")
        while body:
            came.update(body)
            time.sleep(0.01)
            body = wire.socket.recv(FILM // 200)

    assert f"content-length: {FILM}\r\n".encode() in head
    assert came.digest() == sha256(film).digest()
    assert memory.moved < 10
