"""Hastening: three shortcuts through hypercorn, for exactly the version they were made for.

Spec: RULINGS 34. hypercorn 0.18 sends the head of an answer, its body and its (empty) end one by one, and starts a task
for every pause between two requests; together that is a fifth of what a small answer costs. It copies what it sends,
also where the system could send a file by itself. With any other version nothing is changed, and everything works as it
did, only slower.
"""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from math import inf
from typing import Any

import h11
import hypercorn.trio.tcp_server
import trio
from hypercorn.events import Closed, RawData
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.trio.tcp_server import TCPServer
from trio.socket import SocketType

from smallfed.pages.asgi import DROP, HAND_OVER
from smallfed.runtime.content import Content
from smallfed.sparing import installed

MADE_FOR = "0.18.0"
MSG_MORE = getattr(socket, "MSG_MORE", 0)


def hasten() -> bool:
    """Take the shortcuts, if this is the hypercorn they were made for; return whether it is."""
    if not _is_known():
        return False
    module: Any = hypercorn.trio.tcp_server
    module.TrioSingleTask = IdleWatch
    module.TCPServer._read_data = _read_to_the_end
    protocol: Any = H11Protocol
    protocol._send_h11_event = _send_together
    return True


@cache
def _is_known() -> bool:
    return installed("hypercorn") == MADE_FOR


def shortcuts(connection: TCPServer) -> dict[str, Any]:
    """Return what applications may do on a connection beyond ASGI, by its name in ``scope["state"]``."""
    return {HAND_OVER: partial(_hand_over, connection)} if _is_known() and sys.platform == "linux" else {}


_read_data = TCPServer._read_data


async def _read_to_the_end(connection: Any) -> None:
    """Read what comes on a connection; once nothing more does, nobody need watch it, or it would never end."""
    try:
        await _read_data(connection)
    finally:
        connection.idle_task.end()


async def _send_together(self: Any, event: h11.Event) -> None:
    """Send the head of an answer together with what follows it at once, and nothing where there is nothing to send."""
    try:
        data = self.connection.send(event)
    except h11.LocalProtocolError:
        if self.connection.their_state != h11.ERROR:
            raise
        return
    held: bytes = self.__dict__.pop("held", b"")
    if isinstance(event, h11.Response):
        self.held = held + data
    elif held or data:
        await self.send(RawData(data=held + data))


async def _hand_over(connection: TCPServer, content: Content, *, patience: float) -> None:
    """Let the system send ``content`` as the body of the answer whose head is held; its length was announced there.

    Whoever takes nothing of it for ``patience`` seconds is dropped, as is everybody to whom it cannot be sent whole.
    """
    protocol: Any = connection.protocol.protocol
    body: Any = content  # h11 counts it, and we send it
    if protocol.stream is None:
        return  # whoever asked has gone meanwhile
    protocol.connection.send_with_data_passthrough(h11.Data(data=body))
    head: bytes = protocol.__dict__.pop("held", b"")
    sock = connection.stream.socket
    try:
        async with connection.send_lock:
            with _patient(sock, patience):
                await _send_head(sock, head, patience)
                await content.hand_over(sock, patience=patience)
    except (OSError, trio.ClosedResourceError, trio.TooSlowError):
        connection.state[DROP]()
        await connection.protocol.handle(Closed())


@contextmanager
def _patient(sock: SocketType, patience: float) -> Iterator[None]:
    """Let the system, too, wait that long for somebody who is in a tunnel or has halted a film."""
    if sock.family == socket.AF_UNIX:
        yield
        return
    otherwise = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(patience * 1000))
    yield
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, otherwise)


async def _send_head(sock: SocketType, head: bytes, patience: float) -> None:
    """Send the head of an answer; the system keeps it for a moment, to go in one packet with what follows."""
    with trio.fail_after(patience):
        while head:
            head = head[await sock.send(head, MSG_MORE) :]


class IdleWatch:
    """One task for the life of a connection that closes it when it has been idle too long, or when we stop."""

    def __init__(self) -> None:
        self._since = inf  # busy
        self._watching = self._ended = False
        self._pause: trio.CancelScope | None = None

    async def restart(self, task_group: Any, action: Any) -> None:
        """Begin an idle time. ``action`` is the server's own method for one."""
        self._since = trio.current_time()
        if not self._watching:
            self._watching = True
            task_group._nursery.start_soon(self._watch, action.__self__)

    async def stop(self) -> None:
        """End it: a request has come."""
        self._since = inf

    def end(self) -> None:
        """Watch no longer: the other side has gone, or we have hung up, perhaps in the middle of a request."""
        self._ended = True
        if self._pause is not None:
            self._pause.cancel()

    async def _watch(self, server: TCPServer) -> None:
        patience = server.config.keep_alive_timeout
        while not self._ended and (left := self._since + patience - trio.current_time()) > 0:
            with trio.move_on_after(min(left, patience)) as self._pause:
                await server.context.terminated.wait()
                if self._since == inf:
                    return  # hypercorn closes the connection itself after the answer under way
                break
        if self._ended:
            return
        with trio.CancelScope(shield=True):
            await server._initiate_server_close()
