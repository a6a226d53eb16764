"""How much may be fetched, and on whose behalf: strangers get little, the owner gets what a thread needs.

Spec: RULINGS 18; SAFETY rules 24, 25 and §2 (discovery, amplification); PROTOCOL §4.13.
"""

from collections import OrderedDict
from enum import Enum
from ipaddress import ip_address

from smallfed.errors import TooMany


class Purpose(Enum):
    """On whose behalf something is fetched."""

    KEY = "a request that is not verified yet"
    STRANGER = "what somebody else has sent"
    OWNER = "something the owner asked for"


# How many fetches one errand may cost, and how many seconds it may last.
FETCHES = {Purpose.KEY: 2, Purpose.STRANGER: 25, Purpose.OWNER: 600}
SECONDS = {Purpose.KEY: 30.0, Purpose.STRANGER: 30.0, Purpose.OWNER: 60.0}
DEPTH = 20  # ancestors that are fetched of one post
REMEMBERED = 5000  # hosts, and as many domains, whose buckets are kept


class Errand:
    """Everything that is fetched because of one thing: the activity that arrived, the page the owner opened."""

    __slots__ = ("left", "purpose", "until")

    def __init__(self, purpose: Purpose, now: float) -> None:
        self.purpose = purpose
        self.left = FETCHES[purpose]
        self.until = now + SECONDS[purpose]


class Buckets:
    """A bucket per key that refills steadily; bounded, the least recently used is forgotten first."""

    def __init__(self, *, rate: float, burst: float, remembered: int = REMEMBERED) -> None:
        self._rate, self._burst, self._remembered = rate, burst, remembered
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str, now: float) -> float:
        """Return the seconds until something can be taken, 0 when it can be now."""
        return max(0.0, (1 - self._level(key, now)) / self._rate)

    def take(self, key: str, now: float) -> None:
        """Take one; the level may fall below nothing, so ask ``wait`` first."""
        level = self._level(key, now)
        self._levels.pop(key, None)
        self._levels[key] = (level - 1, now)
        if len(self._levels) > self._remembered:
            self._levels.popitem(last=False)

    def _level(self, key: str, now: float) -> float:
        level, then = self._levels.get(key, (self._burst, now))
        return min(self._burst, level + (now - then) * self._rate)

    def __len__(self) -> int:
        return len(self._levels)


class Budgets:
    """The budgets of the house. ``now`` is in seconds of any clock that only grows.

    Wildcard subdomains are why a registrable domain has a budget of its own: as many hosts as somebody likes cost
    together what four hosts may cost.
    """

    def __init__(self, *, enabled: bool = True) -> None:
        self._enabled = enabled
        self._hosts = Buckets(rate=1.0, burst=60)
        self._domains = Buckets(rate=4.0, burst=240)
        self._owner = Buckets(rate=10.0, burst=20)

    def spend(self, errand: Errand, host: str, now: float) -> None:
        """Allow ``errand`` one fetch from ``host`` (``name`` or ``name:port``), or raise TooMany, which says when."""
        if errand.left <= 0 or now >= errand.until:
            raise TooMany("Too much would have to be fetched because of this.", retry_after=60)
        if self._enabled:
            self._spend(errand.purpose, bare(host), now)
        errand.left -= 1

    def _spend(self, purpose: Purpose, host: str, now: float) -> None:
        for_others = [(self._hosts, host), (self._domains, registrable(host))]
        buckets = [(self._owner, host)] if purpose is Purpose.OWNER else for_others
        wait = max(bucket.wait(key, now) for bucket, key in buckets)
        if wait > 0:
            raise TooMany(f"{host} was asked too often in the last minute.", retry_after=wait)
        for bucket, key in buckets:
            bucket.take(key, now)


def bare(host: str) -> str:
    """Return ``host`` without its port: somebody with many ports is one host."""
    return host if host.endswith("]") else host.rpartition(":")[0] or host


def registrable(host: str) -> str:
    """Return what somebody probably registered: the last two labels, or an address as it is.

    This is a heuristic without a list of public suffixes: everybody below ``co.uk`` shares one budget, which is large
    enough for them, and nobody gets a second one with a second subdomain.
    """
    try:
        return str(ip_address(host.strip("[]")))
    except ValueError:
        return ".".join(host.split(".")[-2:])
