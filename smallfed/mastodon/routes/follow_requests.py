"""Follow requests: who asks to follow the owner.

Spec: CLIENT_API §3; https://docs.joinmastodon.org/methods/follow_requests/.
"""

from collections.abc import Callable

from smallfed.domain.account import Account
from smallfed.mastodon import entities
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.params import identifier
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.replying import Part
from smallfed.services import admitting
from smallfed.store import accounts, follows, houses
from smallfed.store.paging import Page
from smallfed.store.tx import Tx


def register(door: Door) -> None:
    """Hang the routes."""
    door.get("/api/v1/follow_requests", owner("read:follows"), waiting)
    door.post("/api/v1/follow_requests/<account>/authorize", owner("write:follows"), authorize)
    door.post("/api/v1/follow_requests/<account>/reject", owner("write:follows"), reject)


async def waiting(ask: Ask) -> object:
    """Answer with who asks."""
    return await ask.read(_waiting, ask.page(default=40, most=80))


def _waiting(show: Presenter, page: Page) -> Part:
    found = follows.requests(show.tx, houses.owner_id(show.tx), page)
    return Part(items=show.accounts([person for _, person in found]), ids=[row for row, _ in found])


async def authorize(ask: Ask, account: str) -> object:
    """Let somebody in."""
    return await ask.write(_decide, identifier(account), admitting.authorize)


async def reject(ask: Ask, account: str) -> object:
    """Let somebody wait no longer."""
    return await ask.write(_decide, identifier(account), admitting.reject)


def _decide(show: Presenter, account: int, decide: Callable[[Tx, Account], None]) -> entities.Relationship:
    decide(show.tx, accounts.get(show.tx, account))
    return show.relationship(account)
