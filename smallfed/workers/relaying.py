"""Relaying: what relays bring waits in a short queue; here is its door, and the books of what is not even let in.

The door asks ``brings`` and hands over by ``take``. Beyond the caps of the day nothing is stored, only counted; beyond
what may wait the oldest goes. Counts of what never became a row, and of what apps were shown, are gathered in memory:
they are a bill, and no fact. What waits is ``winnowing``'s.

Spec: FEP-ae0c; PROTOCOL §7.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta
from math import inf

import trio
from msgspec import Struct

from smallfed.domain.events import RelayedQueued, RelaysChanged
from smallfed.domain.relay import Relay
from smallfed.domain.uris import host
from smallfed.policy import relaying
from smallfed.policy.budgets import Buckets
from smallfed.policy.relaying import HEAVIEST, QUEUED
from smallfed.protocol.envelope import Envelope
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.runtime.hub import Hub
from smallfed.runtime.pace import Pace
from smallfed.runtime.together import Together
from smallfed.store import relay_days, relayed, relays
from smallfed.store.relayed import Coming
from smallfed.store.tx import Tx

TOGETHER, LONGEST = 0.25, 1.0  # seconds in which more comes that is stored with it: the more comes, the longer
HEARD = timedelta(minutes=1)  # since it was noted that a relay brings something
NOTED = 10.0  # seconds in which more is counted before it is written down
SHOWN = 5000  # posts shown to apps that are remembered until then
BRINGING = frozenset({"Create", "Announce"})  # anything else is about what may be here
UNWANTED = "is not to be received"
GATE = "came faster than can be taken"
FULL = "had to make room for newer ones"

Brought = tuple[int, Sequence[Coming]]  # by which relay, and what came in one request of its


class Counted(Struct):
    """What was counted of one relay since it was last written down."""

    heard: int = 0
    bytes: int = 0
    refused: Counter[str] = Counter()


class Relaying:
    """Takes from relays. There must be one per database."""

    def __init__(self, db: Database, clock: Clock, hub: Hub, pace: Pace, *, limited: bool) -> None:
        self._db, self._clock, self._pace, self._limited = db, clock, pace, limited
        self._changed, self._counting = Bell(), Bell()
        hub.on(RelaysChanged, self._changed)
        self._known: dict[str, Relay] = {}
        self._counted: defaultdict[int, Counted] = defaultdict(lambda: Counted(refused=Counter()))
        self._spent: dict[int, tuple[int, str]] = {}  # by relay: the day, and why nothing more is taken on it
        self._generation = 0
        self._shown: set[int] = set()
        self._gate = Buckets(rate=100.0, burst=1000)
        self._together = Together[Brought, str | None](self._store, clock, seconds=TOGETHER, most=LONGEST)

    # For the door
    def brings(self, signer: str, envelope: Envelope) -> bool:
        """Whether it is a relay of the owner's that hands over what somebody else did, or announces a post."""
        return signer in self._known and (envelope.actor != signer or envelope.type == "Announce")

    async def take(self, signer: str, letters: Sequence[tuple[Envelope, bytes]]) -> None:
        """Store what a relay brings in one request, or count that it is not taken. Unavailable when nothing can be."""
        relay, coming = self._known.get(signer), list[Coming]()
        if relay is None:
            return  # the owner has left it this very moment
        for envelope, body in letters:
            why = self._turned_away(relay, body)
            if why is None:
                name = host(envelope.order_key) or relay.host
                coming.append(Coming(host=name, body=body, urgent=envelope.type not in BRINGING))
            else:
                self._count(relay, body, why)
        if coming:
            await self._wait(relay, coming)

    async def _wait(self, relay: Relay, coming: Sequence[Coming]) -> None:
        generation = self._generation
        with self._pace.unhurried():
            why = await self._together.put((relay.id, coming))
        if why is None:
            return
        if generation == self._generation:
            self._spent[relay.id] = (self._today(), why)
        for one in coming:
            self._count(relay, one.body, why)

    def _count(self, relay: Relay, body: bytes, why: str) -> None:
        counted = self._counted[relay.id]
        counted.heard, counted.bytes = counted.heard + 1, counted.bytes + len(body)
        counted.refused[why] += 1
        self._counting.ring()

    async def _store(self, brought: Sequence[Brought]) -> Sequence[str | None]:
        return await self._db.write(_arrive, brought)

    def _turned_away(self, relay: Relay, body: bytes) -> str | None:
        """Return why something is not even stored, as far as that is known without asking anybody."""
        if not relay.receives:
            return UNWANTED
        if len(body) > HEAVIEST:
            return "is too large"
        day, why = self._spent.get(relay.id, (0, ""))
        if day == self._today():
            return why
        now = self._clock.monotonic()
        if self._limited and self._gate.wait(str(relay.id), now) > 0:
            return GATE
        self._gate.take(str(relay.id), now)
        return None

    def _today(self) -> int:
        return relay_days.day_of(self._clock.now())

    # For apps
    def seen(self, posts: Collection[int]) -> None:
        """Note that an app was shown posts, whoever brought them; it is written down a little later."""
        if self._known and len(self._shown) < SHOWN:
            self._shown.update(posts)
            self._counting.ring()

    # The loops
    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Keep the books until cancelled, and follow what the owner wants."""
        await self._refresh()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._keep_books)
            task_status.started()
            while True:
                await self._changed.listen(inf)
                await self._refresh()

    async def _refresh(self) -> None:
        every = sorted(await self._db.read(relays.every), key=lambda relay: relay.receives)  # one actor may be two
        self._known = {relay.actor: relay for relay in every if relay.actor is not None}
        self._spent.clear()
        self._generation += 1

    async def _keep_books(self) -> None:
        try:
            while True:
                await self._counting.listen(inf)
                await self._clock.sleep(NOTED)
                await self._db.patient_write(_note, *self._taken())
        finally:
            counted, shown = self._taken()
            if counted or shown:
                self._db.later(_note, counted, shown)

    def _taken(self) -> tuple[dict[int, Counted], list[int]]:
        counted, shown = dict(self._counted), sorted(self._shown)
        self._counted.clear()
        self._shown.clear()
        return counted, shown


# The transactions -----------------------------------------------------------------------------------------------------
def _arrive(tx: Tx, brought: Sequence[Brought]) -> list[str | None]:
    """Let things wait; return for what came in each request why it does not, or None."""
    coming = defaultdict[int, list[Coming]](list)
    for number, some in brought:
        coming[number] += some
    why = {number: _let_wait(tx, number, some) for number, some in coming.items()}
    if None in why.values():
        tx.announce(RelayedQueued())
    return [why[number] for number, _ in brought]


def _let_wait(tx: Tx, number: int, coming: Sequence[Coming]) -> str | None:
    """Let what a relay brings wait; the oldest makes room. Return why nothing more is taken of it today, or now."""
    relay = relays.find(tx, number)
    if relay is None or not relay.receives:
        return UNWANTED
    spent = relaying.spent(relay.caps, relay_days.today(tx, number))
    if spent is not None:
        return spent
    relayed.put(tx, number, coming)
    relay_days.add(tx, number, heard=len(coming), bytes=sum(len(one.body) for one in coming))
    if gone := relayed.trim(tx, number, most=QUEUED):
        relay_days.refuse(tx, number, {FULL: gone})
    if relay.heard_at is None or tx.now - relay.heard_at > HEARD:
        relays.heard(tx, number)
    return None


def _note(tx: Tx, counted: dict[int, Counted], shown: Sequence[int]) -> None:
    for number, what in counted.items():
        relay_days.add(tx, number, heard=what.heard, bytes=what.bytes)
        relay_days.refuse(tx, number, what.refused)
    for number, count in relayed.mark_read(tx, shown).items() if shown else ():
        relay_days.add(tx, number, read=count)
