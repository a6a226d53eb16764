"""Figures at an address of their own, by a real server on loopback."""

from functools import partial
from pathlib import Path

import trio

from smallfed.config.addresses import Endpoint
from smallfed.federation.metrics import Metrics
from smallfed.listening import address, listen, serve
from smallfed.workers.figures import Figures
from tests.mastodon.api import living


async def test_it_is_served_until_it_is_told_to_stop(tmp_path: Path) -> None:
    stop = trio.Event()
    async with living(tmp_path) as api:
        metrics = Metrics(Figures(api.parts, lambda: 0), None)
        sock = listen(Endpoint("127.0.0.1", 0))
        port = int(address(sock).rpartition(":")[2])
        with trio.fail_after(20):
            async with trio.open_nursery() as nursery:
                await nursery.start(partial(serve, metrics.open, sock, stop=stop.wait))
                stream = await trio.open_tcp_stream("127.0.0.1", port)
                await stream.send_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                answer = b"".join([part async for part in stream])
                await stream.aclose()
                stop.set()

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert b"content-type: text/plain; version=0.0.4" in head.lower()
    assert b"\nsmallfed_info{version=" in body
