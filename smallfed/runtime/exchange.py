"""One request and its answer on one connection.

Spec: RFC 9112 (through httpcore2 and h11), RFC 9112 §9.3.1 (repeating a request on a closed connection).
"""

import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Protocol

import httpcore2
import trio
from msgspec import Struct

from smallfed.errors import TooLarge
from smallfed.policy.targets import Target
from smallfed.runtime.dialer import Dialer
from smallfed.runtime.no_answer import NoAnswer
from smallfed.runtime.pool import Connection, Pool, close

COURTESY = 2.0  # seconds for a body that does not matter


class Reply(Struct, frozen=True):
    """Status, header with lower-case names, and the body as far as it was taken."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Sink(Protocol):
    """Takes a body piece by piece; what it raises ends the exchange, and the connection with it."""

    def turn(self) -> None:
        """Hear that there is a place for the request, and that it is sent now; for a redirect, once more."""
        ...

    async def begin(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Hear the status and header of a successful answer, whose body follows."""
        ...

    async def write(self, data: bytes) -> None:
        """Take the next bytes. As long as this lasts nothing more is read from the network."""
        ...


class Exchange:
    """Finds a connection, speaks, and keeps the connection when it can be used again.

    ``tls`` is asked for the context of all connections when the first of them needs it.
    """

    def __init__(self, dialer: Dialer, pool: Pool, tls: Callable[[], ssl.SSLContext]) -> None:
        self._dialer, self._pool, self._tls = dialer, pool, tls

    async def run(
        self,
        method: str,
        target: Target,
        headers: list[tuple[bytes, bytes]],
        body: bytes | None,
        limit: int,
        sink: Sink | None = None,
    ) -> Reply:
        """Send one request and read its answer; raise NoAnswer or TooLarge. No deadline of its own.

        A ``sink`` takes the body of a successful answer to GET, however large it is.
        """
        origin = (target.scheme, target.host, target.port)
        url = httpcore2.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        request = httpcore2.Request(method, url, headers=headers, content=body)
        kept = await self._pool.take(origin)
        connection = kept or await self._open(target, url)
        try:
            try:
                response = await connection.handle_async_request(request)
            except (httpcore2.NetworkError, httpcore2.RemoteProtocolError):
                if kept is None:
                    raise
                # The server closed the kept connection just as we spoke; what we say may be said twice.
                connection = await self._open_again(target, url)
                response = await connection.handle_async_request(request)
            reply = await _read(method, response, limit, sink)
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            await close(connection)
            raise NoAnswer(
                "protocol", f"{target.authority} broke off or did not speak HTTP", detail=str(error)
            ) from error
        except BaseException:
            await close(connection)
            raise
        await self._pool.keep(origin, connection)
        return reply

    async def _open_again(self, target: Target, url: httpcore2.URL) -> Connection:
        """Open a connection for what may have arrived by another one: that there is none does not say it has not."""
        try:
            return await self._open(target, url)
        except NoAnswer as error:
            raise NoAnswer("protocol", f"{target.authority} broke off", detail=error.message) from error

    async def _open(self, target: Target, url: httpcore2.URL) -> Connection:
        stream = await self._dialer.connect(target.host, target.port)
        if target.scheme == "https":
            await stream.secure(self._tls(), target.host)
        return Connection(url.origin, stream)


async def _read(method: str, response: httpcore2.Response, limit: int, sink: Sink | None) -> Reply:
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers]
    if method == "GET" and 200 <= response.status < 300:
        _refuse_encoded(headers)
        body = await _needed(response, headers, limit) if sink is None else await _poured(response, headers, sink)
    else:
        body = await _optional(response, headers, limit)
    return Reply(response.status, headers, body)


def _refuse_encoded(headers: list[tuple[str, str]]) -> None:
    if _is_encoded(headers):
        raise NoAnswer("encoding", "the answer is compressed, although we asked for identity")


async def _poured(response: httpcore2.Response, headers: list[tuple[str, str]], sink: Sink) -> bytes:
    """Let the sink have the body; nothing of it stays here."""
    await sink.begin(response.status, headers)
    parts: AsyncGenerator[bytes] = response.aiter_stream()
    async with aclosing(parts):
        async for part in parts:
            await sink.write(part)
    await response.aclose()
    return b""


async def _needed(response: httpcore2.Response, headers: list[tuple[str, str]], limit: int) -> bytes:
    body = await _body(response, headers, limit)
    if body is None:
        raise TooLarge(f"the answer is larger than {limit} bytes")
    return body


async def _optional(response: httpcore2.Response, headers: list[tuple[str, str]], limit: int) -> bytes:
    # The status has arrived and stands, whatever happens to the rest: a delivery that was
    # accepted must not be repeated because the polite words after it were cut short.
    if _is_encoded(headers):
        return b""
    with trio.move_on_after(COURTESY):
        try:
            return await _body(response, headers, limit) or b""
        except (httpcore2.NetworkError, httpcore2.ProtocolError):
            return b""
    return b""


async def _body(response: httpcore2.Response, headers: list[tuple[str, str]], limit: int) -> bytes | None:
    """Return the whole body, or None when it is larger than ``limit``; then no more of it is read."""
    announced = next((value for name, value in headers if name == "content-length"), "0")
    body = bytearray()
    if int(announced) > limit:
        return None
    parts: AsyncGenerator[bytes] = response.aiter_stream()
    async with aclosing(parts):
        async for part in parts:
            body += part
            if len(body) > limit:
                return None
    await response.aclose()
    return bytes(body)


def _is_encoded(headers: list[tuple[str, str]]) -> bool:
    return any(name == "content-encoding" and value.strip().lower() not in ("identity", "") for name, value in headers)
