"""The thread around a post, made whole while the owner reads it.

Spec: https://docs.joinmastodon.org/methods/statuses/#context, https://docs.joinmastodon.org/methods/async_refreshes/;
PROTOCOL §4.12; RULINGS 18.
"""

import trio

from smallfed.errors import NotFound
from smallfed.mastodon.access import anyone, owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import Context
from smallfed.mastodon.entities.refreshes import AsyncRefresh, RefreshReport
from smallfed.mastodon.params import identifier
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.replying import REFRESH, Reply
from smallfed.services import boosting, carding
from smallfed.store import posts, threads
from smallfed.store.tx import Tx
from smallfed.workers.conversing import Refresh

GLANCE = 2.0  # seconds that an app waits for what arrives at once
RETRY = 3  # seconds after which it may ask again


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get("/api/v1/statuses/<number>/context", anyone("read:statuses"), context)
    door.get("/api/v1_alpha/async_refreshes/<name>", owner("read"), refresh)


async def context(ask: Ask, number: str) -> Reply:
    """Answer the thread around a post. To the owner, what we lack of it is brought; what takes longer comes later."""
    post = await ask.read(_original, identifier(number))
    under_way = None if ask.viewer is None else await ask.parts.conversing.open(post)
    if under_way is not None:
        with trio.move_on_after(GLANCE):
            await under_way.over.wait()
    found = await ask.long_read(_context, post)
    if ask.viewer is not None and await ask.read(_lacks_card, post):
        ask.parts.db.later(_look, post)
    return Reply(body=found, headers=_told(under_way))


def _told(under_way: Refresh | None) -> dict[str, str]:
    if under_way is None or under_way.over.is_set():
        return {}
    return {REFRESH: f'id="{under_way.id}", retry={RETRY}, result_count={under_way.found}'}


def _original(show: Presenter, number: int) -> int:
    return boosting.original(show.tx, posts.get_visible(show.tx, number, show.viewer)).id


def _context(show: Presenter, number: int) -> Context:
    post = posts.get_visible(show.tx, number, show.viewer)
    above = threads.ancestors(show.tx, post, show.viewer)
    below = threads.descendants(show.tx, post, show.viewer)
    return Context(ancestors=show.statuses(above), descendants=show.statuses(below))


def _lacks_card(show: Presenter, post: int) -> bool:
    return carding.lacks(show.tx, posts.get(show.tx, post))


def _look(tx: Tx, post: int) -> None:
    """Have the page read that a post is about which the owner opened, if it is still there."""
    found = posts.find(tx, post)
    if found is not None:
        carding.look(tx, found)


async def refresh(ask: Ask, name: str) -> RefreshReport:
    """Answer how far the gathering of a thread is."""
    found = ask.parts.conversing.find(name)
    if found is None:
        raise NotFound("Record not found")
    over = found.over.is_set()
    report = AsyncRefresh(id=found.id, status="finished" if over else "running", result_count=found.found)
    return RefreshReport(async_refresh=report)
