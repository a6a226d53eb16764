"""Limits: how often a token, or an address without one, may ask.

Spec: RULINGS 26; CLIENT_API §13 item 19. Windows of five minutes, the same for everybody, so that nothing has to be
remembered longer.
"""

from datetime import UTC, datetime
from ipaddress import ip_network

from msgspec import Struct

from smallfed.errors import TooMany
from smallfed.mastodon.entities import moment

LIMITS = "mastodon limits"  # where the application keeps them
REQUESTS = 300
WINDOW = 300
REMEMBERED = 20_000


class Standing(Struct, frozen=True, kw_only=True):
    """Where somebody stands: ``left`` is negative for who asked too often, ``until`` the end of the window."""

    left: int
    until: int

    @property
    def headers(self) -> dict[str, str]:
        """The headers that tell it."""
        return {
            "X-RateLimit-Limit": str(REQUESTS),
            "X-RateLimit-Remaining": str(max(self.left, 0)),
            "X-RateLimit-Reset": moment(datetime.fromtimestamp(self.until, UTC)),
        }


class Limits:
    """Counts requests. Bounded: who came first is forgotten first."""

    def __init__(self) -> None:
        self._until = 0
        self._counts: dict[str, int] = {}

    def count(self, who: str, now: datetime) -> Standing:
        """Count one request of ``who``."""
        until = (int(now.timestamp()) // WINDOW + 1) * WINDOW
        if until != self._until:
            self._until, self._counts = until, {}
        if len(self._counts) >= REMEMBERED and who not in self._counts:
            del self._counts[next(iter(self._counts))]
        asked = self._counts[who] = self._counts.get(who, 0) + 1
        return Standing(left=REQUESTS - asked, until=until)


def require(standing: Standing, now: datetime) -> None:
    """Refuse, with TooMany, who has nothing left."""
    if standing.left < 0:
        raise TooMany("Too many requests", retry_after=max(standing.until - now.timestamp(), 0))


def neighbourhood(address: str) -> str:
    """Return what an address is counted under: somebody with IPv6 has a whole /64."""
    try:
        return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address
    except ValueError:
        return address
