"""Turned away: what was refused at the door, counted in memory and written into the ledger for many at once.

Whoever is cut off may send as much as they like: a refusal costs a few microseconds and no write. Of each site the
first few things are written down, with what they said they are, and some more of what may be missed; of the rest, how
many there were. A site is what the row names that cuts it off, or what was registered below that: nobody fills the book
with subdomains of theirs. Nor with servers that they only say to be of: nobody has verified who sent any of this
(``federation/refusing``, ``store/refusals``).
"""

from collections.abc import Collection, Iterable

from msgspec import Struct

from smallfed.domain.refusal import MANY, Path
from smallfed.domain.rule import Verdict
from smallfed.domain.uris import web
from smallfed.errors import Forbidden
from smallfed.policy.sites import site
from smallfed.protocol.envelope import Envelope
from smallfed.services import judging, lifting
from smallfed.store import refusals
from smallfed.store.refusals import BY_BLOCK, Came
from smallfed.store.tx import Tx

SITES, SAMPLES = 500, 5  # of one period
MISSED, ALL_MISSED = 25, 1000  # things that may be missed, of one site and of all
LONGEST = 500  # characters of an id
SHUT = "This server does not talk to yours."  # all that anybody is told


class Shut(Forbidden):
    """The host is cut off by the row for ``domain``; or by a rule of the owner's, by the ``verdict`` of that."""

    def __init__(self, host: str, domain: str = "", *, verdict: Verdict | None = None) -> None:
        super().__init__(SHUT)
        self.host, self.domain = host, domain
        self.verdict = verdict or judging.blocked(domain)

    @property
    def site(self) -> str:
        """By which name it is counted, of ours for it and of what was registered the longer one."""
        return max(self.domain.removeprefix("*."), site(self.host), key=len)


class _Knocks(Struct):
    verdict: Verdict
    count: int = 0
    samples: dict[tuple[str, str], Came] = {}
    missed: dict[tuple[str, str], Came] = {}


class Turned:
    """Counts what is turned away until it is written down."""

    def __init__(self) -> None:
        self._knocks: dict[str, _Knocks] = {}
        self._missed = 0

    def note(self, shut: Shut, envelopes: Iterable[Envelope], missed: Collection[Envelope] = ()) -> bool:
        """Count what a site sent; whether it is the first since the last time that all was taken.

        ``missed``: those of ``envelopes`` that may be missed (``Came.missed``).
        """
        first = not self._knocks
        if shut.site not in self._knocks and len(self._knocks) >= SITES:
            return False
        knocks = self._knocks.setdefault(shut.site, _Knocks(shut.verdict))
        for envelope in envelopes:
            knocks.count += 1
            is_missed = envelope in missed and len(knocks.missed) < MISSED and self._missed < ALL_MISSED
            if is_missed or len(knocks.samples) < SAMPLES:
                came = _came(shut.host, envelope, missed=is_missed)
                kept, key = knocks.missed if is_missed else knocks.samples, _key(came)
                self._missed += is_missed and key not in kept
                kept.setdefault(key, came)
        return first

    def take(self) -> list[tuple[Came, Verdict]]:
        """Return what came and why it was refused, and forget it."""
        taken, self._knocks, self._missed = self._knocks, {}, 0
        return [line for name, knocks in taken.items() for line in _lines(name, knocks)]


def _lines(host: str, knocks: _Knocks) -> Iterable[tuple[Came, Verdict]]:
    for came in (*knocks.samples.values(), *knocks.missed.values()):
        yield came, knocks.verdict
    rest = knocks.count - len(knocks.samples) - len(knocks.missed)
    if rest > 0:
        yield Came(path=Path.DOOR, actor=f"https://{host}/", host=host, type=MANY, times=rest), knocks.verdict


def _key(came: Came) -> tuple[str, str]:
    return came.actor, came.activity or came.object


def _came(host: str, envelope: Envelope, *, missed: bool) -> Came:
    return Came(
        path=Path.DOOR,
        actor=_id(envelope.actor) or f"https://{host}/",
        host=host,
        type=envelope.type[:50],
        activity=_id(envelope.id),
        object=_id(envelope.order_key),
        missed=missed,
    )


def _id(text: str | None) -> str:
    """Return an id as far as it can be one: nobody has verified it."""
    return text if text is not None and len(text) <= LONGEST and web(text) is not None else ""


def write_down(tx: Tx, lines: Iterable[tuple[Came, Verdict]]) -> None:
    """Write lines into the ledger; what refused them may hold no more by now."""
    turned: dict[str, str] = {}
    for came, verdict in lines:
        refusals.put(tx, came, verdict)
        if verdict.rule.startswith(BY_BLOCK):
            turned[came.host] = verdict.rule.removeprefix(BY_BLOCK)
    refusals.bound(tx)
    lifting.plan_late(tx, turned)
