"""Visiting: what relays have named, and is wanted, is read at its origin and kept, as slowly as the owner likes.

Each host is asked by one at a time.

Spec: FEP-ae0c; PROTOCOL §7; SAFETY rules 9, 13, 25, 26.
"""

import logging
from collections import Counter
from math import inf

import trio
from msgspec import Struct

from smallfed.domain.incoming import Create, Handed, Incoming, IncomingPost, NotUnderstood
from smallfed.domain.need import Need
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.domain.relay import Relay
from smallfed.domain.uris import host
from smallfed.errors import Gone, Malformed, NotFound, SmallfedError, TooMany
from smallfed.observe.logging import event
from smallfed.policy import relaying
from smallfed.policy.budgets import Buckets, Errand, Purpose
from smallfed.policy.relaying import AT_ONCE, BESIDE, BURST, CAPPED, PACE
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.services import unwanted, winnowing
from smallfed.store import accounts, relay_days, relayed, relays
from smallfed.store.relayed import Arrival
from smallfed.store.tx import Tx
from smallfed.translate import inward
from smallfed.workers.fetching import Fetcher
from smallfed.workers.needs import satisfied
from smallfed.workers.proving import Proving

log = logging.getLogger(__name__)

FETCHES = 6  # for one post: itself, its author, and what it takes to be sure of these
PATIENCE = 600.0  # seconds after which a post is not waited for any more


class Visit(Struct):
    """What one reading cost, and what came of it: None, when it is to be tried again.

    ``said`` is what is known of the post: what the relay said, or what was read.
    """

    said: Incoming
    fetches: int = 0
    bytes: int = 0
    cpu: float = 0.0
    reserved: int = 0
    outcome: Post | Refused | None = None


