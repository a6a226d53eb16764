"""Winnowing: what waits of relays is looked at; what is wanted of it is ``visiting``'s.

Nothing is looked at further ahead than it can be read.

Spec: FEP-ae0c; PROTOCOL §7; SAFETY rules 9, 13, 25, 26.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

import trio

from smallfed.domain.events import RelayedQueued, RelaysChanged
from smallfed.domain.incoming import Incoming
from smallfed.domain.refused import Refused
from smallfed.policy.relaying import AHEAD
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.runtime.hub import Hub
from smallfed.runtime.pace import Pace
from smallfed.services import unwanted, winnowing
from smallfed.services.unwanted import Turned
from smallfed.services.winnowing import PassedOn, Wanted
from smallfed.store import relay_days, relayed, relays
from smallfed.store.relayed import Arrival
from smallfed.store.tx import Tx
from smallfed.workers.fetching import Fetcher
from smallfed.workers.proving import Proving
from smallfed.workers.visiting import Visiting, understood

BATCH = 10  # arrivals decided about in one transaction
GATHER = 1.0  # seconds in which more comes, for one transaction


class Winnowing:
    """Looks at what relays have brought. There must be one per database."""

    def __init__(self, db: Database, fetcher: Fetcher, proving: Proving, clock: Clock, hub: Hub, pace: Pace) -> None:
        self._db, self._clock, self._pace = db, clock, pace
        self._bell = Bell()
        hub.on(RelayedQueued, self._bell)
        hub.on(RelaysChanged, self._bell)
        self._visiting = Visiting(db, fetcher, proving, clock, self._bell)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Winnow and read until cancelled."""
        self._visiting.forget()
        async with trio.open_nursery() as nursery:
            task_status.started()
            while True:
                await self._winnow()
                await self._visiting.begin(nursery)
                await self._clock.sleep(GATHER)
                await self._bell.listen(await self._visiting.pause())

    async def _winnow(self) -> None:
        while rows := await self._db.read(relayed.fresh, limit=BATCH, enough=AHEAD):
            begun = trio.current_time()
            read = list[tuple[Arrival, Incoming, float]]()
            for row in rows:
                began = self._clock.cpu()
                read.append((row, understood(row), self._clock.cpu() - began))
                await trio.lowlevel.checkpoint()
            await self._db.patient_write(_winnowed, read, self._clock)
            await self._pace.stroll(begun)


def _winnowed(tx: Tx, read: Sequence[tuple[Arrival, Incoming, float]], clock: Clock) -> None:
    """Decide about some, and write down what they cost."""
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    turned = defaultdict[int, list[Turned]](list)
    done = list[int]()
    for row, incoming, cpu in read:
        began = clock.cpu()
        relay = relays.find(tx, row.relay_id)
        if relay is None:
            continue
        match winnowing.winnow(tx, relay, incoming, row.body):
            case Wanted(uri=uri, host=name):
                relayed.want(tx, row.id, uri=uri, host=name)
            case PassedOn():
                done.append(row.id)
                counts[relay.id].update(passed_on=1, fetches=1)
            case winnowing.KNOWN:
                done.append(row.id)
                counts[relay.id]["known"] += 1
            case Refused(reason=reason):
                done.append(row.id)
                turned[relay.id].append((incoming, reason, row.received_at))
        counts[relay.id]["cpu"] += int((cpu + clock.cpu() - began) * 1_000_000)
    relayed.settle(tx, done)
    for number, counted in counts.items():
        relay_days.add(tx, number, **counted)
    for number, those in turned.items():
        unwanted.turn_away(tx, number, those)
