"""Keeping: public answers of Quart, ready to be given out again without it until something of ours changes.

A post that goes round brings people to its page as it brings servers to its object. What an answer says of itself
decides: only what is ``public`` and has a validator is the same for everybody.

Spec: RFC 9111 §3; RULINGS 34.
"""

from typing import Any

from msgspec import Struct

from smallfed.pages.asgi import Asgi, Receive, Scope, Send
from smallfed.pages.validators import knows
from smallfed.runtime.hub import Hub
from smallfed.runtime.shelf import Shelf

LARGEST = 1 << 20  # bytes of one answer
_OF_BODY = (b"content-length", b"content-type")
_OF_ONE = {b"set-cookie", b"x-request-id"}  # what is for one request alone

Lines = list[tuple[bytes, bytes]]


class Kept(Struct, frozen=True):
    """A whole answer, with status 200."""

    lines: Lines
    etag: str
    body: bytes

    async def answer(self, scope: Scope, send: Send) -> None:
        """Give it, or as much of it as is asked for."""
        asked = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"if-none-match"), None)
        if knows(asked, self.etag):
            lines = [line for line in self.lines if line[0] not in _OF_BODY]
            await send({"type": "http.response.start", "status": 304, "headers": lines})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": 200, "headers": self.lines})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else self.body})


class Keeping:
    """Stands before ``inner``. Addresses with a query are not kept: strangers can think of as many as they like."""

    def __init__(self, hub: Hub, inner: Asgi) -> None:
        self._inner = inner
        self._shelf = Shelf[Kept](hub, lambda kept: len(kept.body))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or scope["query_string"]:
            await self._inner(scope, receive, send)
            return
        path: str = scope["path"]
        if (kept := self._shelf.find(path)) is not None:
            await kept.answer(scope, send)
            return
        generation, listening = self._shelf.generation, _Listening(send)
        await self._inner(scope, receive, listening)
        made = listening.made() if scope["method"] == "GET" else None
        if made is not None:
            self._shelf.put(path, made, generation=generation)


class _Listening:
    """An ASGI ``send`` that remembers an answer for everybody, and nothing of any other."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._lines: Lines = []
        self._etag: str | None = None
        self._body = bytearray()
        self._whole = False

    async def __call__(self, message: dict[str, Any]) -> None:
        """Send a message."""
        if message["type"] == "http.response.start":
            self._begin(message)
        elif self._etag is not None:
            self._body += message.get("body", b"")
            self._whole = not message.get("more_body", False)
            if len(self._body) > LARGEST:
                self._etag = None
        await self._send(message)

    def _begin(self, message: dict[str, Any]) -> None:
        self._lines = [(name.lower(), value) for name, value in message["headers"]]
        said = dict(self._lines)
        public = said.get(b"cache-control", b"").startswith(b"public") and not said.keys() & _OF_ONE
        if message["status"] == 200 and public and b"etag" in said:
            self._etag = said[b"etag"].decode("latin-1")

    def made(self) -> Kept | None:
        """Return the whole answer, if it is for everybody."""
        if self._etag is None or not self._whole:
            return None
        return Kept(self._lines, self._etag, bytes(self._body))
