"""Notification requests: people whose mentions the policy keeps back, and what the owner decides of them.

Spec: CLIENT_API §7; https://docs.joinmastodon.org/methods/notifications/#get-requests.
"""

from collections.abc import Callable, Iterable, Sequence

from smallfed.domain.notification import Request
from smallfed.mastodon import entities
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import Entity
from smallfed.mastodon.params import identifier, identifiers
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.presenting import notices
from smallfed.mastodon.replying import Part
from smallfed.mastodon.routes.notifications import READ, WRITE, Nothing
from smallfed.services import screening
from smallfed.store import notification_requests
from smallfed.store.paging import Page
from smallfed.store.tx import Tx

Decide = Callable[[Tx, Iterable[Request]], None]


class Merged(Entity, frozen=True, kw_only=True):
    """Whether everything that was accepted stands among the notifications."""

    merged: bool


def register(door: Door) -> None:
    """Take the routes of this page."""
    base = "/api/v1/notifications/requests"
    door.get(base, owner(READ), newest)
    door.get(f"{base}/merged", owner(READ), merged)
    door.post(f"{base}/accept", owner(WRITE), accept_several)
    door.post(f"{base}/dismiss", owner(WRITE), dismiss_several)
    door.get(f"{base}/<number>", owner(READ), show)
    door.post(f"{base}/<number>/accept", owner(WRITE), accept)
    door.post(f"{base}/<number>/dismiss", owner(WRITE), dismiss)


async def newest(ask: Ask) -> Part:
    """Answer who waits."""
    return await ask.read(_newest, ask.page(default=40, most=80))


def _newest(show: Presenter, page: Page) -> Part:
    found = notification_requests.newest(show.tx, page)
    return Part(items=notices.requests(show, found), ids=[request.id for request in found])


async def merged(_ask: Ask) -> Merged:
    """Answer that nothing is left to be done: what is accepted is merged in the same moment."""
    return Merged(merged=True)


async def show(ask: Ask, number: str) -> entities.NotificationRequest:
    """Answer one."""
    return await ask.read(_show, identifier(number))


def _show(show: Presenter, number: int) -> entities.NotificationRequest:
    return notices.requests(show, [notification_requests.get(show.tx, number)])[0]


async def accept(ask: Ask, number: str) -> Nothing:
    """Hear somebody."""
    return await ask.write(_decide, identifier(number), screening.accept)


async def dismiss(ask: Ask, number: str) -> Nothing:
    """Forget what was kept back of somebody."""
    return await ask.write(_decide, identifier(number), screening.dismiss)


def _decide(show: Presenter, number: int, decide: Decide) -> Nothing:
    decide(show.tx, [notification_requests.get(show.tx, number)])
    return Nothing()


async def accept_several(ask: Ask) -> Nothing:
    """Hear those whose requests have these ids."""
    return await ask.write(_decide_several, identifiers(ask.params, "id"), screening.accept)


async def dismiss_several(ask: Ask) -> Nothing:
    """Forget what was kept back of those whose requests have these ids."""
    return await ask.write(_decide_several, identifiers(ask.params, "id"), screening.dismiss)


def _decide_several(show: Presenter, numbers: Sequence[int], decide: Decide) -> Nothing:
    decide(show.tx, notification_requests.several(show.tx, list(numbers)))
    return Nothing()
