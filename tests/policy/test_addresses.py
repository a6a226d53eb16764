"""Which addresses may be dialled."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.policy.addresses import Allowed, Refused, may_dial

PUBLIC = [
    "1.1.1.1",
    "93.184.215.14",
    "172.15.255.255",
    "172.32.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "192.0.1.1",
    "198.20.0.0",
    "223.255.255.255",
    "2000::1",
    "2001:200::1",
    "2a01:4f8::1",
    "2606:4700:4700::1111",
    "3fff:1000::1",
    "64:ff9b::808:808",
    "2002:808:808::1",
]

NOT_PUBLIC = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.9",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:0.0.0.0",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:224.0.0.1",
    "::127.0.0.1",  # IPv4-compatible
    "::10.0.0.1",
    "::8.8.8.8",  # ... is no way to a public address either
    "::ffff:0:10.0.0.1",  # IPv4-translated
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b::224.0.0.1",
    "64:ff9b:1::10.0.0.1",
    "64:ff9b:1::808:808",
    "64:ff9b:0:1::1",
    "100::1",
    "2001::1",  # Teredo
    "2001:0:a9fe:a9fe::1",
    "2001:0:808:808:0:0:f5ff:fffe",
    "2001:2::1",
    "2001:20::1",
    "2001:1ff::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "2002:a9fe:a9fe::1",
    "2002:e000:1::1",
    "3fff::1",
    "3fff:fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%1",
    "2a01:4f8::1%1",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_is_dialled_as_it_is(text: str) -> None:
    address = ip_address(text)

    verdict = may_dial(address, allow=(), loopback_only=False)

    assert verdict == Allowed(address=address)


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_everything_else_is_refused(text: str) -> None:
    verdict = may_dial(ip_address(text), allow=(), loopback_only=False)

    assert isinstance(verdict, Refused)


def test_the_reason_tells_the_owner_what_to_do() -> None:
    verdict = may_dial(ip_address("10.0.0.1"), allow=(), loopback_only=False)

    assert verdict == Refused(
        reason="10.0.0.1 is not a public address; if that server is yours, add its network to [network] allow"
    )


@pytest.mark.parametrize(
    ("text", "network", "dialled"),
    [
        ("10.1.2.3", "10.0.0.0/8", "10.1.2.3"),
        ("::ffff:10.1.2.3", "10.0.0.0/8", "10.1.2.3"),
        ("127.0.0.21", "127.0.0.21/32", "127.0.0.21"),
        ("fd00::5", "fd00::/8", "fd00::5"),
        ("::1", "::1/128", "::1"),
        ("2001:db8::1", "2001:db8::/32", "2001:db8::1"),
        ("10.1.2.3", "192.168.0.0/16", None),
        ("127.0.0.1", "127.0.0.21/32", None),
        ("64:ff9b::10.1.2.3", "10.0.0.0/8", None),
        ("2002:a01:203::1", "10.0.0.0/8", None),
        ("0.0.0.0", "0.0.0.0/0", None),
        ("224.0.0.1", "0.0.0.0/0", None),
        ("::", "::/0", None),
        ("ff02::1", "::/0", None),
        ("fe80::1%1", "fe80::/10", None),
    ],
)
def test_networks_the_owner_opened(text: str, network: str, dialled: str | None) -> None:
    verdict = may_dial(ip_address(text), allow=[ip_network(network)], loopback_only=False)

    assert (str(verdict.address) if isinstance(verdict, Allowed) else None) == dialled


@pytest.mark.parametrize(
    ("text", "dialled"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.9.9.9", "127.9.9.9"),
        ("::1", "::1"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
        ("1.1.1.1", None),
        ("10.0.0.1", None),
        ("0.0.0.0", None),
        ("::", None),
        ("::127.0.0.1", None),
        ("64:ff9b::127.0.0.1", None),
        ("2606:4700:4700::1111", None),
    ],
)
def test_in_trial_mode_only_this_machine_is_dialled(text: str, dialled: str | None) -> None:
    verdict = may_dial(ip_address(text), allow=[ip_network("10.0.0.0/8")], loopback_only=True)

    assert (str(verdict.address) if isinstance(verdict, Allowed) else None) == dialled


@given(st.ip_addresses())
def test_whatever_is_allowed_is_public_whatever_form_it_came_in(address: IPv4Address | IPv6Address) -> None:
    verdict = may_dial(address, allow=(), loopback_only=False)

    if isinstance(verdict, Allowed):
        assert verdict.address.is_global
        assert not verdict.address.is_multicast
        assert not verdict.address.is_loopback
        assert not verdict.address.is_link_local
        assert isinstance(verdict.address, IPv4Address) or any(
            verdict.address in IPv6Network(block) for block in ("2000::/3", "64:ff9b::/96")
        )


@given(st.ip_addresses(v=4))
def test_no_form_that_hides_an_address_reaches_more_than_the_address_itself(hidden: IPv4Address) -> None:
    number = int(hidden)
    forms = [
        IPv6Address(0xFFFF << 32 | number),
        IPv6Address(number),
        IPv6Address(0x0064_FF9B << 96 | number),
        IPv6Address(0x2002 << 112 | number << 80 | 1),
        IPv6Address(0x2001_0000 << 96 | number << 64 | 1),
        IPv6Address(0x2001_0000 << 96 | 0x0808_0808 << 64 | (number ^ 0xFFFF_FFFF)),
    ]

    plain = isinstance(may_dial(hidden, allow=(), loopback_only=False), Allowed)
    reached = [isinstance(may_dial(form, allow=(), loopback_only=False), Allowed) for form in forms]

    assert plain or not any(reached)
