"""Intake: what was answered 202 is understood, decided and done.

Spec: PROTOCOL §§4.1, 4.5; RULINGS 9, 10, 15–17; SAFETY rules 25, 26, 38.

A row is handled and settled in one transaction, so its effect is there exactly once, whatever kills us. Rows about one
thing go one after the other, in a lane of their own; the lanes go side by side and share commits.
"""

import logging
from collections import deque
from functools import partial
from math import inf

import trio

from smallfed.domain.incoming import Arrival, Create, Handed, Incoming, UpdateAccount
from smallfed.domain.need import Need
from smallfed.domain.refused import Refused
from smallfed.domain.uris import host
from smallfed.errors import Forbidden, Invalid, SmallfedError, Unavailable
from smallfed.inbox import registry
from smallfed.inbox.outcome import Done, Elsewhere, Ignored
from smallfed.observe.counting import HANDLED
from smallfed.observe.logging import event
from smallfed.policy import parking
from smallfed.policy.budgets import Errand, Purpose
from smallfed.policy.rules.rates import Meter
from smallfed.policy.sites import site
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.runtime.identity import Identity
from smallfed.runtime.pace import Pace
from smallfed.services import forwarding, meeting
from smallfed.services.forwarding import Came
from smallfed.store import inbound
from smallfed.store.inbound import Claimed
from smallfed.store.tx import Tx
from smallfed.translate import inward
from smallfed.workers.believing import Believing
from smallfed.workers.fetching import Fetcher
from smallfed.workers.needs import Unmet, satisfied
from smallfed.workers.proving import Proving
from smallfed.workers.searches import Searches
from smallfed.workers.storing import wake

log = logging.getLogger(__name__)

WINDOW = 128  # rows in hand that do not wait for another server
MOST = 512  # rows in hand altogether
ROUNDS = 2  # what is proven may still name a post that must be read at its origin
LARGE_AT_ONCE = 8  # rows in hand that are too large for a claim to bring along


