"""Notifications, one by one: what the owner is told.

Spec: CLIENT_API §7; https://docs.joinmastodon.org/methods/notifications/. Types that an app says it supports
(``supported_types``) change nothing: what has a fallback does not occur here.
"""

from functools import partial

from smallfed.domain.notification import TYPES
from smallfed.errors import NotFound
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import Entity, Notification
from smallfed.mastodon.params import identifier, limit
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.replying import Part
from smallfed.services import notifying
from smallfed.store import notifications
from smallfed.store.notifications import Choice
from smallfed.store.paging import Page

READ, WRITE = "read:notifications", "write:notifications"


class Unread(Entity, frozen=True, kw_only=True):
    """How many the owner has not read."""

    count: int


class Nothing(Entity, frozen=True, kw_only=True):
    """All that is to be said after something was forgotten."""


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get("/api/v1/notifications", owner(READ), newest)
    door.get("/api/v1/notifications/unread_count", owner(READ), unread_count)
    door.post("/api/v1/notifications/clear", owner(WRITE), clear)
    door.post("/api/v1/notifications/dismiss", owner(WRITE), dismiss_old)
    door.get("/api/v1/notifications/<number>", owner(READ), show)
    door.post("/api/v1/notifications/<number>/dismiss", owner(WRITE), dismiss)


def choice(ask: Ask) -> Choice:
    """Return which notifications are asked for: of ``types``, without ``exclude_types``, about ``account_id``.

    Those that were filtered are there with ``include_filtered``, and where one account is asked about.
    """
    types, exclude = ask.params.texts("types"), ask.params.texts("exclude_types")
    return Choice(
        types=tuple(type_ for type_ in TYPES if (not types or type_ in types) and type_ not in exclude),
        account=ask.params.integer("account_id"),
        filtered=ask.params.flag("include_filtered") or False,
    )


async def newest(ask: Ask) -> Part:
    """Answer the newest."""
    return await ask.read(_newest, ask.page(default=40, most=80), choice(ask))


def _newest(show: Presenter, page: Page, wanted: Choice) -> Part:
    found = notifications.newest(show.tx, page, wanted)
    return Part(items=show.notifications(found), ids=[one.id for one in found])


async def show(ask: Ask, number: str) -> Notification:
    """Answer one."""
    return await ask.read(_show, identifier(number))


def _show(show: Presenter, number: int) -> Notification:
    shown = show.notifications([notifications.get(show.tx, number)])
    if not shown:
        raise NotFound("Record not found")
    return shown[0]


async def unread_count(ask: Ask) -> Unread:
    """Answer how many are newer than the marker."""
    most, wanted = limit(ask.params, default=100, most=1000), choice(ask)
    return Unread(count=await ask.read(lambda show: notifications.unread(show.tx, limit=most, choice=wanted)))


async def clear(ask: Ask) -> Nothing:
    """Forget all."""
    await ask.write(lambda show: notifying.clear(show.tx))
    return Nothing()


async def dismiss(ask: Ask, number: str) -> Nothing:
    """Forget one."""
    await ask.parts.db.write(partial(notifying.dismiss, notification=identifier(number)))
    return Nothing()


async def dismiss_old(ask: Ask) -> Nothing:
    """Forget one, as old apps ask for it: by the parameter ``id``."""
    return await dismiss(ask, ask.params.text("id") or "")
