"""The composition root: builds the house from a Config, opens the one nursery, starts and stops in order.

Starting: lock → database → loops → doors. Stopping goes the other way round, within a few seconds; a client that does
not read its answer cannot hold it up.
"""

import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from functools import partial
from typing import cast

import trio

from smallfed import __version__
from smallfed.config import Config, alarms
from smallfed.control import door as control
from smallfed.domain.events import (
    DeadlineSet,
    DeliveriesQueued,
    FetchQueued,
    HouseSetUp,
    ImportQueued,
    InboundQueued,
    OwnerLeft,
    PostScheduled,
    PushQueued,
)
from smallfed.domain.house import House
from smallfed.federation.front import Front
from smallfed.federation.routes import Routes
from smallfed.listening import address, listen, raise_descriptor_limit, serve
from smallfed.mastodon import register as register_mastodon
from smallfed.mastodon.streaming import Streaming
from smallfed.oauth import register as register_oauth
from smallfed.observe.logging import event
from smallfed.pages.asgi import Asgi
from smallfed.pages.quart import new_app
from smallfed.protocol import webpush
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.client import Http
from smallfed.runtime.clock import Clock, Dice, chance, secret
from smallfed.runtime.database import Database
from smallfed.runtime.hub import Hub
from smallfed.runtime.identity import VAPID, Identity
from smallfed.runtime.locking import occupy
from smallfed.runtime.outside import Outside
from smallfed.runtime.pace import Pace
from smallfed.runtime.supervise import Run, supervise
from smallfed.services import catching_up, consequences, welcoming
from smallfed.store import houses, opening
from smallfed.store.fetches import Kind
from smallfed.store.tx import Tx
from smallfed.web import register as register_web
from smallfed.welcome import first_words
from smallfed.workers import carding, moderators, synchronising
from smallfed.workers.catching_up import CatchingUp
from smallfed.workers.clearing import Clearing
from smallfed.workers.conversing import Conversing
from smallfed.workers.deadlines import Deadlines
from smallfed.workers.delivery import Deliverer
from smallfed.workers.errands import Errands, Work
from smallfed.workers.fetching import Fetcher
from smallfed.workers.finding import Finder
from smallfed.workers.importing import Importer
from smallfed.workers.indexing import Indexing
from smallfed.workers.intake import Intake
from smallfed.workers.outboxes import Outboxes
from smallfed.workers.parts import Parts
from smallfed.workers.processing import Processing
from smallfed.workers.proving import Proving
from smallfed.workers.publishing import Publishing
from smallfed.workers.pushing import Pusher
from smallfed.workers.schedule import Schedule
from smallfed.workers.trending import Trending
from smallfed.workers.works import works

log = logging.getLogger(__name__)

DATABASE = "smallfed.db"
DOORS_PATIENCE = 4.0  # seconds for answers under way when we stop


class App:
    """A house put together: its parts, its loops and its front door. Sockets are opened by ``run`` only."""

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
            then=consequences.follow,
            dice=dice,
            aside=aside,
            threaded=threaded,
        )
        self._outside = Outside(config, aside)
        http = http or self._outside
        fetches = Bell()
        fetcher = Fetcher(db, http, clock, identity, limited=config.limits.rate)
        self._proving = Proving(fetcher, clock, aside)
        outboxes = Outboxes(db, fetcher, self._proving, clock, config.past)
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
            fetcher=fetcher,
            finder=Finder(db, fetcher),
            conversing=Conversing(db, clock, dice, identity, fetcher, config.conversations),
            outboxes=outboxes,
            processing=Processing(db, aside, hub, config.data),
            pace=Pace(),
            inbound=Bell(),
            deliveries=Bell(),
            fetches=fetches,
        )
        self._deadlines = Bell()
        hub.on(DeadlineSet, self._deadlines)
        self._scheduled = Bell()
        hub.on(PostScheduled, self._scheduled)
        self._imports = Bell()
        hub.on(ImportQueued, self._imports)
        self._pushes = Bell()
        hub.on(PushQueued, self._pushes)
        hub.on(DeliveriesQueued, self.parts.deliveries)
        hub.on(FetchQueued, fetches)
        hub.on(InboundQueued, self.parts.inbound)
        self.routes = Routes(self.parts)
        quart = new_app(self.parts)
        for register in (register_oauth, register_mastodon, register_web):
            register(quart)
        self.streaming = Streaming(self.parts, cast("Asgi", quart))
        self.front = Front(self.parts, self.routes.find, self.streaming)

    @asynccontextmanager
    async def living(self) -> AsyncIterator[Parts]:
        """Run the database and the loops while the block runs; the database goes last."""
        parts = self.parts
        async with trio.open_nursery() as base:
            await base.start(parts.db.run)
            await self._settle_in()
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
            "card": partial(carding.read, p.db, p.fetcher.documents, p.finder, p.aside),
        }
        digests = synchronising.Digests(p.db, p.hub, p.identity)
        intake = Intake(p.db, p.fetcher, p.clock, p.inbound, identity=p.identity, aside=p.aside, pace=p.pace)
        return (
            ("outside", self._outside.run),
            ("intake", intake.run),
            ("errands", Errands(p.db, p.clock, p.dice, p.fetches, every).run),
            ("conversing", p.conversing.run),
            ("delivery", Deliverer(p.db, p.http, p.clock, p.dice, p.identity, p.deliveries, p.aside, digests).run),
            ("pushing", Pusher(p.db, p.http, p.clock, p.dice, p.identity, p.aside, p.data, self._pushes).run),
            ("processing", p.processing.run),
            ("importing", Importer(p.db, p.finder, p.fetcher, p.clock, self._imports).run),
            ("schedule", Schedule(p).run),
            ("indexing", Indexing(p).run),
            ("trends", Trending(p).run),
            ("catching up", CatchingUp(p.db, p.fetcher, self._proving, p.clock, p.config.away).run),
            ("clearing", Clearing(p).run),
            ("publishing", Publishing(p, self._scheduled).run),
            ("deadlines", Deadlines(p.db, p.clock, self._deadlines).run),
            ("routes", self.routes.run),
            ("streaming", self.streaming.run),
            ("noticing", partial(p.noticing.run, p.db)),
            ("settling in", self._follow_house),
        )

    async def _settle_in(self) -> None:
        """Take the house as it is stored into memory, if it is set up."""
        stored = await self.parts.db.read(_stored)
        if stored is not None:
            house, keys = stored
            if VAPID not in keys and house.left_at is None:  # a house from before there was Web Push
                keys = await self.parts.db.write(_lend_key, VAPID, webpush.generate())
            if self.parts.identity.house is None:
                self._outside.open(house)
            self.parts.identity.load(house, keys)

    async def _follow_house(self, *, task_status: trio.TaskStatus[None]) -> None:
        """Take the house into memory as soon as the owner has set it up, and again when the owner has left."""
        bell = Bell()
        for kind in (HouseSetUp, OwnerLeft):
            self.parts.hub.on(kind, bell)
        task_status.started()
        while True:
            if await bell.listen(3600):
                await self._settle_in()


