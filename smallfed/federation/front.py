"""The front door: everything passes here; the hot public requests are answered at once, the rest goes further in.

Spec: SAFETY rules 28, 37; RULINGS 22, 24.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import trio

from smallfed import errors
from smallfed.domain.house import MEDIA
from smallfed.federation import farewell
from smallfed.federation.callers import caller
from smallfed.federation.coming import Coming
from smallfed.federation.exchange import (
    CLOSE,
    Ambiguous,
    Body,
    LongAddress,
    LongHead,
    Reply,
    Request,
    Unsupported,
    answer,
    begin,
    refusal,
    request_of,
)
from smallfed.federation.outgoing import Outgoing
from smallfed.observe.counting import TOOK
from smallfed.observe.logging import event
from smallfed.pages.asgi import Asgi, Receive, Scope, Send, live
from smallfed.workers.parts import Parts

log = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[Reply]]
Find = Callable[[str, str, str | None], Handler | None]
"""(method, path, Accept) → who answers, or None when it is for Quart."""
TurnedAway = Callable[[errors.SmallfedError, str], None]
"""Hears of each request that is refused by its form, with its method."""

HEADER_LINES = 100
HEAD_SIZE = 16 * 1024  # of names and values: hypercorn counts only what does not come all at once
TARGET_LENGTH = 8192
STATUS: dict[type[errors.SmallfedError], int] = {
    Unsupported: 415,
    LongHead: 431,
    LongAddress: 414,
    errors.Malformed: 400,
    errors.Invalid: 400,
    errors.TooLarge: 413,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.Conflict: 409,
    errors.TooMany: 429,
    errors.Unavailable: 503,
}


class Front:
    """The ASGI application that the server runs."""

    def __init__(self, parts: Parts, find: Find, inner: Asgi, turned_away: TurnedAway) -> None:
        self._identity = parts.identity
        self._trusted = parts.config.server.trusted_proxies
        self._pace = parts.pace
        self._find = find
        self._inner = inner
        self._turned_away = turned_away
        self._coming, self._outgoing = Coming(), Outgoing()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let a WebSocket in."""
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        if refused := self._refused(scope) or self._departed(scope) or self._elsewhere(scope):
            await Body(receive).linger()
            await answer(refused, scope, send)
            return
        address = caller(scope["client"], _headers(scope, b"x-forwarded-for"), self._trusted)
        if scope["type"] == "websocket":
            await self._inner({**scope, "client": (address, 0)}, receive, send)
            return
        handler = self._find(scope["method"], scope["path"], _header(scope, b"accept"))
        begun, coming = trio.current_time(), self._coming.counted(scope, receive, address)
        try:
            await self._answer(scope, coming, self._outgoing.counted(scope, send), handler, address)
        finally:
            coming.end()
            TOOK.add(_door(scope["path"], handler), seconds=trio.current_time() - begun)

    def unread(self, status: int) -> None:
        """Hear of what did not become a request, and was answered so."""
        wrong = LongHead("too long a head") if status == 431 else errors.Malformed("no HTTP")
        self._turned_away(wrong, "")

    async def _answer(self, scope: Scope, receive: Receive, send: Send, handler: Handler | None, address: str) -> None:
        if handler is None:
            await self._inner({**scope, "client": (address, 0)}, receive, _to_the_end(send))
            return
        body = Body(receive)
        request = request_of(scope, body, address)
        with self._pace.hurry():
            reply = await _handled(handler, request)
        if CLOSE in reply.headers:
            await body.linger()
        await answer(reply, scope, send)

    def _refused(self, scope: Scope) -> Reply | None:
        """Return the answer to what no honest client sends, None for all else."""
        wrong = _wrong(scope)
        if wrong is None:
            return None
        self._turned_away(wrong, scope.get("method", "GET"))
        return refusal(errors.by_kind(STATUS, wrong, 500), wrong.message, CLOSE)

    def _departed(self, scope: Scope) -> Reply | None:
        """Return the answer of a house whose owner has left, None while somebody is here."""
        house = self._identity.house
        if house is None or house.left_at is None:
            return None
        accept, has_token = _header(scope, b"accept"), _header(scope, b"authorization") is not None
        has_token = has_token or scope["type"] == "websocket"  # it can be in many places there
        return farewell.answer(house, scope.get("method", "GET"), scope["path"], accept=accept, has_token=has_token)

    def _elsewhere(self, scope: Scope) -> Reply | None:
        """Return the answer where only media are served, and something else was asked for."""
        house = self._identity.house
        if house is None or house.media_host is None or scope["path"].startswith(MEDIA):
            return None
        host = (_header(scope, b"host") or "").lower()
        return refusal(404, "not found") if host == house.media_host else None


async def _handled(handler: Handler, request: Request) -> Reply:
    """Ask the handler; turn the kinds of errors into answers. This is the door's one table."""
    try:
        reply = await handler(request)
        if request.method != "HEAD":
            await begin(reply)
        return reply
    except errors.SmallfedError as error:
        status = errors.by_kind(STATUS, error, 500)
        event(
            log,
            "refused",
            method=request.method,
            path=request.path,
            status=status,
            caller=request.caller,
            reason=error.message,
            detail=error.detail,
        )
        wait = getattr(error, "retry_after", None)
        closing = (CLOSE,) if status in (413, 415) else ()
        return refusal(status, error.message, *((("retry-after", str(int(wait) + 1)),) if wait else ()), *closing)
    except Exception:
        log.exception("a bug while answering %r", request.path)
        return refusal(500, "something went wrong here; it is in the log")


def _door(path: str, handler: Handler | None) -> str:
    """Return what figures call the door that answers; streams stay open as long as their readers like."""
    if path.startswith("/api/v1/streaming"):
        return "streams"
    if path.startswith(("/media/", "/emoji/")):
        return "media"
    if handler is not None:
        return "federation"
    return "apps" if path.startswith(("/api/", "/oauth/")) else "pages"


def _to_the_end(send: Send) -> Send:
    """Return ``send``, of which the last word of an answer is not to be cancelled.

    With that word hypercorn tells Quart-Trio that all is done, which cancels its own sender: hypercorn would never come
    to start the timer of idle connections, and they would stay open for ever.
    """

    async def shielded(message: dict[str, Any]) -> None:
        last = message["type"] == "http.response.body" and not message.get("more_body", False)
        with trio.CancelScope(shield=last):
            await send(message)

    return shielded


def _headers(scope: Scope, wanted: bytes) -> str | None:
    """Return all lines of a header as one, as RFC 9110 §5.3 has it: some proxies add a line of their own."""
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == wanted]
    return ", ".join(lines) if lines else None


def _header(scope: Scope, wanted: bytes) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), None)


def _wrong(scope: Scope) -> errors.SmallfedError | None:
    """Return what no honest client sends: framing that a proxy may read another way, too much of a head."""
    names = [name for name, _ in scope["headers"]]
    if b"content-length" in names and b"transfer-encoding" in names:
        return Ambiguous("Content-Length and Transfer-Encoding exclude each other")
    if len(names) > HEADER_LINES or sum(len(name) + len(value) for name, value in scope["headers"]) > HEAD_SIZE:
        return LongHead(f"at most {HEADER_LINES} header lines, and {HEAD_SIZE} bytes of them")
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > TARGET_LENGTH:
        return LongAddress(f"the address may have at most {TARGET_LENGTH} bytes")
    return None
