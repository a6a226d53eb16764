"""Who is calling: the address of the socket, or what a trusted proxy says of it.

Spec: RULINGS 24, 29; issue "trusted_proxies": only these may set X-Forwarded-*.
"""

from collections.abc import Collection
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

UNIX = "unix"


def caller(
    client: tuple[str, int] | None, forwarded: str | None, trusted: Collection[IPv4Network | IPv6Network]
) -> str:
    """Return the address requests are counted for.

    ``client`` None is a unix socket, whose peers are trusted. Of X-Forwarded-For the last address that is not itself
    a trusted proxy counts; what a stranger writes there is ignored.
    """
    address = client[0] if client else UNIX
    hops = [hop.strip() for hop in (forwarded or "").split(",")][-16:]
    while hops and hops[-1] and _trusted(address, trusted):
        address = _address(hops.pop()) or address
    return address


@lru_cache(maxsize=1024)
def neighbourhood(address: str) -> str:
    """Return under which name an address is counted: whoever has an IPv6 address has 2^64 of them."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return address if parsed.version == 4 else str(ip_network((parsed, 64), strict=False))


def _address(text: str) -> str | None:
    try:
        return str(ip_address(text.strip("[]")))
    except ValueError:
        return None


def _trusted(address: str, trusted: Collection[IPv4Network | IPv6Network]) -> bool:
    if address == UNIX:
        return True
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in trusted)