def _stored(tx: Tx) -> tuple[House, dict[str, tuple[str, str]]] | None:
    house = houses.find(tx)
    return None if house is None else (house, houses.keys(tx))


def _lend_key(tx: Tx, name: str, key: tuple[str, str, str]) -> dict[str, tuple[str, str]]:
    algorithm, private, public = key
    houses.put_key(tx, name, algorithm=algorithm, private_pem=private, public_pem=public)
    return houses.keys(tx)


async def run(config: Config) -> None:
    """Run the server until SIGTERM or ctrl-C."""
    opening.private_folder(config.data)
    with occupy(config.data):
        prepared = opening.prepare(config.data / DATABASE, now=Clock().now())
        _say_loudly(config, prepared)
        raise_descriptor_limit()
        _spare_the_collector()
        with closing(listen(config.server.bind)) as sock:
            await _run(App(config), sock)


async def _run(app: App, sock: socket.socket) -> None:
    listening, stop, doors_closed = address(sock), trio.Event(), trio.Event()
    async with trio.open_nursery() as doors:
        async with app.living() as parts:
            await doors.start(partial(_doors, app, sock, stop, doors_closed))
            await doors.start(control.serve, parts)
            await _welcome(parts, listening)
            await _told_to_stop()
            stop.set()
            app.streaming.stop()
            with trio.move_on_after(DOORS_PATIENCE):
                await doors_closed.wait()
        event(log, "stopped")
        if not doors_closed.is_set():
            # Only clients that do not read are left. Everything is on disk; the system closes their connections.
            logging.shutdown()
            os._exit(0)
        doors.cancel_scope.cancel()


async def _doors(
    app: App, sock: socket.socket, stop: trio.Event, closed: trio.Event, *, task_status: trio.TaskStatus[None]
) -> None:
    try:
        await serve(app.front, sock, stop=stop.wait, task_status=task_status)
    finally:
        closed.set()


async def _told_to_stop() -> None:
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for number in signals:
            event(log, "stopping", signal=signal.Signals(number).name)
            return


async def _welcome(parts: Parts, listening: str) -> None:
    token = secret()
    expected = parts.identity.house is None and await parts.db.write(welcoming.expect, token)
    words = first_words(listening, house=parts.identity.house, token=token if expected else None)
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
    event(log, "ready", listening=listening, version=__version__)


def _spare_the_collector() -> None:
    """Let the garbage collector look at less, less often: what is loaded now stays, and little else has cycles."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()  # see sparing


def _say_loudly(config: Config, prepared: opening.Prepared) -> None:
    """Tell what the owner must know: what ran on the database, what is dangerous about the configuration."""
    for alarm in alarms(config):
        event(log, "dangerous option", level=logging.WARNING, option=alarm.name, value=alarm.value, means=alarm.meaning)
    if sentence := opening.warning():
        event(log, "old SQLite", level=logging.WARNING, means=sentence)
    if prepared.copy is not None:  # else the database is new, and there was nothing to change
        event(log, "migrated", steps=list(prepared.ran), copy=str(prepared.copy))
