"""Who is calling: the address of the socket, or what a trusted proxy says of it.

Spec: RULINGS 24, 29; issue "trusted_proxies": only these may set X-Forwarded-*.
"""

from collections.abc import Collection
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from smallfed.policy.knocking import BY_CALLER
from smallfed.runtime.clock import Clock
from smallfed.workers.memory import Memory

UNIX = "unix"
CALLERS = 2000  # whose names of a day are remembered
LONGEST = 260  # characters that a host and its port may have
DAY = 86_400.0


class Names:
    """Which servers callers have said today to be of. Nobody has verified that, so it is only some each."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._said = Memory[str, set[str]](most=CALLERS, seconds=DAY)

    def admit(self, caller: str, name: str) -> bool:
        """Whether a caller may say this name, too; what is too long to be one is none."""
        if len(name) > LONGEST:
            return False
        address, now = neighbourhood(caller), self._clock.monotonic()
        names = self._said.find(address, now)
        if names is None:
            names = set()
            self._said.put(address, names, now)
        if name not in names and len(names) >= BY_CALLER:
            return False
        names.add(name)
        return True

    def __len__(self) -> int:
        return len(self._said)


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
