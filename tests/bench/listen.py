"""Listeners and senders at once, in one process, so that one clock says how long an event is on its way.

Run as ``python -m tests.bench.listen PORT TOKEN LISTENERS RATE WANTED FILE``. FILE is as for ``tests.bench.blast``:
requests that bring notes, sent at RATE a second over connections that stay open, while LISTENERS WebSockets hear the
home timeline, until each has heard WANTED notes. One JSON object is printed: ``sent`` is when a note was sent, by its
number, ``came`` [number, moment] for each time one was heard, ``zero`` the zero of these moments as a time of day,
``seconds`` how long the sending took.
"""

import json
import re
import selectors
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter, time
from typing import Any

from tests.bench.blast import Line, read

SENDERS = 16
GRACE = 30.0  # seconds after the last note in which all must have been heard
NUMBER = re.compile(rb"/statuses/(\d+)")
HEARD = re.compile(rb'"event":"update","payload":".{0,200}?/statuses/(\d+)', re.DOTALL)


class Listener:
    """One WebSocket; what it hears is looked at only as far as it must."""

    def __init__(self, port: int, token: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        lines = (
            f"GET /api/v1/streaming?stream=user&access_token={token} HTTP/1.1",
            "Host: home.example",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        )
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += self.socket.recv(1)
        if not answer.startswith(b"HTTP/1.1 101"):
            raise ConnectionError(answer.decode())
        self._buffer = bytearray()

    def heard(self) -> list[int]:
        """Take what has come; return the numbers of the notes in it. ConnectionError when it was cut off."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise ConnectionError("a listener was cut off")
        self._buffer += part
        found = []
        while (message := self._message()) is not None:
            if (note := HEARD.search(message)) is not None:
                found.append(int(note[1]))
        return found

    def _message(self) -> bytes | None:
        if len(self._buffer) < 4:
            return None
        size, head = self._buffer[1], 2
        if size >= 126:
            more = 2 if size == 126 else 8
            size, head = int.from_bytes(self._buffer[2 : 2 + more], "big"), 2 + more
        if len(self._buffer) < head + size:
            return None
        message = bytes(self._buffer[head : head + size])
        del self._buffer[: head + size]
        return message


def run(port: int, token: str, count: int, rate: float, wanted: int, requests: Sequence[bytes]) -> dict[str, Any]:
    """Listen and send; return what came of it."""
    sent: dict[int, float] = {}
    came: list[tuple[int, float]] = []
    statuses: dict[int, int] = {}
    with selectors.DefaultSelector() as selector:
        for _ in range(count):
            listener = Listener(port, token)
            selector.register(listener.socket, selectors.EVENT_READ, listener)
        idle = [Line(("127.0.0.1", port)) for _ in range(SENDERS)]
        for line in idle:
            selector.register(line.socket, selectors.EVENT_READ, line)
        waiting, begun = list(enumerate(requests)), perf_counter()
        end, busy = float("inf"), 0
        waiting.reverse()
        while (now := perf_counter()) < end and (busy or waiting or len(came) < wanted * count):
            while waiting and idle and begun + waiting[-1][0] / rate <= now:
                _, request = waiting.pop()
                number = NUMBER.search(request)
                sent[int(number[1]) if number else -1] = perf_counter()
                idle.pop().ask(request)
                busy += 1
            if not waiting and end == float("inf"):
                end = perf_counter() + GRACE
            pause = begun + waiting[-1][0] / rate - now if waiting and idle else 0.05
            for key, _ in selector.select(max(0.0, min(pause, 0.05))):
                if isinstance(key.data, Listener):
                    moment = perf_counter()
                    came += [(number, moment) for number in key.data.heard()]
                elif (status := key.data.receive()) is not None:
                    statuses[status] = statuses.get(status, 0) + 1
                    idle.append(key.data)
                    busy -= 1
    zero = time() - perf_counter()  # of our clock, on the wall
    return {"sent": sent, "came": came, "statuses": statuses, "zero": zero, "seconds": end - GRACE - begun}


def main() -> None:
    """Run as a command."""
    port, token, count, rate, wanted, file = sys.argv[1:]
    print(json.dumps(run(int(port), token, int(count), float(rate), int(wanted), read(Path(file)))))


if __name__ == "__main__":
    main()