class Intake:
    """Works through the rows of ``inbound``. There must be one per database."""

    def __init__(
        self,
        db: Database,
        fetcher: Fetcher,
        clock: Clock,
        bell: Bell,
        *,
        identity: Identity,
        aside: Aside,
        pace: Pace | None = None,
    ) -> None:
        self._db, self._fetcher, self._clock, self._bell = db, fetcher, clock, bell
        self._identity, self._aside, self._pace = identity, aside, pace or Pace()
        self._meter = Meter()
        self._lanes: dict[str, deque[Claimed]] = {}
        self._held: set[int] = set()
        self._searches = Searches(fetcher, db, bell)
        self._believing = Believing(db, fetcher, self._searches, Proving(fetcher, clock, aside))
        self._large = trio.Semaphore(LARGE_AT_ONCE)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Take in until cancelled. What an earlier run had in hand is taken up again at once."""
        self._lanes.clear()
        self._held.clear()
        await self._db.patient_write(inbound.release)
        async with trio.open_nursery() as nursery:
            self._searches.open(nursery)
            task_status.started()
            while True:
                await self._claim(nursery)
                await self._bell.listen(await self._pause())

    async def _claim(self, nursery: trio.Nursery) -> None:
        while self._room and await self._pause() <= 0:
            await self._pace.rest()
            for row in await self._db.patient_write(inbound.claim, limit=self._room):
                self._line_up(row, nursery)

    @property
    def _room(self) -> int:
        """How many rows may be claimed now: none until it is worth a transaction."""
        held = len(self._held)
        room = min(WINDOW - (held - self._searches.patient), MOST - held)
        return room if room >= WINDOW // 2 else 0

    async def _pause(self) -> float:
        """Return the seconds until a row is due; while there is no room only the bell can help."""
        if not self._room:
            return inf
        due = await self._db.read(inbound.next_due)
        return inf if due is None else (due - self._clock.now()).total_seconds()

    def _line_up(self, row: Claimed, nursery: trio.Nursery) -> None:
        if row.id in self._held:  # in hand for longer than a lease
            return
        self._held.add(row.id)
        key = self._key(row)
        lane = self._lanes.get(key)
        if lane is not None:
            lane.append(row)
        else:
            self._lanes[key] = deque([row])
            nursery.start_soon(self._walk, key)

    def _key(self, row: Claimed) -> str:
        """Return the name of a row's lane: the thing it is about, and for things of ours also who does something to it.

        Everybody follows the same owner and likes the same posts; whoever is slow to be found must not hold them up.
        """
        is_ours = host(row.order_key) in self._identity.here.names
        return f"{row.order_key} {row.actor}" if is_ours else row.order_key

    async def _walk(self, key: str) -> None:
        lane = self._lanes[key]
        while lane:
            row = lane.popleft()
            await self._take(row)
            self._held.discard(row.id)
        del self._lanes[key]
        if self._room:
            self._bell.ring()

    async def _take(self, row: Claimed) -> None:
        """Handle one row; whatever goes wrong with it stays with it."""
        try:
            if row.body is not None:
                await self._handled(row, understood(row, row.body))
            else:
                async with self._large:
                    await self._handled(row, await self._understood_aside(row))
        except Unmet as error:
            await self._set_aside(row, error.cause, waiting_for=error.uri)
        except SmallfedError as error:
            await self._set_aside(row, error)
        except Exception as error:
            log.exception("activity %r of %r", row.name, row.speaker)
            await self._set_aside(row, error)

    async def _understood_aside(self, row: Claimed) -> Incoming:
        """Read a large activity where it does not hold up the loop."""
        return await self._aside.thread(understood, row, await self._db.read(inbound.body, row))

    async def _handled(self, row: Claimed, incoming: Incoming) -> None:
        if host(row.actor) in self._identity.here.names:
            raise Forbidden("Our own activities are not taken from outside.")
        rate = self._meter.count(site(row.host), self._clock.now().timestamp())
        arrival = Arrival(actor=row.actor, personal=row.personal, received_at=row.received_at, rate=rate)
        errand = self._fetcher.documents.errand(Purpose.STRANGER)
        outcome = await self._decided(row, incoming, arrival, errand)
        for _ in range(ROUNDS):
            if not isinstance(outcome, Elsewhere):
                break
            incoming, arrival = await self._believing.find_out(outcome, incoming, arrival, errand)
            outcome = await self._decided(row, incoming, arrival, errand)
        if isinstance(outcome, Elsewhere):
            raise Invalid(f"{outcome.uri} was read at its origin, and sends us elsewhere again.")
        if isinstance(incoming, UpdateAccount):
            self._fetcher.forget_keys(incoming.actor)
        HANDLED.add("ignored" if isinstance(outcome, Ignored) else "done")
        if isinstance(outcome, Ignored):
            event(log, "ignored", level=logging.DEBUG, type=row.type, actor=row.speaker, reason=outcome.reason)

    async def _decided(
        self, row: Claimed, incoming: Incoming, arrival: Arrival, errand: Errand
    ) -> Done | Ignored | Elsewhere:
        ask = partial(self._db.patient_write, take, row, incoming, arrival)
        return await satisfied(ask, lambda need: self._searches.find(need.uri, errand, fresh=need.fresh))

    async def _set_aside(self, row: Claimed, trouble: Exception, *, waiting_for: str | None = None) -> None:
        """Park the row, or give it up with the reason."""
        now = self._clock.now()
        decision = parking.judge(trouble, attempts=row.attempts, age=now - row.received_at)
        HANDLED.add("refused" if isinstance(decision, Refused) else "parked")
        try:
            if isinstance(decision, Refused):
                await self._db.patient_write(inbound.settle, row, ignored=decision.reason)
            else:
                park = partial(inbound.park, due=now + decision, reason=str(trouble), waiting_for=waiting_for)
                await self._db.patient_write(park, row)
        except Unavailable:
            log.warning("activity %r of %r is looked at again in %s", row.name, row.speaker, inbound.LEASE)


def understood(row: Claimed, body: bytes) -> Incoming:
    """Return what a row says: what its signer did, or hands over in somebody else's name."""
    incoming = inward.understand(body, signer=row.actor)
    if incoming.actor == row.actor:
        return incoming
    return Handed(id=None, actor=row.actor, activity=incoming, document=body)


def _came(tx: Tx, row: Claimed) -> Came:
    body = partial(inbound.body, tx, row)
    return Came(activity=row.activity, type=row.type, actor=row.actor, body=body)


def take(tx: Tx, row: Claimed, incoming: Incoming, arrival: Arrival) -> Done | Ignored | Need | Elsewhere:
    """Handle an activity and settle its row, both or neither."""
    outcome = registry.handle(tx, incoming, arrival)
    match outcome:
        case Done():
            if arrival.handed_by is None:
                forwarding.pass_on(tx, _came(tx, row), incoming)
            inbound.settle(tx, row)
            meeting.revisit(tx, incoming.actor)
            if isinstance(incoming, Create):
                wake(tx, incoming.post.uri)
        case Ignored(reason=reason):
            inbound.settle(tx, row, ignored=reason)
    return outcome
