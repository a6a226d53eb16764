"""Delivering: one nursery, one lane per host, every fact in the database.

A turn writes down what came of deliveries and takes up what is due, in one transaction; lanes send. At most one turn
is taken every few milliseconds, so under load it settles and claims many at once.

Spec: PROTOCOL §6.2; RULINGS 1, 9; SAFETY rules 26, 38, 39.
"""

import logging
from collections import deque
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import islice
from math import inf

import trio
from msgspec import Struct

from smallfed.errors import Unavailable
from smallfed.observe import event
from smallfed.observe.counting import DELIVERED
from smallfed.policy.retrying import GiveUp, Retry, Sent, Silence
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.client import Http
from smallfed.runtime.clock import Clock, Dice
from smallfed.runtime.database import Database
from smallfed.runtime.identity import Identity
from smallfed.services import meeting
from smallfed.store import deliveries, hosts, settlements
from smallfed.store.deliveries import Claim
from smallfed.store.settlements import Outcome, Settled, Untried
from smallfed.store.tx import Tx
from smallfed.workers.courier import Courier, Letter, sign_ahead
from smallfed.workers.lanes import BATCH, Lane, batches
from smallfed.workers.sealing import Sealer
from smallfed.workers.synchronising import Digests

PACE = 0.01  # seconds from one turn to the next
HOLD = 10.0  # seconds without a new claim when we cannot write or send
STOPPING = 2.0  # seconds to write down the last outcomes

# While there is room, whoever waits gives its working place up after a moment (runtime/places); it must not count here
# for longer, or a hundred silent hosts in a row would keep everybody else waiting.
FIRST = 0.1  # seconds after which a host is no longer counted among the working ones
WORKING = 96  # hosts on their way that are counted: enough to keep the 32 working places busy
REFILL = 32  # claims for so many hosts at least, when all are busy: signing pays in batches
LANES = 640  # hosts on their way at all: WORKING + 512 waiting places + 32 working places
SLOW_LANES = 480  # of them, those that were slow last time

WORDS = {Sent: "sent", Retry: "retry", GiveUp: "given up", Silence: "silence", Untried: "untried"}
"""What figures call an outcome."""

THREADS = 2

log = logging.getLogger(__name__)


class Turn(Struct, frozen=True, kw_only=True):
    """What a turn found out."""

    settled: Settled
    quick: Claim
    slow: Claim
    next_due: datetime | None


def take_turn(tx: Tx, outcomes: Sequence[Outcome], *, busy: Collection[str], quick: int, slow: int) -> Turn:
    """Settle ``outcomes``; claim for at most ``quick`` and ``slow`` hosts of the two kinds, none of them ``busy``."""
    settled = settle(tx, outcomes)
    first = deliveries.claim(tx, limit=quick, busy=busy)
    second = deliveries.claim(tx, limit=slow, busy=busy, slow=True)
    taken = {item.host for item in (*first.items, *second.items)}
    kinds = [kind for kind, room in ((False, quick), (True, slow)) if room > 0]
    if kinds and not taken:
        _mend(tx, busy)
    return Turn(
        settled=settled, quick=first, slow=second, next_due=hosts.next_due(tx, busy={*busy, *taken}, slow=kinds)
    )


def settle(tx: Tx, outcomes: Sequence[Outcome]) -> Settled:
    """Write ``outcomes`` down; whose inbox is gone may be gone themselves, and is looked at."""
    settled = settlements.settle(tx, outcomes)
    meeting.doubt(tx, settled.gone)
    return settled


def _mend(tx: Tx, busy: Collection[str]) -> None:
    """Where nothing is due there must not seem to be, or we would look for it for ever."""
    if stale := hosts.stale(tx, busy=busy):
        event(log, "delivery.stale_hosts", level=logging.WARNING, hosts=stale)
        hosts.recount(tx, stale)


