"""One connection to another server, plain or TLS, as httpcore2 wants it.

Spec: RFC 8446 and RFC 5246 (TLS 1.2 and later, verified against the host name), RFC 7301 (ALPN: HTTP/1.1).
"""

import ssl
from pathlib import Path

import httpcore2
import trio

from smallfed.errors import Misconfigured
from smallfed.runtime.no_answer import NoAnswer

HANDSHAKE = 10.0
RECORD = 1 << 16  # bytes taken from the socket at once


def tls_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """Return the context all connections share: the system's authorities, and those of ``ca_file`` besides them."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_default_certs()
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            raise Misconfigured(
                f"[network] ca_file {ca_file} cannot be read as certificates: name a PEM file", detail=str(error)
            ) from error
    return context


class Stream(httpcore2.AsyncNetworkStream):
    """A connected socket, with TLS around it or without.

    httpcore2 passes a ``timeout`` for each call, which is ignored: one deadline holds for the whole exchange.
    """

    def __init__(self, socket: trio.SocketStream) -> None:
        self._socket = socket
        self._stream: trio.SocketStream | Tls = socket
        self._held = b""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Return some bytes, or none at the end of the stream; what was written goes first."""
        try:
            if self._held:
                held, self._held = self._held, b""
                await self._stream.send_all(held)
            return bytes(await self._stream.receive_some(max_bytes))
        except (trio.BrokenResourceError, trio.ClosedResourceError) as error:
            raise httpcore2.ReadError(str(error)) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Take ``buffer`` to be sent before the next read: head and body of a request in one piece."""
        await trio.lowlevel.checkpoint_if_cancelled()
        self._held += buffer

    async def aclose(self) -> None:
        """Close at once; nothing is waited for."""
        await self._stream.aclose()

    async def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Shake hands and verify that the other end is ``host``; close the socket when that fails."""
        secured = Tls(self._socket, context, host)
        try:
            with trio.fail_after(HANDSHAKE):
                await secured.shake_hands()
        except BaseException as error:
            await trio.aclose_forcefully(self._socket)
            match error:
                case trio.BrokenResourceError() | ssl.SSLError():
                    reason = str(error)
                case trio.TooSlowError():
                    reason = f"no handshake within {HANDSHAKE:g} seconds"
                case _:
                    raise
            raise NoAnswer("tls", f"{host} offers no TLS connection we trust", detail=reason) from error
        self._stream = secured

    def peer(self) -> tuple[str, int]:
        """Return address and port at the other end of the socket."""
        address, port, *_ = self._socket.socket.getpeername()
        return address, port

    def get_extra_info(self, info: str) -> object:
        """Answer the one question that matters to us: whether an idle connection has something to read."""
        return self._socket.socket.is_readable() if info == "is_readable" else None


class Tls:
    """TLS in memory over a connected socket, for one task at a time.

    trio's own stream is made for two tasks at once and pays for it with locks and checks at every step, which shows
    when a thousand servers are met for the first time.

    Spec: https://docs.python.org/3/library/ssl.html#memory-bio-support
    """

    def __init__(self, socket: trio.SocketStream, context: ssl.SSLContext, host: str) -> None:
        self._socket = socket
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)

    async def shake_hands(self) -> None:
        """Shake hands; raises SSLError, or BrokenResourceError when the other end goes away.

        Our last words are kept, and sent along with what is said first.
        """
        while not self._step():
            await self._exchange()

    def _step(self) -> bool:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    async def receive_some(self, max_bytes: int) -> bytes:
        """Return some bytes, or none at the end: closed in form or not, for HTTP says itself where a body ends."""
        while True:
            try:
                return self._tls.read(max_bytes)
            except ssl.SSLWantReadError:
                await self._exchange()
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""
            except ssl.SSLError as error:
                raise trio.BrokenResourceError(str(error)) from error

    async def send_all(self, data: bytes) -> None:
        """Send all of ``data``."""
        try:
            self._tls.write(data)
        except ssl.SSLError as error:
            raise trio.BrokenResourceError(str(error)) from error
        await self._socket.send_all(self._outgoing.read())

    async def aclose(self) -> None:
        """Close at once, without a word."""
        await self._socket.aclose()

    async def _exchange(self) -> None:
        """Send what TLS wants sent, and give it what comes."""
        if self._outgoing.pending:
            await self._socket.send_all(self._outgoing.read())
        received = await self._socket.receive_some(RECORD)
        if received:
            self._incoming.write(received)
        else:
            self._incoming.write_eof()
