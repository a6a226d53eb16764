"""Notifications in groups: what the owner is told, with the same about the same shown as one.

Spec: CLIENT_API §7; https://docs.joinmastodon.org/methods/grouped_notifications/. A page goes on where its oldest
notification is (``page_min_id``), not where its last group has its newest: so nothing is met twice.
"""

from collections.abc import Collection

from smallfed.domain.notification import GROUPED
from smallfed.errors import Malformed, NotFound
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import GroupedNotifications
from smallfed.mastodon.params import limit
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.presenting import notices
from smallfed.mastodon.replying import Part
from smallfed.mastodon.routes.notifications import READ, WRITE, Nothing, Unread, choice, clear
from smallfed.services import notifying
from smallfed.store import notification_groups
from smallfed.store.notifications import Choice
from smallfed.store.paging import Page

WHOLE, PARTIAL = "full", "partial_avatars"


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get("/api/v2/notifications", owner(READ), newest)
    door.get("/api/v2/notifications/unread_count", owner(READ), unread_count)
    door.post("/api/v2/notifications/clear", owner(WRITE), clear)
    door.get("/api/v2/notifications/<key>", owner(READ), show)
    door.post("/api/v2/notifications/<key>/dismiss", owner(WRITE), dismiss)
    door.get("/api/v2/notifications/<key>/accounts", owner(READ), people)


def _grouped(ask: Ask) -> Collection[str]:
    """Return which types are to be grouped: all that can be, unless the app names some."""
    return ask.params.texts("grouped_types") or GROUPED


async def newest(ask: Ask) -> Part:
    """Answer the newest groups, with whom and what they name."""
    expand = ask.params.text("expand_accounts") or WHOLE
    if expand not in (WHOLE, PARTIAL):
        raise Malformed(f"expand_accounts should be {WHOLE} or {PARTIAL}")
    page = ask.page(default=40, most=80)
    return await ask.read(_newest, page, choice(ask), _grouped(ask), partial=expand == PARTIAL)


def _newest(show: Presenter, page: Page, wanted: Choice, grouped: Collection[str], *, partial: bool) -> Part:
    found = notification_groups.newest(show.tx, page, wanted, grouped)
    covered = [max(group.latest.id for group in found), min(group.oldest_id or 0 for group in found)] if found else []
    return Part(items=notices.grouped(show, found, partial=partial), ids=covered)


async def unread_count(ask: Ask) -> Unread:
    """Answer how many groups have something newer than the marker."""
    most, wanted, grouped = limit(ask.params, default=100, most=1000), choice(ask), _grouped(ask)
    return Unread(
        count=await ask.read(
            lambda show: notification_groups.unread(show.tx, limit=most, choice=wanted, grouped=grouped)
        )
    )


async def show(ask: Ask, key: str) -> GroupedNotifications:
    """Answer one group."""
    return await ask.read(_show, key)


def _show(show: Presenter, key: str) -> GroupedNotifications:
    group = notification_groups.find(show.tx, key)
    shown = None if group is None else notices.grouped(show, [group])
    if shown is None or not shown.notification_groups:
        raise NotFound("Record not found")
    return shown


async def dismiss(ask: Ask, key: str) -> Nothing:
    """Forget a group."""
    await ask.write(lambda show: notifying.dismiss_group(show.tx, key))
    return Nothing()


async def people(ask: Ask, key: str) -> Part:
    """Answer everybody in a group."""
    return await ask.read(_people, key, ask.page(default=40, most=80))


def _people(show: Presenter, key: str, page: Page) -> Part:
    found = notification_groups.people(show.tx, key, page)
    return Part(items=show.accounts([person for _, person in found]), ids=[number for number, _ in found])
