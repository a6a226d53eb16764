"""The owner sees what is written and not published yet: drafts, posts for later, and what could not be published."""

import logging
from collections.abc import Callable

from quart import Response

from smallfed.domain.scheduled_post import ScheduledPost
from smallfed.errors import NotFound
from smallfed.observe.logging import event
from smallfed.pages.answers import page, see_other
from smallfed.pages.quart import parts
from smallfed.services import scheduling
from smallfed.store import scheduled_posts
from smallfed.store.paging import Page
from smallfed.store.tx import Tx
from smallfed.web import login

log = logging.getLogger(__name__)

PATH = "/drafts"
ALL = Page(limit=300)  # there are never more


def written(tx: Tx) -> list[ScheduledPost]:
    """Return all of them: what could not be published, then posts for later, by their time, then drafts."""
    return sorted(scheduled_posts.page(tx, ALL), key=lambda post: (not post.problem, post.draft, post.scheduled_at))


async def show() -> Response:
    """List them."""
    visit = await login.inside(PATH)
    if isinstance(visit, Response):
        return visit
    house = parts()
    found, now = await house.db.read(written), house.clock.now()
    return page("drafts.html", visit=visit, house=house.identity.here, written=found, now=now)


async def publish(number: int) -> Response:
    """Publish one now."""
    return await _changed("draft.released", scheduling.release, number)


async def drop(number: int) -> Response:
    """Delete one."""
    return await _changed("draft.dropped", scheduling.cancel, number)


async def _changed(name: str, change: Callable[[Tx, int], object], number: int) -> Response:
    sent = await login.form(PATH)
    if isinstance(sent, Response):
        return sent
    try:
        await parts().db.write(change, number)
        event(log, name, post=number)
    except NotFound:
        event(log, f"{name}.late", post=number)  # it was published or deleted meanwhile: the list shows that
    return see_other(PATH)
