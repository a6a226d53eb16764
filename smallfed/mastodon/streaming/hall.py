"""The hall: whoever wants to listen is let in or sent away here.

Spec: CLIENT_API §11; SAFETY rules 34, 35.
"""

from smallfed.errors import Malformed, SmallfedError
from smallfed.mastodon.streaming import streams
from smallfed.mastodon.streaming.broadcasting import Broadcaster
from smallfed.mastodon.streaming.entering import Caller, Checker, caller, refuse
from smallfed.mastodon.streaming.lines import Lines
from smallfed.mastodon.streaming.listeners import Listener, frame, lines
from smallfed.mastodon.streaming.sockets import Socket
from smallfed.mastodon.streaming.speaking import Mouth
from smallfed.mastodon.streaming.streams import Stream
from smallfed.pages.asgi import Receive, Scope, Send
from smallfed.store.tokens import Token
from smallfed.workers.parts import Parts


class Hall:
    """Serves connections of apps; ``broadcaster`` tells them what happens."""

    def __init__(self, parts: Parts) -> None:
        self.broadcaster = Broadcaster(parts)
        self._checker = Checker(parts.db, parts.clock)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection to its end."""
        listener: Listener | None = None
        try:
            who, token = await self._admitted(scope)
            wanted = await self._wanted(scope, who, token)
            listener = Listener(token.id, frame if wanted is None else lines)
            self.broadcaster.join(listener)
            await self._checker.still(who.secret)  # a revocation before it has joined would not have found it
        except SmallfedError as error:
            if listener is not None:
                self.broadcaster.leave(listener)
            await refuse(error, scope, receive, send)
            return
        mouth = Mouth(scope, receive, send)
        try:
            if wanted is None:
                await Socket(self.broadcaster, self._checker, listener, token, mouth).serve(who)
            else:
                self.broadcaster.audience.subscribe(listener, wanted)
                await Lines(listener, mouth).serve()
        finally:
            self.broadcaster.leave(listener)

    async def _admitted(self, scope: Scope) -> tuple[Caller, Token]:
        who = caller(scope)
        return who, await self._checker.token(who.secret)

    async def _wanted(self, scope: Scope, who: Caller, token: Token) -> Stream | None:
        """Return the stream that a request is for, None for a WebSocket: what those want may be wrong."""
        if scope["type"] == "websocket":
            return None
        if who.asked is None or not streams.is_known(who.asked.stream):
            raise Malformed("Unknown channel requested")
        return await self._checker.stream(who.asked, token)
