"""The owner sees what is written and not published yet: drafts, posts for later, and what could not be published."""

from quart import Response

from smallfed.domain.scheduled_post import ScheduledPost
from smallfed.pages.answers import page
from smallfed.pages.quart import parts
from smallfed.services import scheduling
from smallfed.store import scheduled_posts
from smallfed.store.paging import Page
from smallfed.store.tx import Tx
from smallfed.web import changing, login

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
    return await changing.change(PATH, "draft.released", scheduling.release, number)


async def drop(number: int) -> Response:
    """Delete one."""
    return await changing.change(PATH, "draft.dropped", scheduling.cancel, number)
