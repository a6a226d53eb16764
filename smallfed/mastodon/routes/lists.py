"""Lists of people, and who is in them.

Spec: CLIENT_API §8; https://docs.joinmastodon.org/methods/lists/, …/accounts/#lists.
"""

from collections.abc import Sequence

from smallfed.domain import list as facts
from smallfed.domain.list import Replies
from smallfed.domain.numbers import number as numbered
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import Account, List
from smallfed.mastodon.params import identifier
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.replying import Part
from smallfed.mastodon.routes.accounts import present
from smallfed.pages.trees import Tree
from smallfed.services import listing
from smallfed.store import lists
from smallfed.store.paging import Page

READ, WRITE = owner("read:lists"), owner("write:lists")


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get("/api/v1/lists", READ, every)
    door.post("/api/v1/lists", WRITE, create)
    door.get("/api/v1/lists/<number>", READ, one)
    door.put("/api/v1/lists/<number>", WRITE, change)
    door.delete("/api/v1/lists/<number>", WRITE, delete)
    door.get("/api/v1/lists/<number>/accounts", READ, members)
    door.post("/api/v1/lists/<number>/accounts", WRITE, add)
    door.delete("/api/v1/lists/<number>/accounts", WRITE, remove)
    door.get("/api/v1/accounts/<account>/lists", READ, holding)


# Lists ----------------------------------------------------------------------------------------------------------------
async def every(ask: Ask) -> list[List]:
    """Answer all lists."""
    return await ask.read(lambda show: _shown(lists.every(show.tx)))


async def holding(ask: Ask, account: str) -> list[List]:
    """Answer the lists that an account is in."""
    return await ask.read(lambda show: _shown(lists.holding(show.tx, present(show, identifier(account)).id)))


async def one(ask: Ask, number: str) -> List:
    """Answer a list."""
    return await ask.read(lambda show: _entity(lists.get(show.tx, identifier(number))))


async def create(ask: Ask) -> List:
    """Make a list."""
    asked = ask.params
    title, replies, exclusive = asked.text("title"), _replies(asked), asked.flag("exclusive")

    def make(show: Presenter) -> List:
        policy = Replies.LIST if replies is None else replies
        return _entity(listing.create(show.tx, title or "", replies=policy, exclusive=bool(exclusive)))

    return await ask.write(make)


async def change(ask: Ask, number: str) -> List:
    """Change a list: what is not said stays as it is."""
    asked = ask.params
    title, replies, exclusive = asked.text("title"), _replies(asked), asked.flag("exclusive")

    def make(show: Presenter) -> List:
        return _entity(listing.change(show.tx, identifier(number), title=title, replies=replies, exclusive=exclusive))

    return await ask.write(make)


def _replies(asked: Tree) -> str | None:
    """Return which answers are wanted; None where nothing is said, or an empty text."""
    return asked.text("replies_policy") or None


async def delete(ask: Ask, number: str) -> dict[str, str]:
    """Delete a list."""
    await ask.write(lambda show: listing.delete(show.tx, identifier(number)))
    return {}


def _shown(known: Sequence[facts.List]) -> list[List]:
    return [_entity(each) for each in known]


def _entity(known: facts.List) -> List:
    return List(id=str(known.id), title=known.title, replies_policy=known.replies.value, exclusive=known.exclusive)


# Who is in them -------------------------------------------------------------------------------------------------------
async def members(ask: Ask, number: str) -> Part | list[Account]:
    """Answer who is in a list; all at once when ``limit`` is 0."""
    if ask.params.integer("limit") == 0:
        return await ask.read(lambda show: show.accounts(lists.members(show.tx, _known(show, number).id)))
    return await ask.read(_members, number, ask.page(default=40, most=80))


def _members(show: Presenter, number: str, page: Page) -> Part:
    found = lists.members(show.tx, _known(show, number).id, page)
    return Part(items=show.accounts(found), ids=[account.id for account in found])


def _known(show: Presenter, number: str) -> facts.List:
    return lists.get(show.tx, identifier(number))


async def add(ask: Ask, number: str) -> dict[str, str]:
    """Put accounts into a list, all of them or none."""
    wanted = list(map(identifier, ask.params.texts("account_ids")))
    await ask.write(lambda show: listing.add(show.tx, identifier(number), wanted))
    return {}


async def remove(ask: Ask, number: str) -> dict[str, str]:
    """Take accounts out of a list; those that are not in it do not matter."""
    unwanted = [id_ for id_ in map(numbered, ask.params.texts("account_ids")) if id_ is not None]
    await ask.write(lambda show: listing.remove(show.tx, identifier(number), unwanted))
    return {}