class Visiting:
    """Reads what ``winnowing`` wants. ``bell`` rings when a place is free again."""

    def __init__(self, db: Database, fetcher: Fetcher, proving: Proving, clock: Clock, bell: Bell) -> None:
        self._db, self._fetcher, self._proving, self._clock, self._bell = db, fetcher, proving, clock, bell
        self._tokens = Buckets(rate=PACE, burst=BURST)
        self._paying: set[int] = set()  # relays for which somebody was asked
        self._asking: set[str] = set()  # hosts
        self._resting: dict[str, float] = {}  # hosts, until when
        self._reserved = Counter[int]()  # requests, by relay, that readings under way may still make

    def forget(self) -> None:
        """Begin anew: nothing is under way any more."""
        self._asking.clear()
        self._reserved.clear()

    async def begin(self, nursery: trio.Nursery) -> None:
        """Begin to read what may be read now."""
        free = AT_ONCE - len(self._asking)
        if free <= 0:
            return
        for row in await self._db.read(relayed.ready, limit=free, busy=self._busy(), tired=self._tired()):
            self._asking.add(row.host)
            nursery.start_soon(self._read, row)

    def _busy(self) -> list[str]:
        now = self._clock.monotonic()
        self._resting = {name: until for name, until in self._resting.items() if until > now}
        return [*self._asking, *self._resting]

    def _tired(self) -> list[int]:
        now = self._clock.monotonic()
        return [relay for relay in self._paying if self._tokens.wait(str(relay), now) > 0]

    async def pause(self) -> float:
        """Return the seconds until something may be read that may not be now; a place that is free rings."""
        if len(self._asking) >= AT_ONCE:
            return inf
        if not await self._db.read(relayed.ready, limit=1, busy=[*self._asking], tired=()):
            return inf
        now = self._clock.monotonic()
        waits = [until - now for until in self._resting.values()]
        waits += [self._tokens.wait(str(relay), now) for relay in self._paying]
        return min((wait for wait in waits if wait > 0), default=0.0)

    async def _read(self, row: Arrival) -> None:
        """Read one post where it stands, and keep it; whatever goes wrong stays with it."""
        began = self._clock.cpu()
        visit = Visit(said=understood(row))
        visit.cpu = self._clock.cpu() - began
        rest = BESIDE.total_seconds()
        try:
            relay = await self._db.read(relays.find, row.relay_id)
            if relay is not None:
                visit.outcome = await self._brought(relay, row, visit)
        except TooMany as error:
            rest = max(rest, error.retry_after)
            is_late = (self._clock.now() - row.received_at).total_seconds() > PATIENCE
            visit.outcome = Refused("could not be read in time") if is_late else None
        except SmallfedError as error:
            event(log, "relayed, not read", level=logging.DEBUG, uri=row.uri, why=error.message)
            is_absent = isinstance(error, NotFound | Gone)
            visit.outcome = Refused("is not at its origin" if is_absent else "could not be read at its origin")
        except Exception:
            log.exception("reading %r for relay %d", row.uri, row.relay_id)
            visit.outcome = Refused("could not be read at its origin")
        await self._db.patient_write(_settled, row, visit)
        self._reserved[row.relay_id] -= visit.reserved
        self._asking.discard(row.host)
        self._resting[row.host] = self._clock.monotonic() + rest
        self._bell.ring()

    async def _brought(self, relay: Relay, row: Arrival, visit: Visit) -> Post | Refused:
        today = await self._db.read(relay_days.today, relay.id)
        left = relay.caps.fetches - today.fetches - self._reserved[relay.id]
        spent = relaying.spent(relay.caps, today)
        if spent is not None or left <= 0 or row.uri is None:
            return Refused(spent or CAPPED)

        def account(_: str) -> None:
            visit.fetches += 1
            self._tokens.take(str(relay.id), self._clock.monotonic())
            self._paying.add(relay.id)

        visit.reserved = min(FETCHES, left)
        self._reserved[relay.id] += visit.reserved
        errand = self._fetcher.documents.errand(Purpose.RELAY, fetches=visit.reserved, account=account)
        return await self._kept(relay, row.uri, row, visit, errand)

    async def _kept(self, relay: Relay, uri: str, row: Arrival, visit: Visit, errand: Errand) -> Post | Refused:
        """Read a post and its author, and keep it."""
        try:
            post = await self._proven(row, visit) or await self._fetcher.read_post(uri, errand)
            visit.said = Create(id=None, actor=post.author, post=post)
            known = await self._db.read(accounts.find_uri, post.author)
            if known is None or known.gone_at is not None:
                await self._fetcher.actor(post.author, errand, refresh=known is not None)

            async def ask() -> Post | Refused | Need:
                return await self._db.patient_write(_keep, relay, post, visit, self._clock)

            return await satisfied(ask, lambda need: self._fetcher.actor(need.uri, errand, refresh=True))
        finally:
            visit.bytes = errand.taken

    async def _proven(self, row: Arrival, visit: Visit) -> IncomingPost | None:
        """Return the post that came along, if a fresh proof of its author did as well."""
        said = visit.said
        inner = said.activity if isinstance(said, Handed) else said
        if not isinstance(inner, Create) or not row.uri or inner.post.uri != row.uri:
            return None
        document = said.document if isinstance(said, Handed) else row.body
        handed = Handed(id=None, actor="", activity=inner, document=document)
        is_own = inner.post.author == inner.actor and host(inner.post.uri) == host(inner.actor)
        return inner.post if is_own and await self._proving.is_proven(handed) else None


def understood(row: Arrival) -> Incoming:
    """Return what an arrival says; whatever is wrong with it makes it not understood."""
    try:
        return inward.understand(row.body)
    except (Malformed, RecursionError) as why:
        return NotUnderstood(id=None, actor="", type="", reason=str(why))
    except Exception as why:
        log.exception("what relay %d brought", row.relay_id)
        return NotUnderstood(id=None, actor="", type="", reason=repr(why))


# The transactions -----------------------------------------------------------------------------------------------------
def _keep(tx: Tx, relay: Relay, post: IncomingPost, visit: Visit, clock: Clock) -> Post | Refused | Need:
    began, spent = clock.cpu(), relaying.spent(relay.caps, relay_days.today(tx, relay.id))
    if spent is not None:
        return Refused(spent)
    kept = winnowing.keep(tx, relay, post)
    if isinstance(kept, Post):
        relay_days.add(tx, relay.id, posts=1)
    visit.cpu += clock.cpu() - began
    return kept


def _settled(tx: Tx, row: Arrival, visit: Visit) -> None:
    """Write down what came of a reading; the row stays where it is to be tried again."""
    counts = {"fetches": visit.fetches, "bytes": visit.bytes, "cpu": int(visit.cpu * 1_000_000)}
    match visit.outcome:
        case winnowing.KNOWN:
            counts["known"] = 1
        case Refused(reason=reason):
            unwanted.turn_away(tx, row.relay_id, [(visit.said, reason, row.received_at)])
        case Post() | None:
            pass
    relay_days.add(tx, row.relay_id, **counts)
    if visit.outcome is not None:
        relayed.settle(tx, [row.id])
