"""The parts of a house whose doors are tested: without threads, without loops, and without a world outside."""

from collections.abc import Callable, Sequence
from pathlib import Path

from smallfed.config import Config
from smallfed.config.options import Limits
from smallfed.domain.events import Event
from smallfed.policy.quorum import Terms
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import Clock, seeded
from smallfed.runtime.database import Database
from smallfed.runtime.hub import Hub
from smallfed.runtime.identity import Identity
from smallfed.runtime.pace import Pace
from smallfed.runtime.room import Room
from smallfed.runtime.storage import Storage
from smallfed.store.tx import Tx
from smallfed.workers.conversing import Conversing
from smallfed.workers.fetching import Fetcher
from smallfed.workers.list_sources import Sources
from smallfed.workers.lookup import Finder
from smallfed.workers.mirroring import Mirroring
from smallfed.workers.outboxes import Outboxes
from smallfed.workers.parts import Parts
from smallfed.workers.processing import Processing
from smallfed.workers.proving import Proving
from smallfed.workers.relaying import Relaying
from smallfed.workers.trusting import Trusting
from tests.workers.far import FakeHttp


def assembled(
    folder: Path,
    clock: Clock,
    hub: Hub,
    http: FakeHttp,
    *,
    publish: Callable[[Sequence[Event]], None],
    then: Callable[[Tx, Event], None] | None = None,
    rate: bool,
) -> Parts:
    """Return the parts of the house below ``folder``, of which nothing runs yet; with ``rate`` its limits hold."""
    config, identity, aside, dice = (
        Config(data=folder, limits=Limits(rate=rate)),
        Identity(clock),
        Aside(threads=False),
        seeded(1),
    )
    db = Database(folder / "smallfed.db", clock, publish=publish, then=then, dice=dice, aside=aside, threaded=False)
    fetcher, room = Fetcher(db, http, clock, identity), Room(folder, aside, budget=None, reserve=0)
    pace, sources = Pace(), Sources(db, http, fetcher.documents, aside, identity)
    return Parts(
        config=config,
        data=folder,
        clock=clock,
        dice=dice,
        aside=aside,
        db=db,
        hub=hub,
        identity=identity,
        http=http,
        storage=Storage(db, aside, folder / "media"),
        fetcher=fetcher,
        finder=Finder(db, fetcher),
        conversing=Conversing(db, clock, dice, identity, fetcher, config.conversations),
        outboxes=Outboxes(db, fetcher, Proving(fetcher, clock, aside), clock, config.past),
        processing=Processing(db, aside, hub, folder),
        list_sources=sources,
        trusting=Trusting(db, sources, clock, dice, aside, Terms(), Bell()),
        pace=pace,
        relaying=Relaying(db, clock, hub, pace, limited=rate),
        room=room,
        mirroring=Mirroring(db, http, fetcher.documents, clock, dice, aside, folder, films=1 << 20, room=room),
        inbound=Bell(),
        deliveries=Bell(),
        fetches=Bell(),
    )
