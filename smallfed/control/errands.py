"""What the owner's commands may ask that takes other servers: name → an async function of (parts, …).

Only the running server does these: it has the way out, and it delivers what comes of them.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from smallfed.domain.account import Account
from smallfed.errors import Invalid, NotFound
from smallfed.policy.budgets import Purpose
from smallfed.services import departing, leaving
from smallfed.workers.parts import Parts

Json = Any


async def alias(parts: Parts, *, named: str) -> Json:
    """Add an alias; answers all of them."""
    account = await _account(parts, named)
    return await parts.db.write(departing.add_alias, account.id)


async def plan(parts: Parts, *, target: str) -> Json:
    """Say what moving to ``target`` would be, or why it cannot be."""
    account = await _account(parts, target)
    return await parts.db.read(departing.plan, account.id)


async def depart(parts: Parts, *, target: str) -> Json:
    """Move to ``target``."""
    account = await _account(parts, target)
    return await parts.db.write(departing.depart, account.id)


async def _account(parts: Parts, named: str) -> Account:
    """Return the account of this handle or address as it is now."""
    found = await parts.finder.resolve(named)
    if not isinstance(found, Account):
        raise NotFound(f"there is no account {named!r}, or its server does not answer; give @user@example.org or a URL")
    if found.local:
        return found
    return await parts.fetcher.actor(found.uri, parts.fetcher.documents.errand(Purpose.OWNER), refresh=True)


ERRANDS: Mapping[str, Callable[..., Awaitable[Json]]] = {
    "alias.add": alias,
    "move.plan": plan,
    "move.begin": depart,
}


async def run(parts: Parts, name: str, args: dict[str, Json]) -> Json:
    """Do what a command asks; an error of the house when it cannot be done."""
    await parts.db.read(leaving.require_present)
    try:
        errand = ERRANDS[name](parts, **args)  # begins nothing yet
    except TypeError as error:
        raise Invalid(f"the command was not understood: {error}") from error
    return await errand