class Deliverer:
    """Sends what the queue holds. Neither crash nor shutdown loses anything: a row waits until it is settled."""

    def __init__(
        self,
        db: Database,
        http: Http,
        clock: Clock,
        dice: Dice,
        identity: Identity,
        bell: Bell,
        aside: Aside,
        digests: Digests,
    ) -> None:
        self._db, self._clock, self._identity, self._bell, self._aside = db, clock, identity, bell, aside
        self._digests, self._sealer = digests, Sealer(db, identity, aside)
        self._courier = Courier(http, clock, dice, identity)
        self._signers = trio.CapacityLimiter(THREADS)
        self._lanes: dict[str, Lane] = {}
        self._outcomes: list[Outcome] = []
        self._held_until = -inf

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Deliver until cancelled; ``bell`` says that there is something new."""
        self._lanes.clear()  # a loop that was restarted is busy with nobody
        try:
            async with trio.open_nursery() as lanes:
                task_status.started()
                while True:
                    seconds = await self._turn(lanes)
                    await self._clock.sleep(PACE)
                    await self._bell.listen(seconds)
        finally:
            with trio.move_on_after(STOPPING, shield=True):
                await self._put_down()

    # The books -------------------------------------------------------------------------------------------------
    async def _turn(self, nursery: trio.Nursery) -> float:
        """Settle, claim, start lanes; return for how many seconds there is nothing to do unless the bell rings."""
        quick, slow = self._room()
        outcomes, self._outcomes = self._outcomes, []
        try:
            turn = await self._db.patient_write(take_turn, outcomes, busy=list(self._lanes), quick=quick, slow=slow)
        except Unavailable as error:  # such as a full disk: what we have come to know must not be forgotten
            self._outcomes = outcomes + self._outcomes
            return await self._hold(error)
        _tell(turn.settled)
        try:
            await self._send_off(nursery, turn)
        except Unavailable as error:
            return await self._hold(error)  # nothing was sent: what was claimed is due as before
        return self._until(turn.next_due, full=not (quick and slow))

    async def _send_off(self, nursery: trio.Nursery, turn: Turn) -> None:
        quick, slow = await self._sealer.sealed(turn.quick), await self._sealer.sealed(turn.slow)
        if any(item.to_followers for item in (*quick.items, *slow.items)):
            await self._digests.ready()
        self._start(nursery, quick, slow=False)
        self._start(nursery, slow, slow=True)

    async def _hold(self, error: Unavailable) -> float:
        event(log, "delivery.held", level=logging.WARNING, error=error)
        await self._clock.sleep(HOLD)
        return 0.0

    def _room(self) -> tuple[int, int]:
        """Return for how many more hosts of each kind, quick and slow, there is room."""
        now = self._clock.monotonic()
        if now < self._held_until:
            return 0, 0
        working = sum(not lane.slow and now - lane.since < FIRST for lane in self._lanes.values())
        slow = sum(lane.slow for lane in self._lanes.values())
        free = LANES - len(self._lanes)
        quick = min(WORKING - working, free)
        return (quick if quick >= REFILL else 0), max(0, min(SLOW_LANES - slow, free - WORKING))

    def _until(self, due: datetime | None, *, full: bool) -> float:
        soon = FIRST / 4 if full else inf  # the working become waiting without anybody ringing
        return soon if due is None else min(soon, (due - self._clock.now()).total_seconds())

    async def _put_down(self) -> None:
        try:
            await self._db.patient_write(settle, self._outcomes)
        except Unavailable as error:  # they will be sent a second time; who receives them knows how to tell
            event(log, "delivery.unsettled", level=logging.WARNING, error=error, deliveries=len(self._outcomes))
        self._outcomes = []

    # The lanes -------------------------------------------------------------------------------------------------
    def _start(self, nursery: trio.Nursery, claim: Claim, *, slow: bool) -> None:
        since = self._clock.monotonic()
        lanes: dict[str, Lane] = {}
        for item in claim.items:
            lane = lanes.setdefault(item.host, Lane(item.host, slow=slow, since=since))
            extra = self._digests.headers(item.inbox) if item.to_followers else ()
            lane.letters.append(Letter(item=item, body=claim.bodies[item.body_id], extra=extra))
        self._lanes |= lanes
        if len(claim.items) < BATCH:
            for lane in lanes.values():
                nursery.start_soon(self._drive, lane)
        else:
            for batch in batches(lanes.values()):
                nursery.start_soon(self._sign_and_drive, nursery, batch)

    async def _sign_and_drive(self, nursery: trio.Nursery, lanes: Sequence[Lane]) -> None:
        letters = [letter for lane in lanes for letter in lane.letters]
        signed = iter(await self._aside.thread(sign_ahead, letters, self._identity, self._clock, limiter=self._signers))
        for lane in lanes:
            lane.letters = deque(islice(signed, len(lane.letters)))
            nursery.start_soon(self._drive, lane)

    async def _drive(self, lane: Lane) -> None:
        """Send what the lane holds, in order."""
        if lane.wide:
            async with trio.open_nursery() as pair:
                pair.start_soon(self._send, lane)
                pair.start_soon(self._send, lane)
        else:
            await self._send(lane)
        del self._lanes[lane.host]
        self._bell.ring()

    async def _send(self, lane: Lane) -> None:
        while lane.letters:
            letter = lane.letters.popleft()
            lane.since = self._clock.monotonic()
            outcome = await self._courier.deliver(letter)
            self._outcomes.append(outcome)
            DELIVERED.add(WORDS[type(outcome.result)])
            self._bell.ring()
            if not _may_go_on(outcome):
                self._outcomes += [_untried(left, outcome) for left in lane.letters]
                lane.letters.clear()
            if isinstance(outcome.result, Untried):
                self._held_until = self._clock.monotonic() + HOLD


def _may_go_on(outcome: Outcome) -> bool:
    """Whether the host may be sent the next one at once."""
    match outcome.result:
        case Silence() | Untried():
            return False
        case Retry(rest=rest):
            return not rest
        case _:
            return True


def _untried(letter: Letter, because: Outcome) -> Outcome:
    return Outcome(item=letter.item, result=Untried(), begun=because.begun)


def _tell(settled: Settled) -> None:
    for lost in settled.lost:
        event(log, "delivery.lost", host=lost.host, inbox=lost.inbox, activity=lost.activity, why=lost.why)
    for host, why in settled.opened.items():
        event(log, "delivery.host_silent", host=host, why=why)
    for host in settled.closed:
        event(log, "delivery.host_back", host=host)
