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
        self._stream: trio.abc.Stream = socket

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Return some bytes, or none at the end of the stream."""
        try:
            return bytes(await self._stream.receive_some(max_bytes))
        except (trio.BrokenResourceError, trio.ClosedResourceError) as error:
            raise httpcore2.ReadError(str(error)) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Send all of ``buffer``."""
        try:
            await self._stream.send_all(buffer)
        except (trio.BrokenResourceError, trio.ClosedResourceError) as error:
            raise httpcore2.WriteError(str(error)) from error

    async def aclose(self) -> None:
        """Close at once; nothing is waited for."""
        await self._stream.aclose()

    async def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Shake hands and verify that the other end is ``host``; close the socket when that fails."""
        secured = trio.SSLStream(self._socket, context, server_hostname=host, https_compatible=True)
        try:
            with trio.fail_after(HANDSHAKE):
                await secured.do_handshake()
        except BaseException as error:
            await trio.aclose_forcefully(self._socket)
            match error:
                case trio.BrokenResourceError():
                    reason = str(error.__cause__ or error)
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
