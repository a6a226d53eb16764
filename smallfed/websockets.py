"""WebSockets as hypercorn carries them, with what it leaves open closed.

hypercorn notices no dead peer, keeps what is too large in memory while more of it comes, compresses for each connection
apart (a quarter of a megabyte, and the same event again for everybody), and never closes after a handshake that it
refused. None of that is an option of it.

Spec: RFC 6455 §§4.2, 5.5, 7.4; CLIENT_API pitfall 22; SAFETY §2 (WebSocket).
"""

from dataclasses import replace
from typing import Any

import hypercorn.protocol.h11
import trio
from hypercorn.protocol.events import Body, Data, EndBody, Event, Request, Response, StreamClosed
from hypercorn.protocol.ws_stream import FrameTooLargeError, WebsocketBuffer, WSStream
from hypercorn.typing import WebsocketAcceptEvent
from wsproto.events import Message, Ping

PING = 30.0  # seconds between two; proxies cut what is silent for a minute
LARGEST = 16 * 1024  # characters of one message
MISSED = 2  # pings without a sign of life, after which there is nobody
COMPRESSION = b"sec-websocket-extensions"
HANDSHAKE = (b"connection", b"upgrade", b"sec-websocket-")


def tame() -> None:
    """Let hypercorn carry WebSockets so from now on."""
    module: Any = hypercorn.protocol.h11
    module.WSStream = Socket


class Bounded(WebsocketBuffer):
    """A message that is coming. What would make it too large is not taken in; ``full`` says that this was tried."""

    full = False

    def extend(self, event: Message[Any]) -> None:
        """Add a part; FrameTooLargeError beyond ``LARGEST``."""
        if self.length + len(event.data) > self.max_length:
            self.full = True
            raise FrameTooLargeError
        super().extend(event)


class Socket(WSStream):
    """One WebSocket of hypercorn's."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.buffer: Bounded = Bounded(LARGEST)
        self._over = trio.Event()
        self._heard = trio.current_time()

    async def handle(self, event: Event) -> None:
        """Take what comes from the peer, or hear that the connection is closed."""
        self._heard = trio.current_time()
        if isinstance(event, Request):
            await self._begin(event)
            return
        if isinstance(event, StreamClosed):
            self._over.set()
        await super().handle(event)
        too_early = isinstance(event, Body | Data) and self.closed and not self.handshake.accepted
        if self.buffer.full or too_early:
            await self.send(StreamClosed(stream_id=self.stream_id))

    async def _begin(self, event: Request) -> None:
        """Hand a handshake on; one that is none is refused, and the connection closed."""
        headers = [(name, value) for name, value in event.headers if name.lower() != COMPRESSION]
        if all(value.isascii() for name, value in headers if name.lower().startswith(HANDSHAKE)):
            await super().handle(replace(event, headers=headers))
        else:
            refused = [(b"content-length", b"0"), (b"connection", b"close")]
            await self.send(Response(stream_id=self.stream_id, status_code=400, headers=refused))
            await self.send(EndBody(stream_id=self.stream_id))
            self.closed = True
        if self.closed:
            await self.send(StreamClosed(stream_id=self.stream_id))

    async def _accept(self, message: WebsocketAcceptEvent) -> None:
        await super()._accept(message)
        self.task_group.spawn(self._watch)

    async def _watch(self) -> None:
        """Ping now and then, so that nobody on the way takes the connection for dead; close it when it is."""
        while True:
            with trio.move_on_after(PING):
                await self._over.wait()
                return
            if trio.current_time() - self._heard >= MISSED * PING:
                await self.send(StreamClosed(stream_id=self.stream_id))
                return
            await self._send_wsproto_event(Ping())
