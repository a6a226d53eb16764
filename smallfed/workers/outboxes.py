"""Outboxes: what people on other servers wrote before, read page by page when the owner looks at them.

Spec: PROTOCOL §4.14; SAFETY rules 8, 9, 23, 25; RULINGS 12, 18.

How far each was read is a row, so reading goes on where it stopped.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import trio
from msgspec import Struct

from smallfed.config import Past as Options
from smallfed.domain.account import Account
from smallfed.domain.uris import host
from smallfed.errors import Forbidden, Gone, Invalid, Malformed, NotFound, SmallfedError
from smallfed.observe.logging import event
from smallfed.policy.budgets import Purpose
from smallfed.policy.pasts import Allowance
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.services import borrowing
from smallfed.services.borrowing import Turned
from smallfed.store import accounts, pasts
from smallfed.store.fetches import Fetch
from smallfed.store.pasts import Past
from smallfed.workers.entries import Entries
from smallfed.workers.fetching import Fetcher
from smallfed.workers.leafing import turn
from smallfed.workers.memory import Memory
from smallfed.workers.proving import Proving

log = logging.getLogger(__name__)

ITEMS = 40  # things of a page that are taken at once; most servers put twenty on one
FAILED = 300.0  # seconds for which nobody waits again for a server that did not answer
ENOUGH = "enough"
FINAL = (NotFound, Gone, Forbidden, Invalid, Malformed)

Enough = Callable[[], Awaitable[bool]]


class _Report(Struct):
    """What one reading has cost, and why it ended."""

    pages: int = 0
    posts: int = 0
    why: str = "time was up"


class Outboxes:
    """Reads outboxes, each by one reader at a time. One for the house."""

    def __init__(self, db: Database, fetcher: Fetcher, proving: Proving, clock: Clock, options: Options) -> None:
        self._db, self._documents, self._clock, self._options = db, fetcher.documents, clock, options
        self._entries = Entries(db, fetcher, proving, clock, take=borrowing.take, lend=pasts.borrow)
        self._allowance = Allowance(per_host=options.pages_per_host, per_day=options.pages_per_day)
        self._failed = Memory[int, bool](most=1000, seconds=FAILED)
        self._locks: dict[int, trio.Lock] = {}

    def ready(self, account: Account) -> bool:
        """Whether it is worth asking: reading is not switched off, and this server did not fail a moment ago."""
        return self._options.read and self._failed.find(account.id, self._clock.monotonic()) is None

    async def work(self, fetch: Fetch) -> None:
        """Read the first page of the outbox of an actor whom somebody looks at, or whom the owner follows now."""
        account = await self._db.read(accounts.find_uri, fetch.uri)
        if account is not None and self.ready(account):
            await self.look(account)
            await self._db.patient_write(borrowing.welcome, account.id)

    async def look(self, account: Account) -> None:
        """Read the first page, if there is one and budgets allow; what goes wrong is said in the log."""
        asked_at = self._clock.now()
        with self._reading(account) as report:
            async with self._alone(account):
                past = await self._db.read(pasts.find, account.id)
                if past is not None and past.head_at is not None and past.head_at >= asked_at:
                    report.why = ENOUGH  # somebody else has read it while we waited
                else:
                    report.why = await self._page(account, None, report) or "the first page"

    async def go_back(self, account: Account, enough: Enough) -> None:
        """Read on until there is ``enough``, or nothing more, or the budget of a view is spent; then as ``look``."""
        with self._reading(account) as report:
            async with self._alone(account):
                report.why = await self._until(enough, account, report)

    async def _until(self, enough: Enough, account: Account, report: _Report) -> str:
        while not await enough():
            past = await self._db.read(pasts.find, account.id)
            if past is not None and past.ended is not None:
                return past.ended
            if report.pages >= self._options.pages_per_view:
                return "pages_per_view"
            begun = past if past is not None and past.head_at is not None else None
            why = await self._page(account, begun, report)
            if why is not None:
                return why
        return ENOUGH

    # One page -------------------------------------------------------------------------------------------------------
    async def _page(self, account: Account, past: Past | None, report: _Report) -> str | None:
        """Read the page that comes next, or without a ``past`` the first one; return why nothing more can be read."""
        place = account.outbox if past is None else past.next
        if place is None:
            return "it has no outbox"
        if not self._allowance.take(host(place) or place, self._clock.now()):
            return "pages_per_host or pages_per_day"
        try:
            page = await self._turned(account, place, 0 if past is None else past.skip)
        except FINAL as error:
            page = Turned(why=error.message)
        await self._db.patient_write(borrowing.turn, account.id, past, page)
        report.pages, report.posts = report.pages + 1, report.posts + page.new
        return page.why

    async def _turned(self, account: Account, place: str, skip: int) -> Turned:
        errand = self._documents.errand(Purpose.OWNER)
        leaf = await turn(self._documents, place, errand, origin=account.uri, most=skip + ITEMS + 1)
        items = list(leaf.items.items())
        moments, new = await self._entries.take_all(account, dict(items[skip : skip + ITEMS]), errand)
        if len(items) > skip + ITEMS:
            return Turned(moments=moments, new=new, next=place, skip=skip + ITEMS)
        why = "it was read to its end" if leaf.next is None else None
        return Turned(moments=moments, new=new, next=leaf.next, why=why)

    # One reader for each --------------------------------------------------------------------------------------------
    @asynccontextmanager
    async def _alone(self, account: Account) -> AsyncIterator[None]:
        lock = self._locks.setdefault(account.id, trio.Lock())
        try:
            async with lock:
                yield
        finally:
            if not lock.locked():
                self._locks.pop(account.id, None)

    @contextmanager
    def _reading(self, account: Account) -> Iterator[_Report]:
        """Say in the log what a reading has cost and why it ended; that another server fails is no failure of ours."""
        report, begun = _Report(), self._clock.monotonic()
        try:
            yield report
        except SmallfedError as error:
            report.why = error.message
            self._failed.put(account.id, True, self._clock.monotonic())
        finally:
            if report.pages or report.why != ENOUGH:
                event(
                    log,
                    "outbox.read",
                    account=account.handle,
                    pages=report.pages,
                    posts=report.posts,
                    seconds=round(self._clock.monotonic() - begun, 1),
                    why=report.why,
                )
