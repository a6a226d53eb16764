"""Looking at somebody on another server: what only that server knows is asked for while the app waits a moment.

Spec: CLIENT_API §4 (statuses, lookup); PROTOCOL §4.14. What takes longer comes by errand, or with the next page.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum, auto
from functools import partial

import trio

from smallfed.domain.account import Account
from smallfed.errors import SmallfedError
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.presenter import Presenter
from smallfed.observe.logging import event
from smallfed.policy.budgets import Purpose
from smallfed.policy.pasts import Lack, Wish, lacking
from smallfed.services import borrowing, meeting
from smallfed.store import accounts, fetches
from smallfed.store.paging import Page
from smallfed.store.timelines import Choice
from smallfed.store.tx import Tx
from smallfed.workers import counting, featuring
from smallfed.workers.parts import Parts

log = logging.getLogger(__name__)

GLANCE = 2.0  # seconds for numbers and pinned posts at first sight
PATIENCE = 4.0  # seconds for older posts


class Look(Enum):
    """What the owner's look at somebody makes us ask their server for."""

    NOTHING = auto()
    LATER = auto()  # what may have changed
    NOW = auto()  # everything: nobody has looked at them before


def judge(tx: Tx, account: Account) -> Look:
    """Return what is to be asked for, now that the owner looks at ``account``."""
    stale = meeting.stale(tx, account)
    if "counts" in stale and account.counted_at is None and not fetches.failed(tx, account.uri, "counts"):
        return Look.NOW
    return Look.LATER if stale else Look.NOTHING


async def look(ask: Ask, account: Account, how: Look) -> None:
    """Ask for what ``judge`` said: of everything as much as comes in a moment, and the rest when there is time."""
    if how is Look.NOW:
        with trio.move_on_after(GLANCE):
            await _glance(ask.parts, account)
    if how is not Look.NOTHING:
        await ask.write(_look_at, account.id)


async def _glance(parts: Parts, account: Account) -> None:
    errand = parts.fetcher.documents.errand(Purpose.OWNER)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_attempt, partial(counting.count, parts.db, parts.fetcher.documents, account.uri, errand))
        nursery.start_soon(_attempt, partial(featuring.feature, parts.db, parts.fetcher, account.uri, errand))
        nursery.start_soon(_attempt, partial(parts.outboxes.look, account))


async def _attempt(work: Callable[[], Awaitable[object]]) -> None:
    try:
        await work()
    except SmallfedError as error:  # the errand that follows tries again
        event(log, "account.glance", level=logging.DEBUG, error=error)


def _look_at(show: Presenter, account: int) -> None:
    meeting.look_at(show.tx, accounts.get(show.tx, account))


# What they wrote ------------------------------------------------------------------------------------------------------
def lack(tx: Tx, account: Account, page: Page, choice: Choice, found: Sequence[int]) -> Lack:
    """Return what may be missing on a page of somebody's posts, of which we hold ``found``."""
    if choice.pinned:
        return Lack.NEWS if not account.local and account.featured and account.featured_at is None else Lack.NOTHING
    wish = Wish(max_id=page.max_id, since_id=page.since_id, min_id=page.min_id, limit=page.limit, found=found)
    return lacking(wish, borrowing.known(tx, account), tx.now)


async def look_back(ask: Ask, account: Account, judge: Callable[[], Awaitable[Lack]], *, pinned: bool) -> None:
    """Bring what is missing, as long as the app may be kept waiting; ``judge`` says what that is."""

    async def enough() -> bool:
        return await judge() is not Lack.PAST

    with trio.move_on_after(PATIENCE):
        if pinned:
            errand = ask.parts.fetcher.documents.errand(Purpose.OWNER)
            await _attempt(partial(featuring.feature, ask.parts.db, ask.parts.fetcher, account.uri, errand))
            return
        if await judge() is Lack.NEWS:
            await ask.parts.outboxes.look(account)
        await ask.parts.outboxes.go_back(account, enough)
