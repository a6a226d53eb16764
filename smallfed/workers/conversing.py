"""Conversing: conversations are made whole, at once when the owner opens one, else when there is time.

Spec: PROTOCOL §4.12; RULINGS 18; https://docs.joinmastodon.org/methods/async_refreshes/.

What is left to do aside is a row of ``fetches``. What the owner has opened is no row: whoever opens it again after a
restart goes on where it stopped, since every post that came is stored and every collection that was read is noted.
"""

import logging
from functools import partial

import trio

from smallfed.config import Conversations
from smallfed.domain.post import Post
from smallfed.observe.logging import event
from smallfed.policy import conversations as policy
from smallfed.policy.budgets import Purpose
from smallfed.runtime.clock import Clock, Dice
from smallfed.runtime.database import Database
from smallfed.runtime.identity import Identity
from smallfed.store import conversations, posts
from smallfed.store.conversations import Conversation, Start
from smallfed.store.fetches import Fetch
from smallfed.workers.backfilling import Backfill
from smallfed.workers.fetching import Fetcher
from smallfed.workers.memory import Memory
from smallfed.workers.quota import Quota
from smallfed.workers.rounds import Grudges

log = logging.getLogger(__name__)

NAMED = 20  # hosts, in the log
OPENED_AT_ONCE = 6  # conversations; whoever leafs through many keeps the others waiting


class Refresh:
    """A conversation that is being gathered. ``found`` posts were new so far; ``over`` is set at the end."""

    def __init__(self, id_: str) -> None:
        self.id = id_
        self.found = 0
        self.over = trio.Event()


class Conversing:
    """Gathers conversations. One for the house."""

    def __init__(
        self, db: Database, clock: Clock, dice: Dice, identity: Identity, fetcher: Fetcher, limits: Conversations
    ) -> None:
        self._db, self._clock, self._dice, self._identity = db, clock, dice, identity
        self._fetcher, self._limits = fetcher, limits
        self._quota, self._grudges = Quota(db, clock, limits), Grudges(clock)
        self._under_way: dict[str, Refresh] = {}  # by the topmost post
        self._known = Memory[str, Refresh](most=200, seconds=600)
        self._places = trio.Semaphore(OPENED_AT_ONCE)
        self._nursery: trio.Nursery | None = None

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Gather what the owner opens, until cancelled."""
        try:
            async with trio.open_nursery() as self._nursery:
                task_status.started()
                await trio.sleep_forever()
        finally:
            self._nursery = None

    # For the owner
    async def open(self, post: int) -> Refresh | None:
        """Begin to gather the conversation around ``post``, or join whoever does; None when there is nothing to do."""
        await self._quota.open()
        start = await self._start(post)
        if start is None:
            return None
        refresh = self._under_way.get(start.top.uri)
        if refresh is None and self._nursery is not None and self._may_begin(start, self._limits.opened):
            refresh = self._enter(start)
            self._nursery.start_soon(self._gather_opened, start, refresh)
        return refresh

    def find(self, id_: str) -> Refresh | None:
        """Return what is or was lately under way under this id."""
        return self._known.find(id_, self._clock.monotonic())

    async def _gather_opened(self, start: Start, refresh: Refresh) -> None:
        async with self._places:
            await self._gather(start, refresh, Purpose.OWNER, self._limits.opened)

    # Aside
    async def complete(self, fetch: Fetch) -> None:
        """Gather the conversation around a post that is of interest, within the smaller budget."""
        await self._quota.open()
        post = await self._db.read(posts.find_uri, fetch.uri)
        start = None if post is None else await self._start(post.id)
        if start is None:
            return
        if start.top.uri not in self._under_way and self._may_begin(start, self._limits.aside):
            await self._gather(start, self._enter(start), Purpose.ASIDE, self._limits.aside)

    # Both
    async def _start(self, post: int) -> Start | None:
        return await self._db.read(conversations.start, post)

    def _may_begin(self, start: Start, budget: int) -> bool:
        """Whether others may have more of the conversation, and neither a limit nor the last look forbids to ask."""
        if budget == 0 or self._quota.exhausted or _is_ours(start):
            return False
        last = start.last
        return last is None or policy.may_begin(last.begun_at, self._clock.now(), complete=last.ended is None)

    def _enter(self, start: Start) -> Refresh:
        refresh = self._under_way[start.top.uri] = Refresh(f"conversation-{self._dice(64):x}")
        self._known.put(refresh.id, refresh, self._clock.monotonic())
        return refresh

    async def _gather(self, start: Start, refresh: Refresh, purpose: Purpose, budget: int) -> None:
        """Gather, write down and log what it cost; whatever goes wrong is over with it."""
        try:
            await self._quota.open()
            backfill = Backfill(
                self._db,
                self._clock,
                self._fetcher,
                purpose=purpose,
                fetches=budget,
                account=self._quota.take,
                ours=self._identity.here.names,
                grudges=self._grudges,
                found=partial(_count, refresh),
            )
            began = self._clock.monotonic()
            top = await backfill.gather(start)
            await self._write_down(backfill, top, refresh, purpose, self._clock.monotonic() - began)
        except Exception:
            log.exception("gathering the conversation of %r", start.top.uri)
        finally:
            del self._under_way[start.top.uri]
            refresh.over.set()

    async def _write_down(
        self, backfill: Backfill, top: Post, refresh: Refresh, purpose: Purpose, seconds: float
    ) -> None:
        look = Conversation(
            uri=top.uri,
            begun_at=backfill.began,
            opened=purpose is Purpose.OWNER,
            found=refresh.found,
            fetched=backfill.asked.total(),
            hosts=len(backfill.asked),
            seconds=round(seconds, 3),
            ended=backfill.ended,
        )
        await self._db.patient_write(conversations.put, look)
        await self._quota.close()
        event(
            log,
            "conversation",
            root=look.uri,
            opened=look.opened,
            found=look.found,
            fetched=look.fetched,
            hosts=[f"{name}: {count}" for name, count in backfill.asked.most_common(NAMED)],
            seconds=look.seconds,
            ended=look.ended or "complete",
        )


def _count(refresh: Refresh) -> None:
    refresh.found += 1


def _is_ours(start: Start) -> bool:
    """Whether the whole conversation is ours: nobody else can have more of it."""
    above = start.top.in_reply_to is not None and start.top.in_reply_to_id is None
    return not above and all(post.local for post, _ in start.held)
