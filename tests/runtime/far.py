"""Other servers for tests: real sockets on loopback, each answering the way a test wants."""

import ssl
from collections.abc import Awaitable, Callable
from functools import partial
from ipaddress import ip_network

import trio
import trustme

from smallfed.config import Endpoint
from smallfed.runtime.aside import Aside
from smallfed.runtime.client import Client

LOOPBACK = (ip_network("127.0.0.0/8"),)

Handler = Callable[["Asked"], Awaitable[None]]


class Asked:
    """One request that arrived at a far server."""

    def __init__(self, stream: trio.abc.Stream, head: str, body: bytes) -> None:
        self.stream = stream
        self.line, _, self.rest = head.partition("\r\n")
        self.body = body

    @property
    def path(self) -> str:
        """The request-target."""
        return self.line.split(" ")[1]

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Names in lower case, with values."""
        lines = (line.partition(":") for line in self.rest.split("\r\n") if line)
        return [(name.lower(), value.strip()) for name, _, value in lines]

    async def answer(self, status: int, body: bytes = b"", *, headers: str = "") -> None:
        """Answer as servers do."""
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
        await self.stream.send_all(head.encode("latin-1") + (b"" if self.line.startswith("HEAD") else body))

    async def say(self, text: str) -> None:
        """Send anything."""
        await self.stream.send_all(text.encode("latin-1"))


class Far:
    """A server on a port of its own, which remembers what it was asked."""

    def __init__(self, nursery: trio.Nursery, handler: Handler, authority: trustme.CA | None = None) -> None:
        self._nursery, self._handler, self._authority = nursery, handler, authority
        self.asked: list[Asked] = []
        self.connections = 0
        self.port = 0

    async def start(self, *names: str) -> "Far":
        """Listen, over TLS for ``names`` where there is an authority."""
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
        self.port = listeners[0].socket.getsockname()[1]
        serve = self._serve
        if self._authority is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._authority.issue_cert(*names).configure_cert(context)
            serve = partial(self._serve_tls, context)
        self._nursery.start_soon(trio.serve_listeners, serve, listeners)
        return self

    async def _serve_tls(self, context: ssl.SSLContext, socket: trio.SocketStream) -> None:
        await self._serve(trio.SSLStream(socket, context, server_side=True, https_compatible=True))

    async def _serve(self, stream: trio.abc.Stream) -> None:
        self.connections += 1
        try:
            async with stream:
                while (asked := await _receive(stream)) is not None:
                    self.asked.append(asked)
                    await self._handler(asked)
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            return  # the client left: what servers live with

    @property
    def endpoint(self) -> Endpoint:
        """Where it listens."""
        return Endpoint("127.0.0.1", self.port)


async def _receive(stream: trio.abc.Stream) -> Asked | None:
    received = b""
    while b"\r\n\r\n" not in received:
        part = await stream.receive_some()
        if not part:
            return None
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    asked = Asked(stream, head.decode("latin-1"), body)
    length = int(dict(asked.headers).get("content-length", "0"))
    while len(asked.body) < length:
        asked.body += await stream.receive_some()
    return asked


async def listen(nursery: trio.Nursery, handler: Callable[[trio.SocketStream], Awaitable[None]]) -> int:
    """Serve raw connections on loopback and return the port."""
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    nursery.start_soon(trio.serve_listeners, handler, listeners)
    port: int = listeners[0].socket.getsockname()[1]
    return port


async def hello(asked: Asked) -> None:
    """Answer 200 with what was asked for."""
    await asked.answer(200, asked.path.encode())


def trial(nursery: trio.Nursery, **options: object) -> Client:
    """Return a client as it is in trial mode, running in ``nursery``."""
    client = Client(**{"user_agent": "test", "aside": Aside(), "loopback_only": True, "allow_http": True} | options)  # type: ignore[arg-type]
    nursery.start_soon(client.run)
    return client
