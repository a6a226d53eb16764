"""What does not become a request is counted, by a real server on loopback."""

from functools import partial
from pathlib import Path
from typing import cast

import pytest
import trio

from smallfed.config.addresses import Endpoint
from smallfed.federation.front import Front
from smallfed.federation.routes import Routes
from smallfed.listening import address, listen, serve
from smallfed.pages.asgi import Asgi
from smallfed.store import refusals
from smallfed.store.refusals import Which
from tests.mastodon.api import living

HOST = b"Host: home.example\r\n"
POST = b"POST /inbox HTTP/1.1\r\n" + HOST + b"Content-Type: application/activity+json\r\n"


@pytest.mark.parametrize(
    ("sent", "status", "lines"),
    [
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n", 200, []),
        (b"garbage\r\n\r\n", 400, [("other", "door: malformed", 2)]),
        (b"\x16\x03\x01\x02\x00\x01" * 20 + b"\r\n", 400, [("other", "door: malformed", 2)]),
        (b"GET / HTTP/1.1\r\n\r\n", 400, [("other", "door: malformed", 2)]),
        (b"GET / HTTP/1.1\r\n" + HOST + b"no colon\r\n\r\n", 400, [("other", "door: malformed", 2)]),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000, 431, [("other", "door: head", 2)]),
        (POST + b"Content-Length: many\r\n\r\n", 400, [("other", "door: malformed", 2)]),
        (POST + b"Transfer-Encoding: gzip\r\n\r\n", 501, [("other", "door: malformed", 2)]),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nno size\r\n", 400, [("POST", "door: malformed", 2)]),
    ],
    ids=["fine", "garbage", "TLS", "no host", "header", "long", "length", "encoding", "chunk"],
)
async def test_what_is_no_request_has_its_line(
    tmp_path: Path, sent: bytes, status: int, lines: list[tuple[str, str, int]]
) -> None:
    """Each time once, whoever notices it first."""
    stop = trio.Event()
    async with living(tmp_path) as api:
        routes = Routes(api.parts)
        front = Front(api.parts, routes.find, cast("Asgi", api.app), routes.refusing.turned_away)
        sock = listen(Endpoint("127.0.0.1", 0))
        port = int(address(sock).rpartition(":")[2])
        serving = partial(serve, front, sock, stop=stop.wait, unread=front.unread)
        with trio.fail_after(20):
            async with trio.open_nursery() as nursery:
                await nursery.start(serving)
                answers = [await _ask(port, sent) for _ in range(2)]
                stop.set()
        await routes.refusing.write_down()
        found = await api.parts.db.read(refusals.newest, Which(door=True), limit=9)

    assert answers == [status, status]
    assert [(line.type, line.rule, line.times) for line in found] == lines
    assert {line.host for line in found} <= {""}


async def _ask(port: int, sent: bytes) -> int:
    """Return the status of the answer."""
    stream = await trio.open_tcp_stream("127.0.0.1", port)
    async with stream:
        await stream.send_all(sent)
        return int((await stream.receive_some()).split(b" ")[1])
