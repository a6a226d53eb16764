"""People whom profiles recommend.

Spec: https://docs.joinmastodon.org/methods/endorsements/, https://docs.joinmastodon.org/methods/accounts/#endorsements.
"""

from smallfed.mastodon.access import anyone, owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.params import identifier
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.replying import Part
from smallfed.mastodon.routes.accounts import present
from smallfed.store import endorsements
from smallfed.store.paging import Page


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get("/api/v1/endorsements", owner("read:accounts"), ours)
    door.get("/api/v1/accounts/<account>/endorsements", anyone("read:accounts"), theirs)


async def ours(ask: Ask) -> Part:
    """Answer whom the owner recommends."""
    return await ask.read(_ours, ask.page(default=40, most=80))


def _ours(show: Presenter, page: Page) -> Part:
    found = endorsements.page(show.tx, page)
    return Part(items=show.accounts([person for _, person in found]), ids=[row for row, _ in found])


async def theirs(ask: Ask, account: str) -> Part:
    """Answer whom an account recommends: of others nobody tells."""
    return await ask.read(_theirs, identifier(account), ask.page(default=40, most=80))


def _theirs(show: Presenter, account: int, page: Page) -> Part:
    return _ours(show, page) if present(show, account).local else Part(items=[], ids=[])
