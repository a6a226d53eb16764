"""Catching up: after a time in which we did not run, those who do not send are asked for what we missed.

Spec: PROTOCOL §6.2; SAFETY rules 8, 9, 23, 25, 26.

One reader for each server, which makes one request a second; every gap is a row.
"""

import logging
from datetime import datetime, timedelta
from functools import partial
from math import inf

import trio
from msgspec import Struct

from smallfed.config import Away
from smallfed.domain.account import Account
from smallfed.domain.post import Post
from smallfed.domain.uris import host
from smallfed.errors import Forbidden, Gone, Invalid, Malformed, NotFound, SmallfedError, TooMany
from smallfed.observe.logging import event
from smallfed.policy import away
from smallfed.policy.budgets import Errand, Purpose
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.services import catching_up
from smallfed.store import accounts, gaps
from smallfed.store.gaps import Gap
from smallfed.store.tx import Tx
from smallfed.translate import outboxes
from smallfed.translate.outboxes import Said
from smallfed.workers import featuring
from smallfed.workers.entries import Entries
from smallfed.workers.fetching import Fetcher
from smallfed.workers.leafing import Leaf, turn
from smallfed.workers.proving import Proving

log = logging.getLogger(__name__)

HOSTS = 8  # servers that are asked side by side
SECOND = 1.0  # between two requests to one of them
ITEMS = 100  # things of a page that are looked at
OLDER = 3  # things in a row that are older than the gap: it is closed (one may be pinned, or back-dated)
FINAL = (NotFound, Gone, Forbidden, Invalid, Malformed)


