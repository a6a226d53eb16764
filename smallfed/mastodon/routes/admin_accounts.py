"""Moderation of people: all that are known here, and what can be done about them.

Spec: https://docs.joinmastodon.org/methods/admin/accounts/.
"""

from smallfed.domain.account import Account
from smallfed.domain.report import Deed
from smallfed.errors import Invalid
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask, Handler
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities.moderation import AdminAccount
from smallfed.mastodon.params import identifier
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.presenting import moderation as shown
from smallfed.mastodon.replying import Part
from smallfed.pages.trees import Tree
from smallfed.services import acting, reporting
from smallfed.store import accounts, moderation
from smallfed.store.moderation import Wanted
from smallfed.store.paging import Page

V1, V2 = "/api/v1/admin/accounts", "/api/v2/admin/accounts"
READ, WRITE = owner("admin:read:accounts"), owner("admin:write:accounts")
STATES = ("active", "pending", "disabled", "silenced", "suspended", "sensitized")
DEEDS = {"suspend": (Deed.BLOCKED,), "silence": (Deed.MUTED,)}
NOT_HERE = {
    "approve": "Nobody can join this server: there is nobody to approve",
    "reject": "Nobody can join this server: there is nobody to reject",
    "enable": "Nobody but you logs in here: no login is disabled",
    "unsensitive": "Whose media are hidden is decided post by post here",
}


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get(V1, READ, v1)
    door.get(V2, READ, v2)
    door.get(f"{V1}/<number>", READ, one)
    door.delete(f"{V1}/<number>", WRITE, _refused("Only an account's own server can delete it; suspend blocks it here"))
    door.post(f"{V1}/<number>/action", WRITE, act)
    for name in ("unsilence", "unsuspend"):
        door.post(f"{V1}/<number>/{name}", WRITE, _undoing(name))
    for name, why in NOT_HERE.items():
        door.post(f"{V1}/<number>/{name}", WRITE, _refused(why))


# Who there is ---------------------------------------------------------------------------------------------------------
async def v1(ask: Ask) -> Part:
    """Answer those who are known, the ones met last first; each word of what is wanted is a parameter of its own."""
    asked = ask.params
    state = next((state for state in STATES if asked.flag(state)), None)
    local = True if asked.flag("local") else False if asked.flag("remote") else None
    return await _found(ask, state, local, staff=bool(asked.flag("staff")))


async def v2(ask: Ask) -> Part:
    """Do the same, asked in the later form."""
    asked = ask.params
    local = {"local": True, "remote": False}.get(asked.text("origin") or "")
    return await _found(ask, asked.text("status") or None, local, staff=asked.text("permissions") == "staff")


async def _found(ask: Ask, state: str | None, local: bool | None, *, staff: bool) -> Part:
    asked = ask.params
    wanted = Wanted(
        local=True if staff or asked.texts("role_ids") else local,
        state=state,
        username=asked.text("username"),
        name=asked.text("display_name"),
        domain=asked.text("by_domain"),
        nobody=_unknowable(asked) or (local is False and staff),
    )
    return await ask.long_read(_newest, ask.page(default=100, most=200), wanted)


def _unknowable(asked: Tree) -> bool:
    """Whether somebody is wanted by what nobody is known by here."""
    return any(asked.text(name) for name in ("email", "ip", "invited_by"))


def _newest(show: Presenter, page: Page, wanted: Wanted) -> Part:
    found = moderation.newest(show.tx, page, wanted)
    return Part(items=shown.people(show, found), ids=[person.id for person in found])


async def one(ask: Ask, number: str) -> AdminAccount:
    """Answer one of them."""
    return await ask.read(lambda show: _shown(show, accounts.get(show.tx, identifier(number))))


def _shown(show: Presenter, person: Account) -> AdminAccount:
    return shown.people(show, [accounts.get(show.tx, person.id)])[0]


# What can be done -----------------------------------------------------------------------------------------------------
async def act(ask: Ask, number: str) -> dict[str, str]:
    """Do something about somebody; the complaint that led to it is done with."""
    action, report = ask.params.text("type") or "none", ask.params.integer("report_id")

    def do(show: Presenter) -> None:
        acting.act(show.tx, accounts.get(show.tx, identifier(number)), action)
        if report is not None:
            reporting.resolve(show.tx, report, *DEEDS.get(action, ()))

    await ask.write(do)
    return {}


def _undoing(name: str) -> Handler:
    async def handler(ask: Ask, number: str) -> AdminAccount:
        def do(show: Presenter) -> AdminAccount:
            person = accounts.get(show.tx, identifier(number))
            acting.act(show.tx, person, name)
            return _shown(show, person)

        return await ask.write(do)

    return handler


def _refused(why: str) -> Handler:
    async def handler(ask: Ask, number: str) -> object:
        await ask.parts.db.read(accounts.get, identifier(number))
        raise Invalid(why)

    return handler
