"""WebSockets: one connection, to which streams come and go as it says.

Spec: CLIENT_API §11, pitfall 22; https://docs.joinmastodon.org/methods/streaming/#websocket. Pings are those of the
server below (``smallfed.websockets``).
"""

from collections.abc import Awaitable, Callable

from msgspec import DecodeError, Struct, json

from smallfed.errors import Malformed, SmallfedError
from smallfed.mastodon.streaming import streams
from smallfed.mastodon.streaming.broadcasting import Broadcaster
from smallfed.mastodon.streaming.entering import Caller, Checker, message
from smallfed.mastodon.streaming.listeners import End, Listener
from smallfed.mastodon.streaming.speaking import Mouth
from smallfed.mastodon.streaming.streams import Asked
from smallfed.store.tokens import Token


class Order(Struct, frozen=True, kw_only=True):
    """What an app says. Ids come as numbers, too, and a stream as the list that events have."""

    type: str = ""
    stream: str | tuple[str, ...] = ""
    tag: str | int | None = None
    list: str | int | None = None

    @property
    def asked(self) -> Asked:
        """What it is about."""
        name = self.stream if isinstance(self.stream, str) else next(iter(self.stream), "")
        return Asked(stream=name, tag=_text(self.tag), list=_text(self.list))


def _text(value: str | int | None) -> str:
    return "" if value is None else str(value)


class Socket:
    """One WebSocket that is let in."""

    def __init__(
        self, broadcaster: Broadcaster, checker: Checker, listener: Listener, token: Token, mouth: Mouth
    ) -> None:
        self._audience, self._checker, self._token = broadcaster.audience, checker, token
        self._listener, self._mouth = listener, mouth

    async def serve(self, caller: Caller) -> None:
        """Serve it to its end; what it asks for at once is heard from the moment it is open."""
        await self._mouth.receive()  # that it has connected
        if caller.asked is not None:
            await self._do(self._subscribe, caller.asked)
        await self._mouth.say({"type": "websocket.accept", "subprotocol": next(iter(caller.protocols), None)})
        await self._mouth.serve(self._listener, self._speak, self._hear)
        why = self._listener.why
        bye = [{"type": "websocket.close", "code": why.code, "reason": why.value}] if why.code is not None else []
        await self._mouth.close(*bye)

    async def _speak(self) -> None:
        while True:
            await self._mouth.say({"type": "websocket.send", "text": await self._listener.next()})

    async def _hear(self) -> None:
        while True:
            event = await self._mouth.receive()
            if event["type"] == "websocket.disconnect":
                self._listener.end(End.GONE)
            elif event.get("text") is None:
                self._listener.end(End.BINARY)
            else:
                await self._obey(event["text"])

    async def _obey(self, text: str) -> None:
        try:
            order = json.decode(text, type=Order)
        except (DecodeError, RecursionError, UnicodeError) as error:
            self._listener.put(message(Malformed(f"this is no message that is understood here: {error}")))
            return
        match order.type:
            case "subscribe":
                await self._do(self._subscribe, order.asked)
            case "unsubscribe":
                await self._do(self._unsubscribe, order.asked)
            case _:
                self._listener.put(message(Malformed("the type of a message is subscribe or unsubscribe")))

    async def _do(self, what: Callable[[Asked], Awaitable[None]], asked: Asked) -> None:
        try:
            await what(asked)
        except SmallfedError as error:
            self._listener.put(message(error))

    async def _subscribe(self, asked: Asked) -> None:
        self._audience.subscribe(self._listener, await self._checker.stream(asked, self._token))

    async def _unsubscribe(self, asked: Asked) -> None:
        self._audience.unsubscribe(self._listener, streams.find(asked, self._token).key)
