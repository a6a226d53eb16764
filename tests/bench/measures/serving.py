"""Serving: media as a post that goes round the world brings people to them, and to slow telephones."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

from tests.bench import rates
from tests.bench.budget import Row
from tests.bench.people import HOME
from tests.bench.stage import Bench, Stage

PICTURE, FILM = f"{1:032x}.jpg", f"{2:032x}.jpg"  # the server looks at no content here
SIZES = {PICTURE: 50_000, FILM: 40 << 20}
PATH = "/media/files"
PHONES = 500
SIP, PACE = 20_000, 1.0  # bytes each of them takes, and how often


def media(bench: Bench) -> Iterator[Row]:
    """A picture of 50 kB: whole, known already, a part of it; behind nginx; and a film of 40 MB."""
    stage = _stage(bench, "media")
    with stage.running(), rates.behind_nginx(bench, stage) as port:
        path = f"{PATH}/{PICTURE}"
        for name, headers, status in (
            ("picture", {}, 200),
            ("picture known", {"If-None-Match": f'"{PICTURE}"'}, 304),
            ("picture part", {"Range": "bytes=1000-10999"}, 206),
        ):
            found = rates.rate(bench, stage, path, headers=headers, status=status)
            yield Row(name=name, value=found.rate, note=f"{found.by}, {found.each:,.0f} µs of processor each")
        if port is not None:
            found = rates.rate(bench, stage, path, headers={}, port=port)
            yield Row(name="picture proxied", value=found.rate, note=found.by)
        found = rates.rate(bench, stage, f"{PATH}/{FILM}", headers={}, clients=4)
        yield Row(name="film", value=found.each / 1000, note=f"{found.rate:.0f} a second, {found.by}")


def phones(bench: Bench) -> Iterator[Row]:
    """Many slow telephones, each with a film of its own, and what everybody else notices of them."""
    stage, count = _stage(bench, "phones"), bench.some(PHONES)
    with stage.running(), ExitStack() as stack:
        before = stage.memory()
        lines = [stack.enter_context(_asking(stage.server.port)) for _ in range(count)]
        ends = time.monotonic() + rates.seconds(bench)
        while time.monotonic() < ends:
            begun = time.monotonic()
            taken = sum(len(line.recv(SIP)) for line in lines)
            time.sleep(max(0.0, PACE - (time.monotonic() - begun)))
        note = f"{count} of them, each takes {taken / count / 1000:.0f} kB a second"
        yield Row(name="phones", value=stage.peak() - before, note=note)
        found = rates.rate(bench, stage, f"{PATH}/{PICTURE}", headers={})
        yield Row(name="picture meanwhile", value=found.rate, note=f"{found.by}, {found.each:,.0f} µs each")


def _stage(bench: Bench, name: str) -> Stage:
    stage = bench.stage(name).seed()
    folder = stage.data / "media" / "files"
    folder.mkdir(parents=True)
    for file, size in SIZES.items():
        (folder / file).write_bytes(os.urandom(size))
    return stage


def _asking(port: int) -> socket.socket:
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * SIP)
    line.settimeout(30)
    line.connect(("127.0.0.1", port))
    line.sendall(f"GET {PATH}/{FILM} HTTP/1.1\r\nHost: {HOME}\r\n\r\n".encode())
    return line
