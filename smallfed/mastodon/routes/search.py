"""Searching, and the way to anything in the fediverse by its address or handle.

Spec: CLIENT_API §6 (search), §13 item 24; https://docs.joinmastodon.org/methods/search/.
"""

import trio
from msgspec import Struct, structs

from smallfed.domain.account import Account
from smallfed.domain.post import Post
from smallfed.errors import Invalid, Unavailable
from smallfed.mastodon import entities
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import Entity
from smallfed.mastodon.looking import Look, look
from smallfed.mastodon.params import limit, offset
from smallfed.mastodon.presenter import Presenter
from smallfed.store import posts, relations, searching
from smallfed.store.searching_posts import Query, search_posts
from smallfed.text import addresses
from smallfed.text.addresses import Address, Named
from smallfed.text.scan import normal_handle, normal_tag
from smallfed.workers import storing
from smallfed.workers.composing import find_people

PATIENCE = 10.0  # seconds for what is not known yet; apps wait no longer
KINDS = ("accounts", "statuses", "hashtags")

Found = Account | Post


class OldSearch(Entity, frozen=True, kw_only=True):
    """What was found, as it was said before hashtags were more than names."""

    accounts: list[entities.Account]
    statuses: list[entities.Status]
    hashtags: list[str]


class Wanted(Struct, frozen=True, kw_only=True):
    """What is looked for; ``kind`` is one of KINDS, or None for all."""

    text: str
    kind: str | None
    following: bool
    query: Query

    def wants(self, kind: str) -> bool:
        """Whether things of this kind are wanted."""
        return self.kind in (None, kind)


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get("/api/v2/search", owner("read:search"), search)
    door.get("/api/v1/search", owner("read:search"), old_search)


async def search(ask: Ask) -> entities.Search:
    """Answer what there is; with ``resolve`` also what an address or a handle leads to elsewhere, and only that."""
    wanted = _wanted(ask)
    match addresses.read(wanted.text):
        case Address(url):
            return await ask.read(_only, wanted, await _at(ask, url))
        case Named(handle) if wanted.wants("accounts"):
            named = await _named(ask, handle)
            if named is not None:
                return await ask.read(_only, wanted, named)
    return await ask.long_read(_look, wanted)


async def old_search(ask: Ask) -> OldSearch:
    """Do as ``search``."""
    found = await search(ask)
    return OldSearch(
        accounts=found.accounts, statuses=found.statuses, hashtags=[hashtag.name for hashtag in found.hashtags]
    )


def _wanted(ask: Ask) -> Wanted:
    asked = ask.params
    kind = asked.text("type") or None
    if kind is not None and kind not in KINDS:
        raise Invalid(f"type should be one of: {', '.join(KINDS)}")
    query = Query(
        limit=limit(asked, default=20, most=40),
        offset=offset(asked),
        max_id=asked.integer("max_id"),
        min_id=asked.integer("min_id"),
        account=asked.integer("account_id"),
    )
    text = (asked.text("q") or "").strip()
    return Wanted(text=text, kind=kind, following=asked.flag("following") or False, query=query)


# By its name ----------------------------------------------------------------------------------------------------------
async def _at(ask: Ask, url: str) -> Found | None:
    known = await ask.parts.db.read(storing.find, url)
    return known if known is not None else await _resolve(ask, url)


async def _named(ask: Ask, handle: str) -> Account | None:
    """Return who has this handle: from the rows if we know them, else, when ``resolve`` is asked, from their server."""
    known = await ask.parts.db.read(find_people, ask.house, [normal_handle(handle)])
    found = next(iter(known.values()), None) or await _resolve(ask, handle)
    return found if isinstance(found, Account) else None


async def _resolve(ask: Ask, text: str) -> Found | None:
    if not ask.params.flag("resolve"):
        return None
    with trio.move_on_after(PATIENCE):
        found = await ask.parts.finder.resolve(text)
        if isinstance(found, Account):
            await look(ask, found, Look.LATER)
        return found
    raise Unavailable("The other server takes too long to answer; try again in a moment.", retry_after=5)


def _only(show: Presenter, wanted: Wanted, found: Found | None) -> entities.Search:
    people, said = [], []
    if isinstance(found, Account) and wanted.wants("accounts") and _is_shown(show, found):
        people = show.accounts([found])
    if isinstance(found, Post) and wanted.wants("statuses"):
        said = show.statuses(list(posts.several_visible(show.tx, [found.id], show.viewer).values()))
    return entities.Search(accounts=people, statuses=said, hashtags=[])


def _is_shown(show: Presenter, found: Account) -> bool:
    """Whoever is blocked by name is found by it, so that they can be unblocked; nobody is on a server that is."""
    return found.gone_at is None and not relations.relationship(show.tx, found.id).domain_blocking


# By what we have ------------------------------------------------------------------------------------------------------
def _look(show: Presenter, wanted: Wanted) -> entities.Search:
    query = wanted.query
    return entities.Search(
        accounts=_people(show, wanted) if wanted.wants("accounts") and query.account is None else [],
        statuses=_said(show, wanted) if wanted.wants("statuses") else [],
        hashtags=_hashtags(show, wanted) if wanted.wants("hashtags") and query.account is None else [],
    )


def _people(show: Presenter, wanted: Wanted) -> list[entities.Account]:
    query = wanted.query
    found = searching.search_accounts(
        show.tx, wanted.text, limit=query.limit, offset=_offset(wanted), following=wanted.following
    )
    return show.accounts(found)


def _said(show: Presenter, wanted: Wanted) -> list[entities.Status]:
    query = structs.replace(wanted.query, offset=_offset(wanted))
    return show.statuses(search_posts(show.tx, wanted.text, query, viewer=show.viewer))


def _hashtags(show: Presenter, wanted: Wanted) -> list[entities.Tag]:
    name = normal_tag(wanted.text)
    return show.tags(searching.search_hashtags(show.tx, name, limit=wanted.query.limit, offset=_offset(wanted)))


def _offset(wanted: Wanted) -> int:
    """Return how many to leave out: a list of all kinds has no second page."""
    return 0 if wanted.kind is None else wanted.query.offset
