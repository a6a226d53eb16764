"""Posts for later, and drafts.

Beyond Mastodon: what is put off until the year 2100, or is sent with ``draft=true``, is a draft; ``draft=false`` in a
PUT without a time has it published at once.

Spec: CLIENT_API §5; https://docs.joinmastodon.org/methods/scheduled_statuses/.
"""

from datetime import UTC, datetime

from smallfed.domain.draft import Draft
from smallfed.domain.scheduled_post import ScheduledPost
from smallfed.domain.wish import Wish
from smallfed.errors import Invalid
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import Entity, ScheduledStatus
from smallfed.mastodon.params import identifier
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.presenting.scheduled import scheduled
from smallfed.mastodon.replying import Part
from smallfed.pages.trees import Tree
from smallfed.policy.scheduling import DRAFT
from smallfed.services import scheduling
from smallfed.store import media, scheduled_posts
from smallfed.store.paging import Page

READ, WRITE = "read:statuses", "write:statuses"


class Nothing(Entity, frozen=True, kw_only=True):
    """All that is to be said after one was deleted."""


def register(door: Door) -> None:
    """Take the routes of this page."""
    one = "/api/v1/scheduled_statuses/<number>"
    door.get("/api/v1/scheduled_statuses", owner(READ), several)
    door.get(one, owner(READ), show)
    door.put(one, owner(WRITE), move)
    door.delete(one, owner(WRITE), cancel)


def when(asked: Tree) -> datetime | None:
    """Return until when a post shall be put off, the time of drafts for a draft, None for not at all; Invalid."""
    text = (asked.text("scheduled_at") or "").strip()
    if not text:
        return DRAFT if asked.flag("draft") else None
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("scheduled_at should be a time such as 2026-03-01T12:00:00Z") from None


def schedule(show: Presenter, wish: Wish, draft: Draft, at: datetime) -> ScheduledStatus:
    """Keep what shall be said later, and return it."""
    return _shown(show, scheduling.schedule(show.tx, wish, draft, at))[0]


def find_repeated(show: Presenter, token: int, key: str) -> ScheduledStatus | None:
    """Return what was kept with this Idempotency-Key within a day, or None."""
    known = scheduled_posts.find_repeated(show.tx, token, key)
    return None if known is None else _shown(show, known)[0]


async def several(ask: Ask) -> Part:
    """Answer what waits to be published, drafts, and what could not be published."""
    return await ask.read(_several, ask.page())


def _several(show: Presenter, page: Page) -> Part:
    found = scheduled_posts.page(show.tx, page)
    return Part(items=_shown(show, *found), ids=[post.id for post in found])


def _shown(show: Presenter, *posts: ScheduledPost) -> list[ScheduledStatus]:
    known = media.several(show.tx, {one for post in posts for one in post.wish.media})
    return [scheduled(show.house, post, known) for post in posts]


async def show(ask: Ask, number: str) -> ScheduledStatus:
    """Answer one."""
    return await ask.read(_show, identifier(number))


def _show(show: Presenter, number: int) -> ScheduledStatus:
    return _shown(show, scheduled_posts.get(show.tx, number))[0]


async def move(ask: Ask, number: str) -> ScheduledStatus:
    """Give one another time, make it a draft, or have it published at once."""
    at = when(ask.params)
    if at is None and ask.params.flag("draft") is not False:
        raise Invalid("scheduled_at should be a time such as 2026-03-01T12:00:00Z")
    return await ask.write(_move, identifier(number), at)


def _move(show: Presenter, number: int, at: datetime | None) -> ScheduledStatus:
    tx = show.tx
    return _shown(show, scheduling.release(tx, number) if at is None else scheduling.move(tx, number, at))[0]


async def cancel(ask: Ask, number: str) -> Nothing:
    """Forget one."""
    await ask.write(lambda show: scheduling.cancel(show.tx, identifier(number)))
    return Nothing()
