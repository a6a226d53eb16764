"""What stands between a proxy and the server of a test: it counts requests, lets them wait, and can be away."""

import re
import socket
import time
from contextlib import suppress
from threading import Lock, Thread

REQUEST = re.compile(rb"(?:^|\n)([A-Z]+) (\S+) HTTP/1\.1\r\n")


class Relay:
    """Passes connections on to ``port``. ``asked`` are the requests that came, as (method, path)."""

    def __init__(self, port: int) -> None:
        self._behind = port
        self._lock = Lock()
        self._open = list[socket.socket]()
        self.asked = list[tuple[str, str]]()
        self.delay = 0.0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = int(self._listener.getsockname()[1])
        Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def leave(self) -> None:
        """Be away: what is connected is cut off, what comes is refused."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for each in self._open:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()
            self._open.clear()

    def come_back(self) -> None:
        """Listen again, at the same port."""
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=1024)
        Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                theirs, _ = listener.accept()
                ours = socket.create_connection(("127.0.0.1", self._behind))
                with self._lock:
                    self._open += (theirs, ours)
                Thread(target=self._pass_on, args=(theirs, ours, True), daemon=True).start()
                Thread(target=self._pass_on, args=(ours, theirs, False), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, asks: bool) -> None:
        with suppress(OSError):
            while part := source.recv(65536):
                if asks:
                    self._note(part)
                sink.sendall(part)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def _note(self, part: bytes) -> None:
        for method, path in REQUEST.findall(part):
            with self._lock:
                self.asked.append((method.decode(), path.decode()))
            time.sleep(self.delay)