class Steps:
    """Lets somebody go on to a server only once in a while."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next: dict[str, float] = {}

    async def step(self, uri: str, *, requests: int = 1) -> None:
        """Wait until the server of ``uri`` may be asked so many times, more or less at once."""
        name, now = host(uri) or uri, self._clock.monotonic()
        if len(self._next) > 1000:
            self._next = {each: at for each, at in self._next.items() if at > now}
        at = max(now, self._next.get(name, 0.0))
        self._next[name] = at + requests * SECOND
        await self._clock.sleep(at - now)


class CatchingUp:
    """Knows when we were away, and reads what was said meanwhile. There must be one per database."""

    def __init__(
        self,
        db: Database,
        fetcher: Fetcher,
        proving: Proving,
        clock: Clock,
        options: Away,
        bell: Bell | None = None,
    ) -> None:
        self._db, self._fetcher, self._proving, self._clock, self._options = db, fetcher, proving, clock, options
        self._steps, self._bell = Steps(clock), bell or Bell()
        self._busy: set[str] = set()
        self._farthest = timedelta(days=options.days)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Keep the time, and catch up, until cancelled."""
        self._busy.clear()
        await self._beat(timedelta(0))
        async with trio.open_nursery() as nursery:
            task_status.started()
            nursery.start_soon(self._keep_beating)
            while True:
                for name in await self._db.read(gaps.due_hosts, busy=self._busy, limit=HOSTS - len(self._busy)):
                    self._busy.add(name)
                    nursery.start_soon(self._ask_host, name)
                await self._bell.listen(await self._pause())

    # Keeping the time -----------------------------------------------------------------------------------------------
    async def _keep_beating(self) -> None:
        while True:
            await trio.sleep(away.BEAT.total_seconds())
            await self._beat(away.BEAT)

    async def _beat(self, expected: timedelta) -> None:
        """Note that we are alive. Whether we were asleep meanwhile, or did not run, makes no difference."""
        beat = await self._db.patient_write(
            catching_up.beat, expected=expected, farthest=self._farthest, plan=self._options.catch_up
        )
        if beat.since is not None:
            event(log, "away", since=beat.since, accounts=beat.missed)
        if beat.silent:
            event(log, "away.silent hosts", accounts=beat.silent)
        if beat.missed or beat.silent:
            self._bell.ring()

    async def _pause(self) -> float:
        if len(self._busy) >= HOSTS:
            return inf
        due = await self._db.read(gaps.next_due, busy=self._busy)
        return inf if due is None else (due - self._clock.now()).total_seconds()

    # One server -----------------------------------------------------------------------------------------------------
    async def _ask_host(self, name: str) -> None:
        """Read what is due of one server, account by account."""
        try:
            sent = await self._db.patient_write(gaps.judge, name)
            if sent:
                event(log, "away.sent by itself", host=name, accounts=sent)
            while (gap := await self._db.read(gaps.first, name)) is not None:
                await self._close(gap)
        finally:
            self._busy.discard(name)
            self._bell.ring()

    async def _close(self, gap: Gap) -> None:
        """Read a page of what an account may have said unheard; whatever goes wrong stays with its server."""
        turned: _Turned | None
        try:
            turned = await self._turned(gap)
        except SmallfedError as error:
            turned = await self._failed(gap, error)
        except Exception as error:
            log.exception("catching up with account %d", gap.account_id)
            turned = _Turned(why=repr(error))
        await self._db.patient_write(_note, gap, turned)
        if turned is not None and turned.why is not None:
            event(
                log,
                "caught up",
                account=turned.handle,
                since=gap.since,
                pages=gap.pages + turned.pages,
                posts=gap.posts + turned.posts,
                why=turned.why,
            )

    async def _failed(self, gap: Gap, error: SmallfedError) -> "_Turned | None":
        """Give up what is refused for good; else leave the server alone for a while, and that is None."""
        busy = error.retry_after if isinstance(error, TooMany) and gap.attempts < away.BUSY else None
        wait = away.again(gap.attempts + 1) if busy is None else timedelta(seconds=busy)
        if isinstance(error, FINAL) or wait is None:
            return _Turned(why=error.message)
        due = self._clock.now() + wait
        await self._db.patient_write(gaps.postpone, gap, due=due, reason=error.message)
        return None

    # One page -------------------------------------------------------------------------------------------------------
    async def _turned(self, gap: Gap) -> "_Turned":
        account = await self._db.read(accounts.find, gap.account_id)
        if account is None or account.outbox is None or not await self._db.read(catching_up.is_wanted, gap):
            return _Turned(why="nobody follows it any more")
        errand = self._fetcher.documents.errand(Purpose.OWNER)
        place = gap.next or account.outbox
        await self._steps.step(place, requests=1 if gap.next else 2)
        unless = await self._db.read(gaps.total, account.id) if gap.daily else None
        leaf = await turn(self._fetcher.documents, place, errand, origin=account.uri, most=ITEMS, unless=unless)
        posts, is_closed = await self._taken(account, leaf, gap, errand)
        why = self._end(gap, leaf, is_closed=is_closed)
        if why is not None and not gap.daily and account.featured is not None:
            await self._steps.step(account.featured)
            await featuring.feature(self._db, self._fetcher, account.uri, errand)
        return _Turned(handle=account.handle, posts=posts, pages=1, next=leaf.next, total=leaf.total, why=why)

    def _end(self, gap: Gap, leaf: Leaf, *, is_closed: bool) -> str | None:
        """Return why this page is the last one; None when it is not."""
        if is_closed:
            return "the gap is closed"
        if gap.daily:
            return "the first page will do"
        if leaf.next is None:
            return "it was read to its end"
        return "away.pages" if gap.pages + 1 >= self._options.pages else None

    async def _taken(self, account: Account, leaf: Leaf, gap: Gap, errand: Errand) -> tuple[int, bool]:
        """Take what was said in the gap, the oldest first; return how many posts are new, and whether that was all.

        TooMany when there is more to ask than time for it; but what is tried for long may lead nowhere, and is left.
        """
        take = partial(catching_up.take, since=gap.since)
        entries = Entries(self._db, self._fetcher, self._proving, self._clock, take=take, step=self._steps.step)
        said, is_all = await self._said(entries, account, leaf, gap, errand)
        posts = 0
        for one in reversed(said):
            try:
                posts += (await entries.take(account, one, errand)).new
            except SmallfedError as error:
                _skip(account, gap, error)
        return posts, is_all

    async def _said(
        self, entries: Entries, account: Account, leaf: Leaf, gap: Gap, errand: Errand
    ) -> tuple[list[Said], bool]:
        """Read a page down to the beginning of the gap; return what was said since, and whether that was reached."""
        said, older = list[Said](), 0
        for place, thing in leaf.items.items():
            try:
                one = await entries.said(account, place, thing, errand)
            except SmallfedError as error:
                _skip(account, gap, error)
                continue
            said += [] if one is None or isinstance(one, Post) else [one]
            at = _published(one)
            older = older + 1 if at is not None and at < gap.since else 0
            if older == OLDER:
                return said, True
        return said, False


class _Turned(Struct, frozen=True, kw_only=True):
    """What came of asking once: where it goes on, or ``why`` it does not."""

    handle: str = ""
    posts: int = 0
    pages: int = 0
    next: str | None = None
    total: int | None = None
    why: str | None = None


def _skip(account: Account, gap: Gap, error: SmallfedError) -> None:
    """Leave out what cannot be had; raise what may be had later, unless it was tried often enough."""
    if isinstance(error, TooMany) and gap.attempts < away.PATIENT:
        raise error
    event(log, "away.skipped", level=logging.DEBUG, account=account.handle, error=error)


def _published(said: Said | Post | None) -> datetime | None:
    if said is None or isinstance(said, Post):
        return None if said is None else said.published_at
    return outboxes.published(said)


def _note(tx: Tx, gap: Gap, turned: _Turned | None) -> None:
    """Note what came of asking once; None: the server is left alone for a while."""
    if turned is None:
        return
    if gap.daily:
        gaps.asked(tx, gap.account_id, turned.total)
    if turned.why is None and turned.next is not None:
        gaps.turn(tx, gap, next_=turned.next, posts=turned.posts)
    else:
        gaps.drop(tx, gap.account_id)
