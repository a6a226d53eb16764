"""The dialer: checked addresses only, directly or through a proxy."""

import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
import trio

from smallfed.config import Endpoint, Proxy
from smallfed.errors import Unavailable
from smallfed.runtime import dialer as module
from smallfed.runtime.aside import Aside
from smallfed.runtime.client import NoAnswer
from smallfed.runtime.dialer import Dialer
from smallfed.runtime.resolver import Resolver
from tests.runtime.far import LOOPBACK, Far, hello, listen, trial


def dialer(*addresses: str, **options: object) -> Dialer:
    """Return a dialer for which every name has these addresses."""
    resolver = Resolver(Aside(), table={}, lookup=lambda host: list(addresses))
    return Dialer(resolver, **{"allow": LOOPBACK} | options)  # type: ignore[arg-type]


async def refusal(dialing: Awaitable[object]) -> NoAnswer:
    """Return why nothing was dialled."""
    with pytest.raises(NoAnswer) as caught:
        await dialing
    return caught.value


async def peer(dialing: Dialer, host: str, port: int) -> str:
    """Dial, and return the address at the other end."""
    stream = await dialing.connect(host, port)
    address = str(stream.peer()[0])
    await stream.aclose()
    return address


async def test_a_name_that_leads_inside_is_not_dialled() -> None:
    error = await refusal(dialer("10.0.0.1", "::1", "169.254.169.254").connect("rebound.example", 443))

    assert (error.kind, error.message) == (
        "refused-address",
        "rebound.example is not dialled: 10.0.0.1 is not a public address; if that server is yours, add its network "
        "to [network] allow; ::1 is not a public address; if that server is yours, add its network to [network] allow",
    )


async def test_of_several_addresses_only_those_that_passed_are_dialled(nursery: trio.Nursery) -> None:
    server = await Far(nursery, hello).start()

    address = await peer(dialer("10.0.0.1", "::1", "127.0.0.1"), "mixed.example", server.port)

    assert address == "127.0.0.1"


async def test_a_mapped_address_is_dialled_as_what_it_means(nursery: trio.Nursery) -> None:
    server = await Far(nursery, hello).start()

    address = await peer(dialer("::ffff:127.0.0.1"), "mapped.example", server.port)

    assert address == "127.0.0.1"


