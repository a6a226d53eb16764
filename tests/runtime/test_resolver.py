"""Names and their addresses, in virtual time: look-ups run inline."""

import socket
import threading
from collections import Counter
from gc import collect
from ipaddress import IPv4Address, IPv6Address
from weakref import ref

import pytest
import trio
from trio.testing import MockClock

from smallfed.config import Endpoint
from smallfed.runtime.aside import Aside
from smallfed.runtime.no_answer import NoAnswer
from smallfed.runtime.resolver import Resolver, look_up


class Names:
    """A name service that counts its questions."""

    def __init__(self, **known: list[str]) -> None:
        self.known, self.asked = known, Counter[str]()

    def __call__(self, host: str) -> list[str]:
        """Look ``host`` up."""
        self.asked[host] += 1
        if host not in self.known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return self.known[host]


def resolver(names: Names, **options: int) -> Resolver:
    """Return a resolver that asks ``names``, inline."""
    table = {"fixed": Endpoint("127.0.0.5", 8443), "1.2.3.4": Endpoint("127.0.0.6", 1)}
    return Resolver(Aside(threads=False), table=table, lookup=names, **options)


async def test_a_name_has_the_addresses_the_system_says(autojump_clock: MockClock) -> None:
    names = Names(far=["2001:db8::1", "192.0.2.1"])

    found = await resolver(names).resolve("far", 443)

    assert found == [(IPv6Address("2001:db8::1"), 443), (IPv4Address("192.0.2.1"), 443)]


async def test_the_table_comes_first_and_an_address_stands_for_itself(autojump_clock: MockClock) -> None:
    names = Names()
    asks = resolver(names)

    found = [await asks.resolve(host, 443) for host in ("fixed", "1.2.3.4", "192.0.2.7", "2001:db8::2")]

    assert found == [
        [(IPv4Address("127.0.0.5"), 8443)],
        [(IPv4Address("127.0.0.6"), 1)],
        [(IPv4Address("192.0.2.7"), 443)],
        [(IPv6Address("2001:db8::2"), 443)],
    ]
    assert names.asked == {}


async def test_no_address_is_remembered_for_a_minute(autojump_clock: MockClock) -> None:
    names = Names(empty=[])
    asks = resolver(names)

    for seconds in (0, 30, 29, 2):
        await trio.sleep(seconds)
        for host in ("gone", "empty"):
            with pytest.raises(NoAnswer) as caught:
                await asks.resolve(host, 443)
            assert (caught.value.kind, caught.value.message) == ("dns", f"{host} has no address")

    assert names.asked == {"gone": 2, "empty": 2}


class Request(str):
    """Because of which somebody looks a name up."""


async def test_who_asked_for_a_name_that_is_not_there_is_not_kept(autojump_clock: MockClock) -> None:
    asks = resolver(Names())

    async def knock() -> "ref[Request]":
        request = Request("with a large body")
        with pytest.raises(NoAnswer):
            await asks.resolve("nowhere", 443)
        return ref(request)

    kept = [await knock() for _ in range(3)]
    collect()

    assert [request() for request in kept] == [None] * 3


async def test_what_is_remembered_is_bounded(autojump_clock: MockClock) -> None:
    names = Names()
    asks = resolver(names, remembered=2)

    for host in ("a", "b", "c", "c", "b", "a"):
        with pytest.raises(NoAnswer):
            await asks.resolve(host, 443)

    assert names.asked == {"a": 2, "b": 1, "c": 1}


async def test_a_look_up_that_hangs_holds_nobody_longer_than_its_deadline(nursery: trio.Nursery) -> None:
    gate = threading.Event()

    def hang(host: str) -> list[str]:
        gate.wait(5)
        return ["192.0.2.1"]

    asks = Resolver(Aside(), table={}, lookup=hang, limit=1, deadline=0.05)

    for host in ("one", "two"):
        with pytest.raises(NoAnswer) as caught:
            await asks.resolve(host, 443)
        assert caught.value.kind == "dns"
    unrelated = await trio.to_thread.run_sync(lambda: "runs")
    gate.set()

    assert unrelated == "runs"


def test_the_system_knows_this_machine() -> None:
    assert "127.0.0.1" in look_up("localhost")


def test_a_name_nobody_has_is_an_error() -> None:
    with pytest.raises(OSError):
        look_up("no-such-name.invalid")
