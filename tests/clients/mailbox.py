"""A push service on loopback, where a server that is just tried out may push to."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class Mailbox:
    """Takes everything and keeps it: headers with lower-case names, and the body."""

    def __init__(self) -> None:
        self.came: list[tuple[dict[str, str], bytes]] = []
        mailbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                mailbox.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(201)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://localhost:{self._server.server_address[1]}/phone"
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Stop taking."""
        self._server.shutdown()
        self._server.server_close()
