"""Server-sent events: one stream over one request that does not end.

Spec: CLIENT_API §11; https://docs.joinmastodon.org/methods/streaming/#http; https://html.spec.whatwg.org (server-sent
events); RULINGS 24: this is not Quart's, which would end it after a minute.
"""

import trio

from smallfed.mastodon import replying
from smallfed.mastodon.streaming.listeners import End, Listener
from smallfed.mastodon.streaming.speaking import Mouth

THUMP = 15.0  # seconds of silence at most
GREETING, HEARTBEAT = ":)\n", ":thump\n"
HEADERS = {
    **replying.HEADERS,
    "Content-Type": "text/event-stream",
    "X-Accel-Buffering": "no",  # which nginx obeys
}


class Lines:
    """One request for a stream that is let in."""

    def __init__(self, listener: Listener, mouth: Mouth) -> None:
        self._listener, self._mouth = listener, mouth

    async def serve(self) -> None:
        """Serve it to its end."""
        headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
        await self._mouth.say({"type": "http.response.start", "status": 200, "headers": headers})
        await self._mouth.serve(self._listener, self._speak, self._hear)
        bye = [{"type": "http.response.body", "body": b""}] if self._listener.why.code is not None else []
        await self._mouth.close(*bye)

    async def _speak(self) -> None:
        await self._say(GREETING)
        while True:
            text = HEARTBEAT
            with trio.move_on_after(THUMP):
                text = await self._listener.next()
            await self._say(text)

    async def _say(self, text: str) -> None:
        await self._mouth.say({"type": "http.response.body", "body": text.encode(), "more_body": True})

    async def _hear(self) -> None:
        while (await self._mouth.receive())["type"] != "http.disconnect":
            pass
        self._listener.end(End.GONE)
