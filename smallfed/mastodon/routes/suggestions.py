"""Whom to follow: people whom the owner has to do with or whom friends show, and those who want to be found.

Strangers find the owner in the directory, and nobody else: whom the owner knows is nobody's business.

Spec: CLIENT_API §§1, 3 (directory, suggestions); https://docs.joinmastodon.org/methods/suggestions/, …/directory/.
"""

from collections.abc import Mapping

from smallfed.errors import Invalid
from smallfed.mastodon import entities
from smallfed.mastodon.access import anyone, owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities.people import OldSource, Suggestion
from smallfed.mastodon.params import identifier, limit, offset
from smallfed.mastodon.presenter import Presenter
from smallfed.services import suggesting
from smallfed.store import accounts, suggestions
from smallfed.store.suggestions import Order

OLD: Mapping[str, OldSource] = {
    "friends_of_friends": "past_interactions",
    "most_interactions": "global",
}
"""How a reason was called before there were several; as Mastodon has it."""

ORDERS: Mapping[str, Order] = {"active": "active", "new": "new"}


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get("/api/v2/suggestions", owner("read", "read:accounts"), suggest)
    door.get("/api/v1/suggestions", owner("read", "read:accounts"), suggest_as_before)
    door.delete("/api/v1/suggestions/<account>", owner("read", "write:accounts"), dismiss)
    door.get("/api/v1/directory", anyone("read", "read:accounts"), directory)


async def suggest(ask: Ask) -> list[Suggestion]:
    """Answer people with the reasons why."""
    return await ask.long_read(_suggest, limit(ask.params, default=40, most=80))


def _suggest(show: Presenter, most: int) -> list[Suggestion]:
    found = suggestions.find(show.tx, most)
    people = show.accounts([one.account for one in found])
    return [
        Suggestion(source=OLD[one.sources[0]], sources=list(one.sources), account=account)
        for one, account in zip(found, people, strict=True)
    ]


async def suggest_as_before(ask: Ask) -> list[entities.Account]:
    """Answer the same people, without reasons."""
    return [one.account for one in await suggest(ask)]


async def dismiss(ask: Ask, account: str) -> dict[str, str]:
    """Propose somebody no more."""
    await ask.parts.db.write(suggesting.dismiss, identifier(account))
    return {}


async def directory(ask: Ask) -> list[entities.Account]:
    """Answer people who want to be found: those who posted last, or whom we met last; ``local`` is the owner."""
    asked = ask.params
    order = ORDERS.get(asked.text("order") or "active")
    if order is None:
        raise Invalid(f"order should be one of: {', '.join(ORDERS)}")
    local = bool(asked.flag("local")) or ask.viewer is None
    return await ask.read(_directory, order, local, limit(asked, default=40, most=80), offset(asked))


def _directory(show: Presenter, order: Order, local: bool, most: int, skipped: int) -> list[entities.Account]:
    me = accounts.owner(show.tx)
    own = [me] if me.discoverable else []
    if local:
        return show.accounts(own[skipped : skipped + most])
    others = suggestions.directory(show.tx, order, limit=most, offset=skipped)
    return show.accounts(others)
