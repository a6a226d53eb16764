"""Sockets and hypercorn: how connections come in.

hypercorn has one timer for header wait and keep-alive, never drops a client that stops reading, and would hang on it
when told to stop: our socket has TCP_USER_TIMEOUT, and ``app`` has a deadline. It would also speak HTTP/2 with whoever
asks for it on a plain connection, where none of our limits on connections hold, and has no option against that.
"""

import logging
import resource
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, cast

import hypercorn.trio
import trio
from hypercorn.config import Config as HypercornConfig
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.trio.tcp_server import TCPServer

from smallfed.config.addresses import Bind, Endpoint
from smallfed.errors import Misconfigured
from smallfed.hastening import hasten, shortcuts
from smallfed.observe.logging import event
from smallfed.pages.asgi import DROP, Asgi
from smallfed.sparing import installed
from smallfed.websockets import LARGEST, tame

log = logging.getLogger(__name__)

BACKLOG = 1024
KEEP_ALIVE = 15  # the proxy files in examples/ close theirs after 10, so that no POST meets a closing connection
HEAD_SIZE = 16 * 1024
SEND_PATIENCE_MS = 30_000
UNSENT = 256 * 1024  # bytes the system takes beyond what is on its way: progress shows soon, however fast it once was


def listen(bind: Bind) -> socket.socket:
    """Open the socket to listen on; Misconfigured when it cannot be had."""
    if isinstance(bind, Endpoint):
        return _listen_tcp(bind)
    return _listen_unix(bind.path)


def _listen_tcp(bind: Endpoint) -> socket.socket:
    family = socket.AF_INET6 if ":" in bind.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SEND_PATIENCE_MS)
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)
    try:
        sock.bind((bind.host, bind.port))
    except OSError as error:
        sock.close()
        raise Misconfigured(
            f"cannot listen on {bind.host}:{bind.port} ({error.strerror}): "
            "stop what listens there, or choose another address with `[server] bind` or --server-bind"
        ) from error
    sock.listen(BACKLOG)
    return sock


def _listen_unix(path: Path) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path.is_socket():
            path.unlink()
        sock.bind(str(path))
        path.chmod(0o660)
    except OSError as error:
        sock.close()
        raise Misconfigured(f"cannot listen on unix:{path} ({error.strerror})") from error
    sock.listen(BACKLOG)
    return sock


def address(sock: socket.socket) -> str:
    """Return where ``sock`` listens, for people: a URL, or ``unix:PATH``."""
    name = sock.getsockname()
    if sock.family == socket.AF_UNIX:
        return f"unix:{name}"
    host = f"[{name[0]}]" if ":" in name[0] else name[0]
    return f"http://{host}:{name[1]}"


class _Config(HypercornConfig):
    """``unread`` hears the status of what is answered before there is a request."""

    unread: Callable[[int], None]


async def serve(
    app: Asgi,
    sock: socket.socket,
    *,
    stop: Callable[[], Awaitable[None]],
    unread: Callable[[int], None] = lambda _: None,
    task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Serve ``app`` on ``sock`` until ``stop()`` returns; answers under way have three more seconds.

    ``unread`` hears of what does not become a request, since it is no HTTP or too long, with the status it is answered.
    """
    TCPServer.run = _alone  # type: ignore[assignment, method-assign]
    H11Protocol._check_protocol = _stay_with_http_1  # type: ignore[assignment, method-assign] # noqa: SLF001 - see above
    H11Protocol._send_error_response = _refuse_unread  # type: ignore[assignment, method-assign] # noqa: SLF001
    tame()
    if not hasten():
        event(log, "unhastened", version=installed("hypercorn"))
    config = _Config()
    config.unread = unread
    config.bind = [f"fd://{sock.detach()}"]  # hypercorn closes it from now on
    config.backlog = BACKLOG
    config.keep_alive_timeout = KEEP_ALIVE
    config.keep_alive_max_requests = 1_000_000
    config.h11_max_incomplete_size = HEAD_SIZE
    config.graceful_timeout = 3
    config.include_server_header = False
    config.alpn_protocols = ["http/1.1"]
    config.websocket_max_message_size = LARGEST
    config.errorlog = logging.getLogger("hypercorn")
    config.accesslog = None
    logging.getLogger("hypercorn").setLevel(logging.WARNING)
    async with trio.open_nursery() as nursery:
        await nursery.start(_served, app, config, stop)
        task_status.started()


_run = TCPServer.run


async def _alone(connection: TCPServer) -> None:
    """Serve one connection; a bug in it is its own end, and not that of the server. Applications may drop it."""
    try:
        connection.state = {**connection.state, DROP: partial(_drop, connection), **shortcuts(connection)}
        await _run(connection)
    except Exception:
        log.exception("a bug ended a connection")


def _drop(connection: TCPServer) -> None:
    """Close the socket under whatever is going on: hypercorn shields its sending from being cancelled."""
    stream = getattr(connection.stream, "transport_stream", connection.stream)
    stream.socket.close()


async def _stay_with_http_1(protocol: H11Protocol, request: object) -> None:
    """Take no offer of another protocol, as RFC 9110 §7.8 allows."""


_send_error_response = H11Protocol._send_error_response  # noqa: SLF001


async def _refuse_unread(protocol: H11Protocol, status: int) -> None:
    """Answer what cannot be read, and say so; where a request has begun, whoever reads its body hears of it."""
    if protocol.stream is None:
        cast("_Config", protocol.config).unread(status)
    await _send_error_response(protocol, status)


async def _served(
    app: Asgi, config: HypercornConfig, stop: Callable[[], Awaitable[None]], *, task_status: trio.TaskStatus[Any]
) -> None:
    framework = cast("Any", app)
    await hypercorn.trio.serve(framework, config, shutdown_trigger=stop, mode="asgi", task_status=task_status)


def raise_descriptor_limit() -> int:
    """Allow as many open files as the system lets us; return how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else hard
    if soft < wanted:
        with suppress(ValueError, OSError):  # macOS names a hard limit that it does not grant
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
