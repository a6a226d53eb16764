"""The load generator, a process of its own: requests prepared in advance, over connections that stay open.

Run as ``python -m tests.bench.blast HOST PORT CONNECTIONS SECONDS FILE``. FILE holds whole HTTP requests, each behind
its length in four bytes. They are sent once each, or over and over for SECONDS when that is not 0. One JSON object is
printed: what came of it.
"""

import json
import re
import selectors
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path
from time import perf_counter

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
PATIENCE = 60.0  # seconds without any answer after which we give up


class Line:
    """One connection: a request, its answer, the next request."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self.since = 0.0
        self._buffer = bytearray()
        self.socket = self._connected()

    def _connected(self) -> socket.socket:
        connection = socket.create_connection(self._address)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def ask(self, request: bytes) -> None:
        """Send a request."""
        self.since = perf_counter()
        self._buffer.clear()
        self.socket.sendall(request)

    def receive(self) -> int | None:
        """Take what has come; return the status once the answer is whole. ConnectionError when it was cut off."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise ConnectionError("closed without an answer")
        self._buffer += part
        return int(self._buffer[9:12]) if self._whole() else None

    def _whole(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        if (length := LENGTH.search(self._buffer, 0, end)) is not None:
            return len(self._buffer) >= end + 4 + int(length[1])
        return not CHUNKED.search(self._buffer, 0, end) or self._buffer.endswith(b"0\r\n\r\n")


def blast(address: tuple[str, int], connections: int, requests: Iterator[bytes], until: float) -> dict[str, object]:
    """Send ``requests`` until there are no more of them or it is ``until``; return what came of them."""
    statuses: Counter[int] = Counter()
    latencies: list[float] = []
    lines = [Line(address) for _ in range(connections)]
    begun = perf_counter()
    with selectors.DefaultSelector() as selector:
        for line, request in zip(lines, requests, strict=False):
            line.ask(request)
            selector.register(line.socket, selectors.EVENT_READ, line)
        while selector.get_map():
            ready = selector.select(PATIENCE)
            if not ready:
                raise TimeoutError("no answer for a minute")
            for key, _ in ready:
                line = key.data
                status = line.receive()
                if status is None:
                    continue
                now = perf_counter()
                latencies.append(now - line.since)
                statuses[status] += 1
                request = next(requests, None) if now < until else None
                if request is None:
                    selector.unregister(line.socket)
                else:
                    line.ask(request)
    seconds = perf_counter() - begun
    latencies.sort()
    return {
        "count": len(latencies),
        "seconds": seconds,
        "rate": len(latencies) / seconds,
        "statuses": dict(statuses),
        "p50": latencies[len(latencies) // 2] * 1000,
        "p99": latencies[int(len(latencies) * 0.99)] * 1000,
        "max": latencies[-1] * 1000,
    }


def read(file: Path) -> list[bytes]:
    """Return the requests in a file."""
    content, requests, at = file.read_bytes(), [], 0
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        requests.append(content[at + 4 : at + 4 + size])
        at += 4 + size
    return requests


def write(file: Path, requests: Iterator[bytes]) -> int:
    """Put requests into a file; return how many."""
    count = 0
    with file.open("wb") as out:
        for request in requests:
            out.write(len(request).to_bytes(4, "big") + request)
            count += 1
    return count


def main() -> None:
    """Run as a command."""
    host, port, connections, seconds, file = sys.argv[1:]
    requests = read(Path(file))
    length = float(seconds)
    order = chain.from_iterable(repeat(requests)) if length else iter(requests)
    until = perf_counter() + length if length else float("inf")
    print(json.dumps(blast((host, int(port)), int(connections), order, until)))


if __name__ == "__main__":
    main()
