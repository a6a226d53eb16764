"""Aliases: other accounts of the owner, which may move here.

Mastodon has a page for them and nothing for apps; these are GoToSocial's (accountAlias) and Pleroma's.

Spec: https://docs.gotosocial.org/en/latest/api/swagger/; https://docs.pleroma.social/backend/development/API/pleroma_api/.
"""

from smallfed.domain.account import Account
from smallfed.errors import Invalid, NotFound
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import CredentialAccount, Entity
from smallfed.mastodon.presenter import Presenter
from smallfed.services import departing
from smallfed.store import accounts

READ, WRITE = owner("read:accounts"), owner("write:accounts")


class Aliases(Entity, frozen=True, kw_only=True):
    """Handles; where we do not know one, the actor's id."""

    aliases: list[str]


class Done(Entity, frozen=True, kw_only=True):
    """What Pleroma's apps wait for."""

    status: str = "success"


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.post("/api/v1/accounts/alias", WRITE, choose)
    door.get("/api/pleroma/aliases", READ, every)
    door.put("/api/pleroma/aliases", WRITE, add)
    door.delete("/api/pleroma/aliases", WRITE, remove)


async def choose(ask: Ask) -> CredentialAccount:
    """Have these aliases, by id or address, and no others; answer with the owner."""
    named = [uri for uri in ask.params.texts("also_known_as_uris") if uri]
    if ask.params.is_absent("also_known_as_uris"):
        raise Invalid("also_known_as_uris should be a list of addresses of accounts; an empty one clears it")
    known = await ask.read(lambda show: accounts.owner(show.tx).also_known_as)
    found = [uri if uri in known else (await _find(ask, uri)).uri for uri in named]
    return await ask.write(_choose, tuple(dict.fromkeys(found)))


def _choose(show: Presenter, wanted: tuple[str, ...]) -> CredentialAccount:
    departing.set_aliases(show.tx, wanted)
    return show.owner()


async def every(ask: Ask) -> Aliases:
    """Answer the aliases."""
    return await ask.read(_every)


def _every(show: Presenter) -> Aliases:
    uris = accounts.owner(show.tx).also_known_as
    known = accounts.by_uri(show.tx, uris)
    return Aliases(aliases=[known[uri].handle if uri in known else uri for uri in uris])


async def add(ask: Ask) -> Done:
    """Have another alias, by handle or address."""
    found = await _find(ask, _named(ask))
    await ask.write(lambda show: departing.add_alias(show.tx, found.id))
    return Done()


async def remove(ask: Ask) -> Done:
    """Have an alias no longer."""
    named = _named(ask)
    await ask.write(lambda show: departing.remove_alias(show.tx, named=named))
    return Done()


def _named(ask: Ask) -> str:
    named = (ask.params.text("alias") or "").strip()
    if not named:
        raise Invalid("alias should be another account of yours, such as alice@example.org")
    return named


async def _find(ask: Ask, named: str) -> Account:
    found = await ask.parts.finder.resolve(named)
    if not isinstance(found, Account):
        raise NotFound(f"There is no account {named}, or its server does not answer")
    return found
