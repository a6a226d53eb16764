"""How much may be fetched, and on whose behalf: strangers get little, the owner gets what a thread needs.

Spec: RULINGS 18; SAFETY rules 24, 25 and §2 (discovery, amplification); PROTOCOL §4.13.
"""

from collections import OrderedDict
from collections.abc import Callable
from enum import Enum

from smallfed.domain.speaker import Speaker
from smallfed.domain.uris import bare
from smallfed.errors import TooMany
from smallfed.policy.sites import registrable


class Purpose(Enum):
    """On whose behalf something is fetched."""

    KEY = "a request that is not verified yet"
    STRANGER = "what somebody else has sent"
    OWNER = "something the owner asked for"
    ASIDE = "a conversation that is completed while nobody waits for it"
    RELAY = "a post that a relay knows of"
    VIEW = "a picture, film or sound that somebody looks at"


# How many fetches one errand may cost, and how many seconds it may last.
FETCHES = {
    Purpose.KEY: 2,
    Purpose.STRANGER: 25,
    Purpose.OWNER: 600,
    Purpose.ASIDE: 200,
    Purpose.RELAY: 6,
    Purpose.VIEW: 1,
}
SECONDS = {
    Purpose.KEY: 30.0,
    Purpose.STRANGER: 30.0,
    Purpose.OWNER: 60.0,
    Purpose.ASIDE: 60.0,
    Purpose.RELAY: 30.0,
    Purpose.VIEW: 60.0,
}
DEPTH = 20  # ancestors that are fetched of one post
REMEMBERED = 5000  # hosts, and as many domains, whose buckets are kept


class Errand:
    """Everything that is fetched because of one thing: the activity that arrived, the page the owner opened.

    ``fetches`` is how many, where the usual number does not hold. ``account(host)`` is told of each of them before it
    is made, and may raise TooMany to prevent it. ``taken`` is how many bytes came. ``speaker`` signs for it: the owner
    is shown what the server is not.
    """

    __slots__ = ("account", "left", "purpose", "speaker", "taken", "until")

    def __init__(
        self,
        purpose: Purpose,
        now: float,
        *,
        fetches: int | None = None,
        account: Callable[[str], None] = lambda host: None,
        speaker: Speaker = Speaker.SERVER,
    ) -> None:
        self.purpose, self.speaker = purpose, speaker
        self.left = FETCHES[purpose] if fetches is None else fetches
        self.until = now + SECONDS[purpose]
        self.account = account
        self.taken = 0

    def over(self, now: float) -> bool:
        """Whether nothing may be fetched any more."""
        return self.left <= 0 or now >= self.until


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
        self._aside = Buckets(rate=2.0, burst=20)
        self._relays = Buckets(rate=3.0, burst=12)
        self._views = Buckets(rate=20.0, burst=200)  # a screen of a timeline, and some scrolling

    def spend(self, errand: Errand, host: str, now: float, *, onward: bool = False) -> None:
        """Allow ``errand`` one fetch from ``host`` (``name`` or ``name:port``), or raise TooMany, which says when.

        ``onward``: a redirect leads there. That belongs to a fetch which was paid for; only its host pays once more.
        """
        if now >= errand.until or (errand.left <= 0 and not onward):
            raise TooMany("Too much would have to be fetched because of this.", retry_after=60)
        buckets = self._buckets(errand.purpose, bare(host)) if self._enabled else []
        wait = max((bucket.wait(key, now) for bucket, key in buckets), default=0.0)
        if wait > 0:
            raise TooMany(f"{host} was asked too often in the last minute.", retry_after=wait)
        errand.account(host)
        for bucket, key in buckets:
            bucket.take(key, now)
        errand.left -= not onward

    def _buckets(self, purpose: Purpose, host: str) -> list[tuple[Buckets, str]]:
        match purpose:
            case Purpose.OWNER:
                return [(self._owner, host)]
            case Purpose.ASIDE:
                return [(self._aside, host)]
            case Purpose.RELAY:
                return [(self._relays, host), (self._relays, registrable(host))]
            case Purpose.VIEW:
                return [(self._views, host)]
            case Purpose.KEY | Purpose.STRANGER:
                return [(self._hosts, host), (self._domains, registrable(host))]
