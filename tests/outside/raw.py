"""Servers of the laboratory that speak as no library of HTTP would."""

import socket
from threading import Thread

from tests.processes import Laboratory


class Raw:
    """Answers connections one after the other, under its names, with whatever ``answer`` writes; then it hangs up."""

    def __init__(self, lab: Laboratory, *domains: str) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        for domain in domains:
            lab.name(domain, self._socket.getsockname()[1])
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def answer(self, connection: socket.socket) -> None:
        """Answer one connection."""
        raise NotImplementedError

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self.answer(connection)

    def close(self) -> None:
        """Stop serving."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)
