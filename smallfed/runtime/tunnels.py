"""Through a proxy to an address: SOCKS5 and HTTP CONNECT over a connection to the proxy.

Spec: RFC 1928, RFC 1929 (user and password), RFC 9110 §9.3.6 (CONNECT).
"""

from base64 import b64encode
from ipaddress import IPv4Address

import trio

from smallfed.config import Proxy
from smallfed.policy.addresses import Address
from smallfed.runtime.no_answer import Kind, NoAnswer

MAX_HEAD = 8192
SOCKS_REPLIES = {
    1: "general failure",
    2: "not allowed by its rules",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "TTL expired",
    7: "command not supported",
    8: "address type not supported",
}


async def tunnel(stream: trio.SocketStream, proxy: Proxy, destination: Address | str, port: int) -> None:
    """Have ``proxy``, at the other end of ``stream``, connect to ``destination``; raise NoAnswer.

    A name as ``destination`` is resolved by the proxy. Afterwards the stream belongs to the destination.
    """
    try:
        if proxy.scheme == "socks5":
            await _socks5(stream, proxy.auth, destination, port)
        else:
            await _connect(stream, proxy.auth, destination, port)
    except trio.BrokenResourceError as error:
        raise NoAnswer("proxy", f"the proxy {proxy.url} broke off", detail=str(error)) from error


async def _socks5(
    stream: trio.SocketStream, auth: tuple[str, str] | None, destination: Address | str, port: int
) -> None:
    method = 0 if auth is None else 2
    await stream.send_all(bytes([5, 1, method]))
    if await _exactly(stream, 2) != bytes([5, method]):
        raise NoAnswer(
            "proxy", "the SOCKS5 proxy refuses our way of logging in; see user and password in [network] proxy"
        )
    if auth is not None:
        user, password = (text.encode()[:255] for text in auth)
        await stream.send_all(bytes([1, len(user)]) + user + bytes([len(password)]) + password)
        if (await _exactly(stream, 2))[1] != 0:
            raise NoAnswer("proxy", "the SOCKS5 proxy refuses the user or password of [network] proxy")
    await stream.send_all(bytes([5, 1, 0]) + _socks_address(destination) + port.to_bytes(2, "big"))
    _, code, _, kind = await _exactly(stream, 4)
    if code != 0:
        raise NoAnswer("connect", f"the proxy cannot reach {destination}: {SOCKS_REPLIES.get(code, f'error {code}')}")
    length = {1: 4, 4: 16}.get(kind) or (await _exactly(stream, 1))[0]
    await _exactly(stream, length + 2)


def _socks_address(destination: Address | str) -> bytes:
    if isinstance(destination, str):
        name = destination.encode("ascii")
        return bytes([3, len(name)]) + name
    return bytes([1 if isinstance(destination, IPv4Address) else 4]) + destination.packed


async def _connect(
    stream: trio.SocketStream, auth: tuple[str, str] | None, destination: Address | str, port: int
) -> None:
    authority = f"[{destination}]:{port}" if ":" in str(destination) else f"{destination}:{port}"
    head = f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n"
    if auth is not None:
        head += f"Proxy-Authorization: Basic {b64encode(':'.join(auth).encode()).decode()}\r\n"
    await stream.send_all(f"{head}\r\n".encode())
    answer = bytearray()
    # One byte at a time: what follows the empty line belongs to the destination.
    while not answer.endswith(b"\r\n\r\n") and len(answer) < MAX_HEAD:
        answer += await _exactly(stream, 1)
    status = bytes(answer).partition(b"\r\n")[0].decode("latin-1")
    if not (status.startswith("HTTP/1.") and status[8:10] == " 2"):
        kind: Kind = "proxy" if status[9:12] in ("407", "") else "connect"
        raise NoAnswer(kind, f"the proxy cannot reach {destination}: {status!r}")


async def _exactly(stream: trio.SocketStream, count: int) -> bytes:
    received = bytearray()
    while len(received) < count:
        part = await stream.receive_some(count - len(received))
        if not part:
            raise trio.BrokenResourceError("the proxy closed the connection")
        received += part
    return bytes(received)
