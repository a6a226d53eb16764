"""Hearing: a page of what somebody has said, down to where a gap begins.

It is asked in the owner's name, who follows them: Mastodon then shows what is for followers, or for the owner, too.

Spec: PROTOCOL §6.2; SAFETY rules 8, 9, 23, 25, 26.
"""

import logging
from datetime import datetime
from functools import partial

from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.domain.post import Post
from smallfed.domain.speaker import Speaker
from smallfed.domain.uris import host
from smallfed.errors import SmallfedError, TooMany
from smallfed.observe.logging import event
from smallfed.policy import away
from smallfed.policy.budgets import Errand, Purpose
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.services import catching_up
from smallfed.store import accounts, gaps
from smallfed.store.gaps import Gap
from smallfed.translate import outboxes
from smallfed.translate.outboxes import Said
from smallfed.workers import featuring
from smallfed.workers.entries import Entries
from smallfed.workers.fetching import Fetcher
from smallfed.workers.leafing import Leaf, turn
from smallfed.workers.proving import Proving

log = logging.getLogger(__name__)

SECOND = 1.0  # between two requests to one server
ITEMS = 100  # things of a page that are looked at
OLDER = 3  # things in a row that are older than the gap: it is closed (one may be pinned, or back-dated)


class Heard(Struct, frozen=True, kw_only=True):
    """What came of asking once: where it goes on, or ``why`` it does not."""

    handle: str = ""
    posts: int = 0
    pages: int = 0
    next: str | None = None
    total: int | None = None
    why: str | None = None


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


class Hearing:
    """Reads outboxes page by page, at most ``pages`` of one."""

    def __init__(self, db: Database, fetcher: Fetcher, proving: Proving, clock: Clock, *, pages: int) -> None:
        self._db, self._fetcher, self._proving, self._clock, self._pages = db, fetcher, proving, clock, pages
        self._steps = Steps(clock)

    async def hear(self, gap: Gap) -> Heard:
        """Read the next page of a gap; SmallfedError when it cannot be read."""
        account = await self._db.read(accounts.find, gap.account_id)
        if account is None or account.outbox is None or not await self._db.read(catching_up.is_wanted, gap):
            return Heard(why="nobody follows it any more")
        errand = self._fetcher.documents.errand(Purpose.OWNER, speaker=Speaker.OWNER)
        place = gap.next or account.outbox
        await self._steps.step(place, requests=1 if gap.next else 2)
        unless = await self._db.read(gaps.total, account.id) if gap.daily else None
        leaf = await turn(self._fetcher.documents, place, errand, origin=account.uri, most=ITEMS, unless=unless)
        posts, is_closed = await self._taken(account, leaf, gap, errand)
        why = self._end(gap, leaf, is_closed=is_closed)
        if why is not None and not gap.daily and account.featured is not None:
            await self._steps.step(account.featured)
            await featuring.feature(self._db, self._fetcher, account.uri, errand)
        return Heard(handle=account.handle, posts=posts, pages=1, next=leaf.next, total=leaf.total, why=why)

    def _end(self, gap: Gap, leaf: Leaf, *, is_closed: bool) -> str | None:
        """Return why this page is the last one; None when it is not."""
        if is_closed:
            return "the gap is closed"
        if gap.daily:
            return "the first page will do"
        if leaf.next is None:
            return "it was read to its end"
        return "away.pages" if gap.pages + 1 >= self._pages else None

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


def _skip(account: Account, gap: Gap, error: SmallfedError) -> None:
    """Leave out what cannot be had; raise what may be had later, unless it was tried often enough."""
    if isinstance(error, TooMany) and gap.attempts < away.PATIENT:
        raise error
    event(log, "away.skipped", level=logging.DEBUG, account=account.handle, error=error)


def _published(said: Said | Post | None) -> datetime | None:
    if said is None or isinstance(said, Post):
        return None if said is None else said.published_at
    return outboxes.published(said)
