"""Accounts: looking at people.

Spec: CLIENT_API §4; https://docs.joinmastodon.org/methods/accounts/.
"""

import trio

from smallfed.domain.account import Account
from smallfed.errors import Forbidden, NotFound, SmallfedError, Unavailable
from smallfed.mastodon import entities
from smallfed.mastodon.access import anyone, owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.looking import Look, judge, lack, look, look_back
from smallfed.mastodon.params import identifier, identifiers, limit, offset
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.replying import Part
from smallfed.mastodon.routes.timelines import without
from smallfed.policy.pasts import Lack
from smallfed.store import accounts, follows, preferences, timelines
from smallfed.store.paging import Page
from smallfed.store.searching import search_accounts
from smallfed.store.timelines import Choice
from smallfed.text.scan import normal_tag
from smallfed.workers.composing import find_people

PATIENCE = 5.0  # seconds for somebody we have not met


def register(door: Door) -> None:
    """Hang the routes."""
    door.get("/api/v1/accounts", anyone("read:accounts"), several)
    door.post("/api/v1/accounts", anyone("write:accounts"), refuse_registration)
    door.get("/api/v1/accounts/lookup", anyone("read:accounts"), lookup)
    door.get("/api/v1/accounts/search", owner("read:accounts"), search)
    door.get("/api/v1/accounts/relationships", owner("read:follows"), relationships)
    door.get("/api/v1/accounts/familiar_followers", owner("read:follows"), familiar_followers)
    door.get("/api/v1/accounts/<account>", anyone("read:accounts"), show)
    door.get("/api/v1/accounts/<account>/statuses", anyone("read:statuses"), statuses)
    door.get("/api/v1/accounts/<account>/followers", anyone("read:accounts"), followers)
    door.get("/api/v1/accounts/<account>/following", anyone("read:accounts"), following)


# One and several ------------------------------------------------------------------------------------------------------
async def show(ask: Ask, account: str) -> object:
    """Answer with an account. When the owner looks at somebody, what may have changed there is asked for."""
    shown, person, how = await ask.read(_show_and_judge, identifier(account))
    if ask.viewer is None or how is Look.NOTHING:
        return shown
    await look(ask, person, how)
    return shown if how is Look.LATER else await ask.read(_show, person.id)


def present(tx_show: Presenter, account: int) -> Account:
    """Return an account that is there; NotFound."""
    found = accounts.get(tx_show.tx, account)
    if found.gone_at is not None:
        raise NotFound("Record not found")
    return found


def _show(show: Presenter, account: int) -> entities.Account:
    return show.account(present(show, account))


def _show_and_judge(show: Presenter, account: int) -> tuple[entities.Account, Account, Look]:
    found = present(show, account)
    return show.account(found), found, judge(show.tx, found)


async def several(ask: Ask) -> object:
    """Answer with those of some accounts that are there."""
    return await ask.read(_several, identifiers(ask.params, "id"))


def _several(show: Presenter, wanted: list[int]) -> list[entities.Account]:
    known = accounts.several(show.tx, wanted)
    return show.accounts([known[one] for one in wanted if one in known and known[one].gone_at is None])


# By name --------------------------------------------------------------------------------------------------------------
async def lookup(ask: Ask) -> object:
    """Answer with the account of a handle; for the owner, people we have not met are asked for."""
    handle = (ask.params.text("acct") or "").strip().removeprefix("@").lower()
    found: object = await ask.read(_lookup, handle)
    if found is None and ask.viewer is not None and "@" in handle:
        met = await meet(ask, handle)
        found = None if met is None else await show(ask, str(met.id))
    if found is None:
        raise NotFound("Record not found")
    return found


def _lookup(show: Presenter, handle: str) -> entities.Account | None:
    found = find_people(show.tx, show.house, [handle]).get(handle)
    return None if found is None else show.account(found)


async def meet(ask: Ask, text: str) -> Account | None:
    """Return whom a handle or an address means, fetched if need be; None when there is nobody within our patience."""
    with trio.move_on_after(PATIENCE):
        try:
            found = await ask.parts.finder.resolve(text)
        except Unavailable:
            raise
        except SmallfedError:
            return None
        return found if isinstance(found, Account) else None
    return None


