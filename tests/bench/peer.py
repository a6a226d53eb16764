"""The other servers, all of them in one process: they serve actors, take deliveries, and note when each came.

Run as ``python -m tests.bench.peer FILE``, with FILE the JSON of ``Settings``; prints the ports it listens on as JSON.
Lean on purpose, so that little of the machine goes to this side: asyncio protocols without tasks.
"""

import asyncio
import json
import re
import socket
import ssl
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.people import Person, actor, plain

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
HOST = re.compile(rb"\r\nhost: *([^\r]+)", re.IGNORECASE)
BACKLOG = 4096


class Book:
    """What all hosts together have been asked."""

    def __init__(self, pems: list[str]) -> None:
        self._pems = pems
        self.came: list[tuple[float, str, str]] = []  # (moment, host, path) of every POST
        self.asked = 0  # GETs
        self.handshakes = 0

    def answer(self, method: str, path: str, host: str) -> tuple[int, bytes]:
        """Return status and body."""
        if method == "POST":
            self.came.append((time.monotonic(), host, path))
            return 202, b""
        self.asked += 1
        if "/statuses/" in path:
            name, _, number = path.removeprefix("/users/u").partition("/statuses/")
            return 200, json.dumps(plain(Person(number=int(name), host=host), int(number))["object"]).encode()
        if path.startswith("/users/u"):
            return 200, json.dumps(actor(f"https://{host}{path}", self._pem(path))).encode()
        if path.startswith("/.well-known/webfinger?resource="):
            name = path.partition("acct%3A" if "%3A" in path else "acct:")[2].partition("@")[0].partition("%40")[0]
            uri = f"https://{host}/users/{name}"
            links = [{"rel": "self", "type": "application/activity+json", "href": uri}]
            return 200, json.dumps({"subject": f"acct:{name}@{host}", "aliases": [uri], "links": links}).encode()
        return 404, b"{}"

    def _pem(self, path: str) -> str:
        return self._pems[int(path.removeprefix("/users/u").partition("/")[0]) % len(self._pems)]

    def obey(self, method: str, path: str, _: str) -> tuple[int, bytes]:
        """Answer the benchmark itself: GET tells what came, POST forgets it."""
        if method == "POST":
            self.came.clear()
            self.asked = self.handshakes = 0
        elif path == "/count":
            return 200, json.dumps(len(self.came)).encode()
        used = time.process_time()
        told = {"came": self.came, "asked": self.asked, "handshakes": self.handshakes, "cpu": used}
        return 200, json.dumps(told).encode()


class Connection(asyncio.Protocol):
    """One connection to one of the hosts. ``wait``: seconds before a POST is answered."""

    def __init__(self, book: Book, answer: Any, *, wait: float = 0.0) -> None:
        self._book, self._answer, self._wait = book, answer, wait
        self._buffer = bytearray()
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = transport
        self._book.handshakes += 1

    def data_received(self, data: bytes) -> None:
        """Answer what is whole."""
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        length = LENGTH.search(self._buffer, 0, end + 2)
        size = end + 4 + (int(length[1]) if length else 0)
        if len(self._buffer) < size:
            return
        method, path, _ = self._buffer[: self._buffer.index(b"\r\n")].decode("latin-1").split(" ", 2)
        named = HOST.search(self._buffer, 0, end + 2)
        host = named[1].decode() if named else ""
        del self._buffer[:size]
        if self._wait and method == "POST":
            asyncio.get_running_loop().call_later(self._wait, self._reply, 202, b"")
            return
        self._reply(*self._answer(method, path, host))

    def _reply(self, status: int, body: bytes) -> None:
        head = f"HTTP/1.1 {status} -\r\nContent-Type: application/activity+json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)


def hole(address: str) -> tuple[list[socket.socket], int]:
    """Return sockets to keep, and a port to which nobody can connect, nor is told so: its queue is full for ever."""
    listener = socket.socket()
    listener.bind((address, 0))
    listener.listen(0)
    waiting = []
    for _ in range(4):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(listener.getsockname())
        waiting.append(client)
    return [listener, *waiting], listener.getsockname()[1]


async def main(settings: dict[str, Any]) -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    book = Book(settings["pems"])
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(settings["certificate"])
    address = settings["address"]

    async def listen(*args: Any, tls: ssl.SSLContext | None = tls, **kwargs: Any) -> int:
        server = await loop.create_server(
            lambda: Connection(book, *args, **kwargs), address, 0, ssl=tls, backlog=BACKLOG
        )
        return int(server.sockets[0].getsockname()[1])

    kept, dead = hole(address)
    ports = {
        "healthy": await listen(book.answer),
        "slow": await listen(book.answer, wait=settings["slow"]),
        "dead": dead,
        "control": await listen(book.obey, tls=None),
    }
    print(json.dumps(ports), flush=True)
    await asyncio.Event().wait()
    del kept


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text())))
