"""The composition root: builds the house from a Config, and keeps its loops in one nursery."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

import trio

from smallfed.config import Config
from smallfed.domain.events import (
    DeadlineSet,
    DeliveriesQueued,
    DomainBlocked,
    Event,
    FetchQueued,
    ImportQueued,
    InboundQueued,
    ListsChanged,
    PostScheduled,
    PushQueued,
    TransferQueued,
)
from smallfed.federation.front import Front
from smallfed.federation.metrics import Metrics, secret
from smallfed.federation.routes import Routes
from smallfed.mastodon.streaming import Streaming
from smallfed.pages.keeping import Keeping
from smallfed.policy.quorum import Terms
from smallfed.reception import Reception
from smallfed.runtime import means
from smallfed.runtime.aside import Aside
from smallfed.runtime.bucket import opened
from smallfed.runtime.client import Http
from smallfed.runtime.clock import Clock, Dice, chance
from smallfed.runtime.database import Database
from smallfed.runtime.hub import Hub
from smallfed.runtime.identity import Identity
from smallfed.runtime.outside import Outside
from smallfed.runtime.pace import Pace
from smallfed.runtime.room import Room
from smallfed.runtime.storage import Storage
from smallfed.runtime.supervise import Run, supervise
from smallfed.services import catching_up, consequences
from smallfed.store.fetches import Kind
from smallfed.store.tx import Tx
from smallfed.workers import carding, moderators, synchronising
from smallfed.workers.catching_up import CatchingUp
from smallfed.workers.clearing import Clearing
from smallfed.workers.conversing import Conversing
from smallfed.workers.deadlines import Deadlines
from smallfed.workers.delivery import Deliverer
from smallfed.workers.errands import Errands, Work
from smallfed.workers.fetching import Fetcher
from smallfed.workers.figures import Figures
from smallfed.workers.importing import Importer
from smallfed.workers.indexing import Indexing
from smallfed.workers.intake import Intake
from smallfed.workers.lifting import Lifting
from smallfed.workers.list_sources import Sources
from smallfed.workers.lookup import Finder
from smallfed.workers.mirroring import Mirroring
from smallfed.workers.outboxes import Outboxes
from smallfed.workers.parts import Parts
from smallfed.workers.processing import MEDIA, Processing
from smallfed.workers.proving import Proving
from smallfed.workers.publishing import Publishing
from smallfed.workers.purging import Purging
from smallfed.workers.pushing import Pusher
from smallfed.workers.relaying import Relaying
from smallfed.workers.schedule import Schedule
from smallfed.workers.settling_in import SettlingIn
from smallfed.workers.sweeping import Sweeper
from smallfed.workers.transferring import Transferring, use_bucket
from smallfed.workers.trending import Trending
from smallfed.workers.trusting import Trusting
from smallfed.workers.winnowing import Winnowing
from smallfed.workers.works import works

DATABASE = "smallfed.db"


class App:
    """A house put together: its parts, its loops and its front door. Sockets are opened in ``running``."""

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock | None = None,
        dice: Dice = chance,
        http: Http | None = None,
        threaded: bool = True,
    ) -> None:
        clock = clock or Clock()
        aside, hub, identity = Aside(threads=threaded), Hub(), Identity(clock)
        db = Database(
            config.data / DATABASE,
            clock,
            publish=hub.publish,
            then=_follow,
            dice=dice,
            aside=aside,
            threaded=threaded,
        )
        self._outside = Outside(config, aside)
        http = http or self._outside
        fetcher = Fetcher(db, http, clock, identity, limited=config.limits.rate)
        self._proving = Proving(fetcher, clock, aside)
        outboxes = Outboxes(db, fetcher, self._proving, clock, config.past)
        sources = Sources(db, http, fetcher.documents, aside, identity)
        pace = Pace()
        room = Room(config.data, aside, budget=config.media.disk_budget, reserve=config.storage.reserve)
        self.parts = Parts(
            config=config,
            data=config.data,
            clock=clock,
            dice=dice,
            aside=aside,
            db=db,
            hub=hub,
            identity=identity,
            http=http,
            storage=Storage(db, aside, config.data / MEDIA, opened(config.s3)),
            mirroring=Mirroring(
                db, http, fetcher.documents, clock, dice, aside, config.data, films=config.media.remote_bytes, room=room
            ),
            fetcher=fetcher,
            finder=Finder(db, fetcher),
            conversing=Conversing(db, clock, dice, identity, fetcher, config.conversations),
            outboxes=outboxes,
            processing=Processing(db, aside, hub, config.data, means.found(config.media)),
            list_sources=sources,
            trusting=Trusting(
                db,
                sources,
                clock,
                dice,
                aside,
                Terms(block_at=config.federation.lists_block_at, limit_at=config.federation.lists_limit_at),
                hub.bell(ListsChanged),
            ),
            pace=pace,
            relaying=Relaying(db, clock, hub, pace, limited=config.limits.rate),
            room=room,
            inbound=hub.bell(InboundQueued),
            deliveries=hub.bell(DeliveriesQueued),
            fetches=hub.bell(FetchQueued),
        )
        self._deadlines, self._scheduled = hub.bell(DeadlineSet), hub.bell(PostScheduled)
        self._lifted = hub.bell(DomainBlocked)
        self._imports, self._pushes = hub.bell(ImportQueued), hub.bell(PushQueued)
        self._transfers = hub.bell(TransferQueued)
        self.metrics = Metrics(Figures(self.parts, lambda: self.streaming.listeners), secret(config.metrics.token_file))
        self._settling = SettlingIn(self.parts, self._outside.open)
        self.routes = Routes(self.parts, self.metrics)
        self.streaming = Streaming(self.parts, Keeping(hub, Reception(self.parts)))
        self.front = Front(self.parts, self.routes.find, self.streaming, self.routes.refusing.turned_away)

    @asynccontextmanager
    async def living(self) -> AsyncIterator[Parts]:
        """Run the database and the loops while the block runs; the database goes last."""
        parts = self.parts
        async with trio.open_nursery() as base:
            await base.start(parts.db.run)
            await self._settling.look()
            await use_bucket(parts.db, parts.storage)
            async with trio.open_nursery() as loops:
                for name, run in self._loops():
                    await loops.start(partial(supervise, name, run))
                try:
                    yield parts
                    parts.db.later(catching_up.live)
                finally:
                    loops.cancel_scope.cancel()
            base.cancel_scope.cancel()

    def _loops(self) -> Sequence[tuple[str, Run]]:
        p = self.parts
        every: dict[Kind, Work] = works(p.db, p.fetcher) | {
            "followers": partial(synchronising.settle, p.db, p.fetcher.documents),
            "moderators": partial(moderators.ask, p.db, p.fetcher.documents),
            "conversation": p.conversing.complete,
            "outbox": p.outboxes.work,
            "lifted": Lifting(p.db, p.fetcher, p.clock).read,
            "card": partial(carding.read, p.db, p.fetcher.documents, p.finder, p.aside),
        }
        digests = synchronising.Digests(p.db, p.hub, p.identity)
        transfers = Transferring(p.db, p.clock, p.dice, p.aside, p.storage, self._transfers)
        intake = Intake(p.db, p.fetcher, p.clock, p.inbound, identity=p.identity, aside=p.aside, pace=p.pace)
        return (
            ("outside", self._outside.run),
            ("intake", intake.run),
            ("errands", Errands(p.db, p.clock, p.dice, p.fetches, every).run),
            ("conversing", p.conversing.run),
            ("delivery", Deliverer(p.db, p.http, p.clock, p.dice, p.identity, p.deliveries, p.aside, digests).run),
            ("pushing", Pusher(p.db, p.http, p.clock, p.dice, p.identity, p.aside, p.data, self._pushes).run),
            ("processing", p.processing.run),
            ("sweeping", Sweeper(p.db, p.aside, p.hub, p.clock, p.room, p.data / MEDIA).run),
            ("mirroring", p.mirroring.run),
            ("transferring", transfers.run),
            ("importing", Importer(p.db, p.finder, p.fetcher, p.clock, self._imports).run),
            ("schedule", Schedule(p).run),
            ("relaying", p.relaying.run),
            ("winnowing", Winnowing(p.db, p.fetcher, self._proving, p.clock, p.hub, p.pace).run),
            ("indexing", Indexing(p).run),
            ("trends", Trending(p).run),
            ("lists", p.trusting.run),
            ("catching up", CatchingUp(p.db, p.fetcher, self._proving, p.clock, p.config.away, self._lifted).run),
            ("clearing", Clearing(p).run),
            ("purging", Purging(p).run),
            ("publishing", Publishing(p, self._scheduled).run),
            ("deadlines", Deadlines(p.db, p.clock, self._deadlines).run),
            ("routes", self.routes.run),
            ("streaming", self.streaming.run),
            ("noticing", partial(p.noticing.run, p.db)),
            ("settling in", self._settling.run),
        )


def _follow(tx: Tx, event: Event) -> None:
    consequences.follow(tx, event)  # which are read with the first event: see deferring