async def search(ask: Ask) -> object:
    """Answer with accounts whose names begin with a text; with ``resolve`` also with the one of a full handle."""
    text, asked = (ask.params.text("q") or "").strip(), ask.params
    if asked.flag("resolve") and _is_whole(text) and not offset(asked):
        await meet(ask, text)
    return await ask.read(
        _search, text, limit(asked, default=40, most=80), offset(asked), bool(asked.flag("following"))
    )


def _is_whole(text: str) -> bool:
    return text.startswith(("https://", "http://")) or "." in text.removeprefix("@").partition("@")[2]


def _search(show: Presenter, text: str, most: int, skipped: int, following: bool) -> list[entities.Account]:
    if text.startswith(("https://", "http://")):
        found = accounts.find_url(show.tx, text)
        return [] if found is None or found.gone_at is not None else show.accounts([found])
    return show.accounts(search_accounts(show.tx, text, limit=most, offset=skipped, following=following))


async def refuse_registration(_ask: Ask) -> object:
    """Make no account: there is one owner."""
    raise Forbidden("This server has one owner and takes no others")


# What belongs to one --------------------------------------------------------------------------------------------------
async def statuses(ask: Ask, account: str) -> object:
    """Answer with what an account posted. For the owner, what we do not have is read at its origin, as time allows."""
    asked, page = ask.params, ask.page()
    choice = Choice(
        without=without(asked),
        only_media=bool(asked.flag("only_media")),
        pinned=bool(asked.flag("pinned")),
        tagged=normal_tag(asked.text("tagged") or "") or None,
    )
    part, person, missing = await ask.read(_statuses, identifier(account), page, choice)
    if ask.viewer is None or missing is Lack.NOTHING or not ask.parts.outboxes.ready(person):
        return part

    async def still_missing() -> Lack:
        return (await ask.read(_statuses, person.id, page, choice))[2]

    await look_back(ask, person, still_missing, pinned=choice.pinned)
    return (await ask.read(_statuses, person.id, page, choice))[0]


def _statuses(show: Presenter, account: int, page: Page, choice: Choice) -> tuple[Part, Account, Lack]:
    person = present(show, account)
    if person.suspended:
        return Part(items=[], ids=[]), person, Lack.NOTHING
    found = timelines.account(show.tx, show.viewer, person.id, page, choice)
    ids = [post.id for post in found]
    return Part(items=show.statuses(found), ids=ids), person, lack(show.tx, person, page, choice, ids)


async def followers(ask: Ask, account: str) -> object:
    """Answer with who follows an account, as far as we know."""
    return await ask.read(_people, identifier(account), ask.page(default=40, most=80), followers=True)


async def following(ask: Ask, account: str) -> object:
    """Answer with whom an account follows, as far as we know."""
    return await ask.read(_people, identifier(account), ask.page(default=40, most=80), followers=False)


def _people(show: Presenter, account: int, page: Page, *, followers: bool) -> Part:
    """All we know is who follows the owner and whom the owner follows; strangers learn it if the owner shows it."""
    wanted = present(show, account).id
    hidden = accounts.owner(show.tx).hide_collections or preferences.hidden(show.tx, None).follows
    if show.viewer is None and hidden:
        return Part(items=[], ids=[])
    found = (follows.followers if followers else follows.following)(show.tx, wanted, page)
    return Part(items=show.accounts([person for _, person in found]), ids=[row for row, _ in found])


# What is between us ---------------------------------------------------------------------------------------------------
async def relationships(ask: Ask) -> object:
    """Answer with what is between the owner and some accounts."""
    return await ask.read(Presenter.relationships, identifiers(ask.params, "id"))


async def familiar_followers(ask: Ask) -> object:
    """Answer that nobody is known to follow these: whom others follow is not our business."""
    return [entities.FamiliarFollowers(id=str(one), accounts=[]) for one in identifiers(ask.params, "id")]
