"""Which network addresses the server may dial: an allow-list, never a list of what is forbidden.

Spec: IANA special-purpose address registries (RFC 6890), RFC 4291, RFC 6052 (NAT64), RFC 3056 (6to4),
RFC 4380 (Teredo).
"""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from msgspec import Struct

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Allowed(Struct, frozen=True, kw_only=True):
    """The address may be dialled, as written here: an IPv4-mapped address has become the IPv4 address it means."""

    address: Address


class Refused(Struct, frozen=True, kw_only=True):
    """The address must not be dialled; ``reason`` is a sentence for the owner."""

    reason: str


GLOBAL_UNICAST = IPv6Network("2000::/3")
NAT64 = IPv6Network("64:ff9b::/96")
SIX_TO_FOUR = IPv6Network("2002::/16")

# Python's own tables differ between releases, so what they miss or once missed is named here.
NOT_GLOBAL_V4 = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments
    IPv4Network("192.88.99.0/24"),  # 6to4 relays, deprecated
    IPv4Network("240.0.0.0/4"),  # reserved, and the broadcast address
)
NOT_GLOBAL_V6 = (
    IPv6Network("2001::/23"),  # protocol assignments: Teredo, benchmarking, ORCHID
    IPv6Network("2001:db8::/32"),  # documentation
    IPv6Network("3fff::/20"),  # documentation
)


def may_dial(address: Address, *, allow: Collection[Network], loopback_only: bool) -> Allowed | Refused:
    """Judge one resolved address, just before it is dialled.

    ``allow`` holds the networks the owner opened with ``[network] allow``; they are compared with the address that
    is dialled, never with an IPv4 address hidden inside it. ``loopback_only`` (trial mode) makes ``allow`` void.
    """
    dialled = _unmapped(address)
    if loopback_only:
        return _judge_loopback(dialled)
    if dialled.is_unspecified or dialled.is_multicast or _scope(dialled):
        return Refused(reason=f"{dialled} is not the address of one host")
    if any(dialled in network for network in allow) or _is_global(dialled):
        return Allowed(address=dialled)
    return Refused(
        reason=f"{dialled} is not a public address; if that server is yours, add its network to [network] allow"
    )


def _judge_loopback(address: Address) -> Allowed | Refused:
    if address.is_loopback and not _scope(address):
        return Allowed(address=address)
    return Refused(reason=f"{address} is not this machine, and in trial mode nothing else is dialled")


def _unmapped(address: Address) -> Address:
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _scope(address: Address) -> str | None:
    return address.scope_id if isinstance(address, IPv6Address) else None


def _is_global(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return _is_global_v4(address)
    if address in NAT64:
        return _is_global_v4(_embedded(address, shift=0))
    if address in SIX_TO_FOUR:
        return _is_global_v4(_embedded(address, shift=80))
    # Teredo, IPv4-compatible addresses and the local NAT64 block fall outside what is left here.
    return address in GLOBAL_UNICAST and address.is_global and not any(address in block for block in NOT_GLOBAL_V6)


def _is_global_v4(address: IPv4Address) -> bool:
    if address.is_multicast or any(address in block for block in NOT_GLOBAL_V4):
        return False
    return address.is_global


def _embedded(address: IPv6Address, *, shift: int) -> IPv4Address:
    return IPv4Address((int(address) >> shift) & 0xFFFF_FFFF)