async def test_a_name_that_changes_its_mind_is_asked_once_and_taken_at_its_word(nursery: trio.Nursery) -> None:
    server, asked = await Far(nursery, hello).start(), list[str]()

    def lookup(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    client = trial(nursery, lookup=lookup)
    first = await client.request("GET", f"http://rebound.example:{server.port}/", headers=[])
    await client.aclose()
    second = await refusal(client.request("GET", f"http://rebound.example:{server.port}/"))

    assert (first.status, second.kind, asked) == (200, "refused-address", ["rebound.example"] * 2)


async def test_in_trial_mode_the_world_is_not_dialled() -> None:
    trying = dialer("93.184.215.14", loopback_only=True)

    assert (await refusal(trying.connect("example.org", 443))).kind == "refused-address"
    assert (await refusal(trying.connect("1.1.1.1", 443))).kind == "refused-address"


async def test_the_next_address_is_tried_when_one_refuses(nursery: trio.Nursery) -> None:
    server = await Far(nursery, hello).start()

    address = await peer(dialer("127.0.0.2", "127.0.0.3", "127.0.0.1"), "several.example", server.port)

    assert address == "127.0.0.1"


async def test_a_server_that_takes_no_connection_is_said_to(unused_port: int) -> None:
    error = await refusal(dialer("127.0.0.1", "127.0.0.2").connect("closed.example", unused_port))

    assert (error.kind, error.message) == ("connect", "closed.example takes no connection")
    assert "Connection refused" in error.detail


async def test_a_connection_that_hangs_has_a_deadline_and_the_next_a_head_start(
    nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, dialled = await Far(nursery, hello).start(), list[str]()
    really_dial = module._dial

    async def dial(address: object, port: int) -> trio.SocketStream:
        dialled.append(str(address))
        if str(address) != "127.0.0.1":
            await trio.sleep_forever()
        return await really_dial(address, port)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_dial", dial)

    address = await peer(dialer("127.0.0.9", "127.0.0.1", stagger=0.01), "half.example", server.port)
    error = await refusal(dialer("127.0.0.9", stagger=0.01, deadline=0.05).connect("hole.example", 443))

    assert (address, error.kind, dialled) == ("127.0.0.1", "connect", ["127.0.0.9", "127.0.0.1", "127.0.0.9"])


async def test_running_out_of_descriptors_is_our_fault_not_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    async def dial(address: object, port: int) -> trio.SocketStream:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(module, "_dial", dial)

    with pytest.raises(Unavailable):
        await dialer("127.0.0.1").connect("far.example", 443)


# Proxies


class Proxies:
    """A SOCKS5 and HTTP proxy that notes where it is sent and always leads to one server."""

    def __init__(self, port: int, *, reply: int = 0, login: bytes = b"") -> None:
        self.sent: list[bytes] = []
        self._port, self._reply, self._login = port, reply, login

    async def serve(self, stream: trio.SocketStream) -> None:
        """Serve one connection."""
        async with stream:
            received = bytes(await stream.receive_some())
            with suppress(trio.BrokenResourceError):  # a client that has heard enough
                await (self._socks(stream, received) if received[0] == 5 else self._http(stream, received))

    async def _socks(self, stream: trio.SocketStream, greeting: bytes) -> None:
        if self._login:
            await stream.send_all(b"\x05\x02")
            sent = bytes(await stream.receive_some())
            await stream.send_all(b"\x01\x00" if sent == self._login else b"\x01\x01")
        else:
            await stream.send_all(b"\x05\x00")
        request = bytes(await stream.receive_some())
        self.sent.append(request)
        if request:
            for byte in bytes([5, self._reply, 0, 1, 127, 0, 0, 1, 0, 80]):  # in single bytes, as networks may
                await stream.send_all(bytes([byte]))
            await self._join(stream)

    async def _http(self, stream: trio.SocketStream, request: bytes) -> None:
        self.sent.append(request)
        await stream.send_all(f"HTTP/1.1 {self._reply or 200} X\r\nVia: x\r\n\r\n".encode())
        await self._join(stream)

    async def _join(self, stream: trio.SocketStream) -> None:
        async with await trio.open_tcp_stream("127.0.0.1", self._port) as onward, trio.open_nursery() as nursery:
            nursery.start_soon(_pump, stream, onward)
            await _pump(onward, stream)
            nursery.cancel_scope.cancel()


async def _pump(source: trio.SocketStream, sink: trio.SocketStream) -> None:
    while part := await source.receive_some():
        await sink.send_all(part)


Started = Callable[..., Awaitable[tuple[Proxies, int]]]


@pytest.fixture
async def proxies(nursery: trio.Nursery) -> Started:
    """Return a function that starts a server with a proxy in front of it."""

    async def start(**options: object) -> tuple[Proxies, int]:
        server = await Far(nursery, hello).start()
        started = Proxies(server.port, **options)  # type: ignore[arg-type]
        return started, await listen(nursery, started.serve)

    return start


@pytest.mark.parametrize(
    ("scheme", "host", "sent"),
    [
        ("socks5", "far.example", b"\x05\x01\x00\x01\x5d\xb8\xd7\x0e\x00\x50"),
        ("socks5", "six.example", b"\x05\x01\x00\x04\x20\x01\x02\x00" + bytes(11) + b"\x01\x00\x50"),
        ("socks5", "hidden.onion", b"\x05\x01\x00\x03\x0chidden.onion\x00\x50"),
        ("http", "far.example", b"CONNECT 93.184.215.14:80 HTTP/1.1\r\nHost: 93.184.215.14:80\r\n\r\n"),
        ("http", "six.example", b"CONNECT [2001:200::1]:80 HTTP/1.1\r\nHost: [2001:200::1]:80\r\n\r\n"),
        ("http", "hidden.onion", b"CONNECT hidden.onion:80 HTTP/1.1\r\nHost: hidden.onion:80\r\n\r\n"),
    ],
)
async def test_the_proxy_is_given_the_checked_address(
    scheme: str, host: str, sent: bytes, nursery: trio.Nursery, proxies: Started
) -> None:
    started, port = await proxies()
    asked: list[str] = []

    def lookup(name: str) -> list[str]:
        asked.append(name)
        return {"far.example": ["93.184.215.14"], "six.example": ["2001:200::1"]}[name]

    client = trial(
        nursery,
        loopback_only=False,
        lookup=lookup,
        proxy=Proxy(scheme="socks5" if scheme == "socks5" else "http", host="127.0.0.1", port=port),
    )

    answer = await client.request("GET", f"http://{host}/x")

    assert (answer.body, started.sent) == (b"/x", [sent])
    assert asked == ([] if host.endswith(".onion") else [host])


async def test_through_a_proxy_nobody_gets_inside(nursery: trio.Nursery, proxies: Started) -> None:
    started, port = await proxies()
    proxy = Proxy(scheme="socks5", host="127.0.0.1", port=port)
    trying = dialer("10.0.0.1", proxy=proxy)

    assert (await refusal(trying.connect("inside.example", 443))).kind == "refused-address"
    assert started.sent == []


@pytest.mark.parametrize(
    ("scheme", "reply", "kind"),
    [("socks5", 5, "connect"), ("socks5", 99, "connect"), ("http", 502, "connect"), ("http", 407, "proxy")],
)
async def test_what_the_proxy_cannot_reach(scheme: str, reply: int, kind: str, proxies: Started) -> None:
    _, port = await proxies(reply=reply)
    proxy = Proxy(scheme="socks5" if scheme == "socks5" else "http", host="127.0.0.1", port=port)

    error = await refusal(dialer("1.1.1.1", proxy=proxy).connect("far.example", 443))

    assert error.kind == kind


async def test_the_next_address_is_tried_through_the_proxy_too(proxies: Started) -> None:
    started, port = await proxies(reply=4)
    proxy = Proxy(scheme="socks5", host="127.0.0.1", port=port)

    await refusal(dialer("1.1.1.1", "8.8.8.8", proxy=proxy).connect("far.example", 443))

    assert [sent[4:8] for sent in started.sent] == [b"\x01\x01\x01\x01", b"\x08\x08\x08\x08"]


@pytest.mark.parametrize(("auth", "kind"), [(("user", "päss"), None), (("user", "wrong"), "proxy"), (None, "proxy")])
async def test_logging_in_to_a_socks_proxy(auth: tuple[str, str] | None, kind: str | None, proxies: Started) -> None:
    _, port = await proxies(login=b"\x01\x04user\x05p\xc3\xa4ss")
    trying = dialer("1.1.1.1", proxy=Proxy(scheme="socks5", host="127.0.0.1", port=port, auth=auth))

    if kind is None:
        assert await peer(trying, "far.example", 443) == "127.0.0.1"
    else:
        assert (await refusal(trying.connect("far.example", 443))).kind == kind


async def test_logging_in_to_an_http_proxy(proxies: Started) -> None:
    started, port = await proxies()
    proxy = Proxy(scheme="http", host="127.0.0.1", port=port, auth=("user", "pass"))

    await peer(dialer("1.1.1.1", proxy=proxy), "far.example", 443)

    assert b"\r\nProxy-Authorization: Basic dXNlcjpwYXNz\r\n" in started.sent[0]


async def test_a_proxy_that_is_not_there_is_not_the_other_servers_fault(unused_port: int) -> None:
    proxy = Proxy(scheme="socks5", host="127.0.0.1", port=unused_port)

    error = await refusal(dialer("1.1.1.1", proxy=proxy).connect("far.example", 443))

    assert (error.kind, error.message) == ("proxy", f"the proxy socks5://127.0.0.1:{unused_port} takes no connection")


@pytest.mark.parametrize("answer", [b"", b"\x05", b"\x04\x00", b"HTTP/1.1 200 OK\r\n", b"x" * 9000])
@pytest.mark.parametrize("scheme", ["socks5", "http"])
async def test_a_proxy_that_is_none(scheme: str, answer: bytes, nursery: trio.Nursery) -> None:
    async def nonsense(stream: trio.SocketStream) -> None:
        async with stream:
            await stream.receive_some()
            await stream.send_all(answer)

    port = await listen(nursery, nonsense)
    proxy = Proxy(scheme="socks5" if scheme == "socks5" else "http", host="127.0.0.1", port=port)

    assert (await refusal(dialer("1.1.1.1", proxy=proxy).connect("far.example", 443))).kind in ("proxy", "connect")


async def test_onion_names_need_a_proxy_and_are_not_looked_up() -> None:
    without = await refusal(dialer("127.0.0.1").connect("hidden.onion", 443))
    proxy = Proxy(scheme="socks5", host="127.0.0.1", port=1)
    in_trial = await refusal(dialer(proxy=proxy, loopback_only=True).connect("hidden.onion", 443))

    assert (without.kind, in_trial.kind) == ("dns", "refused-address")


async def test_in_trial_mode_the_proxy_too_is_on_this_machine() -> None:
    proxy = Proxy(scheme="socks5", host="10.0.0.1", port=1080)

    error = await refusal(dialer("127.0.0.1", proxy=proxy, loopback_only=True).connect("far.example", 443))

    assert (error.kind, "not this machine" in error.detail) == ("proxy", True)


async def test_the_table_of_names_is_checked_like_every_name(nursery: trio.Nursery) -> None:
    server = await Far(nursery, hello).start()
    table = {"lab.example": server.endpoint, "inside.example": Endpoint("10.0.0.1", 80)}
    client = trial(nursery, resolve=table)

    answer = await client.request("GET", "http://lab.example/x")

    assert answer.body == b"/x"
    assert dict(server.asked[0].headers)["host"] == "lab.example"
    assert (await refusal(client.request("GET", "http://inside.example/"))).kind == "refused-address"


@pytest.fixture
def unused_port() -> int:
    """Return a port of loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
