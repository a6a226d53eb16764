"""One request and one reply at the raw door: plain ASGI, with our own limits.

Spec: ASGI 3 HTTP; SAFETY rules 27, 37 and §2 (HTTP).
"""

from functools import partial
from typing import Any
from urllib.parse import parse_qs

import trio
from msgspec import Struct, json

from smallfed.errors import Invalid, Malformed, TooLarge
from smallfed.federation.sending import Flow, send_file
from smallfed.pages.asgi import Receive, Scope, Send, respond
from smallfed.protocol.signatures.message import Message

MOST_FIELDS = 50
BODY_LIMIT = 1 << 20
BODY_IDLE = 30.0
BODY_DEADLINE = 60.0
LINGER = 1 << 20  # bytes of a body nobody wants that are let pass before the connection is closed on the rest
LINGER_DEADLINE = 1.0
CLOSE = ("connection", "close")


class Unsupported(Invalid):
    """The body is of a type, or in an encoding, that is not taken."""


class Ambiguous(Malformed):
    """Where the body ends can be read in two ways."""


class LongHead(TooLarge):
    """There are too many headers, or too much in them."""


class LongAddress(TooLarge):
    """What is asked for has too long an address."""


class Body:
    """The ASGI ``receive`` of one request, which knows whether more is to come."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._ended = False

    async def __call__(self) -> dict[str, Any]:
        """Return the next ASGI event."""
        event = await self._receive()
        self._ended = event["type"] != "http.request" or not event.get("more_body", False)
        return event

    async def linger(self) -> None:
        """Let a moment's worth of what is still to come pass by.

        To close on unread bytes resets the connection, and takes the answer away from whoever was still sending.
        """
        left = LINGER
        with trio.move_on_after(LINGER_DEADLINE):
            while not self._ended and left > 0:
                left -= len((await self()).get("body", b"")) + 1


class Request(Struct, kw_only=True):
    """What is asked. ``target`` is path and query as received; header names are lower case, values Latin-1."""

    method: str
    path: str
    target: str
    query: str
    headers: tuple[tuple[str, str], ...]
    caller: str
    receive: Receive

    def header(self, name: str) -> str | None:
        """Return the first header of this (lower-case) name."""
        return next((value for line, value in self.headers if line == name), None)

    def signed(self, scheme: str, body: bytes | None = None) -> Message:
        """Return what a signature of it can cover; ``scheme`` is that of our public address."""
        return Message(
            method=self.method,
            authority=self.header("host") or "",
            target=self.target,
            headers=self.headers,
            scheme=scheme,
            body=body,
        )

    def fields(self) -> dict[str, list[str]]:
        """Return the query by name; Malformed when it has too many fields."""
        try:
            return parse_qs(self.query, max_num_fields=MOST_FIELDS)
        except ValueError as error:
            raise Malformed(f"the query may have at most {MOST_FIELDS} fields") from error


class Reply(Struct, frozen=True, kw_only=True):
    """What is answered. ``headers`` come on top of Content-Type and Content-Length."""

    status: int = 200
    body: bytes | Flow = b""
    content_type: str = "application/json; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


def refusal(status: int, message: str, *headers: tuple[str, str]) -> Reply:
    """Return an error as JSON, readable by people and by programs of any origin, cached by nobody."""
    body, always = (
        json.encode({"error": message}),
        (("cache-control", "no-store"), ("access-control-allow-origin", "*")),
    )
    return Reply(status=status, body=body, headers=(*always, *headers))


def request_of(scope: Scope, receive: Receive, caller: str) -> Request:
    """Read an ASGI scope."""
    query = scope["query_string"].decode("latin-1")
    raw = scope.get("raw_path") or scope["path"].encode()
    target = raw.decode("latin-1")
    return Request(
        method=scope["method"],
        path=scope["path"],
        target=f"{target}?{query}" if query else target,
        query=query,
        headers=tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]),
        caller=caller,
        receive=receive,
    )


async def begin(reply: Reply) -> None:
    """Make sure that what is answered can be had, while something else can be said; an error of the house if not."""
    if not isinstance(reply.body, bytes):
        try:
            await reply.body.ready()
        except BaseException:
            reply.body.close()
            raise


async def answer(reply: Reply, scope: Scope, send: Send) -> None:
    """Send a reply; without its body where that is what was asked."""
    headers = (*_of_body(reply), ("x-content-type-options", "nosniff"), *reply.headers)
    begin = partial(respond, scope, send, status=reply.status, headers=headers)
    is_head = scope.get("method") == "HEAD"
    if isinstance(reply.body, bytes):
        await begin(body=b"" if is_head else reply.body)
        return
    try:
        await (begin(body=b"") if is_head else send_file(reply.body, begin, send, scope))
    finally:
        reply.body.close()


def _of_body(reply: Reply) -> tuple[tuple[str, str], ...]:
    """Return what is said of the body; nothing where that would be said of an answer that is not given."""
    if reply.status == 304:
        return ()
    return ("content-type", reply.content_type), ("content-length", str(len(reply.body)))


async def read_body(request: Request, *, limit: int = BODY_LIMIT) -> bytes:
    """Return the body, counted while it is read. TooLarge beyond ``limit``, Malformed when it does not come in time."""
    if int(request.header("content-length") or 0) > limit:
        raise TooLarge(f"the body may have at most {limit} bytes")
    chunks: list[bytes] = []
    size, more = 0, True
    end = trio.current_time() + BODY_DEADLINE
    with trio.CancelScope() as patience:
        while more:
            patience.deadline = min(end, trio.current_time() + BODY_IDLE)
            event = await request.receive()
            if event["type"] != "http.request":
                raise Malformed("the connection was closed before the whole body had arrived")
            chunks.append(event.get("body", b""))
            size += len(chunks[-1])
            if size > limit:
                raise TooLarge(f"the body may have at most {limit} bytes")
            more = event.get("more_body", False)
    if more:
        raise Malformed("the body did not arrive in time")
    return b"".join(chunks)
