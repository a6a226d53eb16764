"""Addresses as people write them, right and wrong."""

from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.config import addresses
from smallfed.config.addresses import Endpoint, Proxy, UnixSocket

BASE = Path("/etc/smallfed")


@pytest.mark.parametrize(
    ("written", "bind"),
    [
        ("127.0.0.1:8420", Endpoint("127.0.0.1", 8420)),
        ("0.0.0.0:80", Endpoint("0.0.0.0", 80)),
        ("localhost:0", Endpoint("127.0.0.1", 0)),
        ("[::1]:8420", Endpoint("::1", 8420)),
        ("[0:0::1]:65535", Endpoint("::1", 65535)),
        ("unix:/run/s.sock", UnixSocket(Path("/run/s.sock"))),
        ("unix:s.sock", UnixSocket(BASE / "s.sock")),
    ],
)
def test_bind_takes_addresses_and_sockets(written: str, bind: addresses.Bind) -> None:
    assert addresses.read_bind(written, BASE) == bind


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (8420, "must be text in double quotes, not 8420"),
        ("8420", "has no port: '8420'"),
        (":8420", "has no IP address before the port: ':8420'"),
        ("example.org:80", "has no IP address before the port: 'example.org:80'"),
        ("::1:8420", "holds an IPv6 address outside of brackets: '::1:8420'"),
        ("[127.0.0.1]:80", "has brackets around something other than an IPv6 address: '[127.0.0.1]:80'"),
        ("127.0.0.1:65536", "has no port between 0 and 65535: '127.0.0.1:65536'"),
        ("127.0.0.1:", "has no port between 0 and 65535: '127.0.0.1:'"),
        ("127.0.0.1:٣", "has no port between 0 and 65535: '127.0.0.1:٣'"),
        ("unix:", "names no path: ''"),
        ("unix:/" + "a" * 103, "names a socket path longer than 103 bytes: 'unix:/" + "a" * 103 + "'"),
    ],
)
def test_bind_says_what_is_wrong(written: object, reason: str) -> None:
    with pytest.raises(ValueError) as caught:
        addresses.read_bind(written, BASE)

    assert str(caught.value) == reason


@given(st.text())
def test_bind_never_fails_otherwise_and_shows_what_it_reads(written: str) -> None:
    try:
        bind = addresses.read_bind(written, BASE)
    except ValueError:
        return

    assert addresses.read_bind(str(bind), BASE) == bind


def test_networks_take_networks_and_single_addresses() -> None:
    networks = addresses.read_networks(["127.0.0.21", "10.8.0.0/24", "fd00::/8"], BASE)

    assert networks == (ip_network("127.0.0.21/32"), ip_network("10.8.0.0/24"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("10.0.0.0/8", "must be a list of networks, not '10.0.0.0/8'"),
        (["10.0.0.1/8"], "holds '10.0.0.1/8', an address inside of a network: write '10.0.0.0/8'"),
        (["private"], "holds 'private', which is no network"),
        ([10], "must be text in double quotes, not 10"),
    ],
)
def test_networks_say_what_is_wrong(written: object, reason: str) -> None:
    with pytest.raises(ValueError) as caught:
        addresses.read_networks(written, BASE)

    assert str(caught.value) == reason


def test_endpoints_are_found_by_lower_case_names() -> None:
    table = addresses.read_endpoints({"Social.Example": "127.0.0.21:8443", "b.example": "[::1]:1"}, BASE)

    assert table == {"social.example": Endpoint("127.0.0.21", 8443), "b.example": Endpoint("::1", 1)}


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (["a"], "must be a table of names with address and port, not ['a']"),
        ({"a.example": "127.0.0.1"}, "has no port: '127.0.0.1'"),
        ({"a.example": "127.0.0.1:0"}, "has no port between 1 and 65535: '127.0.0.1:0'"),
        ({"a": {"example": "127.0.0.1:1"}}, "needs quotes around a name with dots, in the manner of 'a.example'"),
        ({"a b": "127.0.0.1:1"}, "holds 'a b', which is no host name (international names in their xn-- form)"),
    ],
)
def test_endpoints_say_what_is_wrong(written: object, reason: str) -> None:
    with pytest.raises(ValueError) as caught:
        addresses.read_endpoints(written, BASE)

    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("written", "proxy"),
    [
        ("", None),
        ("socks5://127.0.0.1:9050", Proxy("socks5", "127.0.0.1", 9050)),
        ("http://[::1]:3128/", Proxy("http", "::1", 3128)),
        ("socks5://me:p%40ss@tor:9050", Proxy("socks5", "tor", 9050, ("me", "p@ss"))),
        ("http://me@tor:9050", Proxy("http", "tor", 9050, ("me", ""))),
    ],
)
def test_a_proxy_is_read(written: str, proxy: Proxy | None) -> None:
    assert addresses.read_optional_proxy(written, BASE) == proxy


@pytest.mark.parametrize(
    "written",
    [
        "127.0.0.1:9050",
        "https://me:hush@tor:1",
        "socks5://me:hush@tor",
        "socks5://me:hush@:1",
        "socks5://me:hush@tor:0",
        "socks5://me:hush@tor:x",
        "socks5://me:hush@tor:1/path",
        "socks5://[me:hush@tor:1",
    ],
)
def test_a_wrong_proxy_is_refused_without_repeating_its_password(written: str) -> None:
    with pytest.raises(ValueError) as caught:
        addresses.read_optional_proxy(written, BASE)

    assert "hush" not in str(caught.value)


def test_a_proxy_never_prints_its_credentials() -> None:
    proxy = Proxy("http", "::1", 3128, ("me", "hush"))

    assert (str(proxy), repr(proxy), proxy.url) == (
        "http://***:***@[::1]:3128",
        "Proxy('http://***:***@[::1]:3128')",
        "http://[::1]:3128",
    )


@pytest.mark.parametrize(
    ("written", "host"),
    [("", None), ("Media.Example.org", "media.example.org"), ("media.localhost:8420", "media.localhost:8420")],
)
def test_the_name_of_a_host(written: str, host: str | None) -> None:
    assert addresses.read_optional_host(written, BASE) == host


@pytest.mark.parametrize("written", ["https://media.example.org", "media.example.org/", "a b", "m:", "m:0", "m:99999"])
def test_what_is_no_name_of_a_host(written: str) -> None:
    with pytest.raises(ValueError, match="must be the name of a host"):
        addresses.read_optional_host(written, BASE)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("", ""),
        ("https://media.example.org/", "https://media.example.org"),
        ("http://[::1]:9000/a/b", "http://[::1]:9000/a/b"),
    ],
)
def test_the_beginning_of_addresses(written: str, address: str) -> None:
    assert addresses.read_base(written, BASE) == address


@pytest.mark.parametrize(
    "written",
    [
        "media.example.org",
        "ftp://a",
        "https://",
        "https://a:x",
        "https://me:hush@a",
        "https://a?b",
        "https://a#b",
        "https://a;img-src *",
    ],
)
def test_what_is_no_beginning_of_addresses(written: str) -> None:
    with pytest.raises(ValueError) as caught:
        addresses.read_base(written, BASE)

    assert str(caught.value).startswith("must ")
