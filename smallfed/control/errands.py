"""What the owner's commands may ask that takes other servers: name → an async function of (parts, …).

Only the running server does these: it has the way out, and it delivers what comes of them.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import ValidationError, convert, to_builtins

from smallfed.control import blocklists
from smallfed.domain.account import Account
from smallfed.domain.rule import Judgement
from smallfed.errors import Invalid, NotFound
from smallfed.policy.budgets import Purpose
from smallfed.services import departing, judging, leaving
from smallfed.store import emojis
from smallfed.translate import inward
from smallfed.workers import fetching
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


async def offered_emoji(
    parts: Parts, *, host: str | None = None, names: Json = (), url: str | None = None, alias: str | None = None
) -> Json:
    """Say which custom emoji a server has, or what is at an address; ``taken``: there is one of that name here."""
    from smallfed.workers import adopting  # with all that draws, which most days nobody asks for

    found = await adopting.listed(parts, host, names) if host else [await adopting.at(parts, url or "", alias)]
    here = {emoji.shortcode for emoji in await parts.db.read(emojis.all_)}
    return [{**to_builtins(offer), "taken": offer.shortcode in here} for offer in found]


async def copy_emoji(parts: Parts, *, offers: Json, overwrite: bool, consented: bool) -> Json:
    """Copy custom emoji of another server; answers what became of each. Invalid unless the owner has agreed to it."""
    if not consented:
        raise Invalid("emoji of others are only copied when you say that you may")
    from smallfed.translate.offers import Offer
    from smallfed.workers import adopting

    return await adopting.copy(parts, convert(offers, list[Offer]), overwrite=overwrite)


async def refetch_media(parts: Parts, *, target: str, after: int) -> Json:
    """Fetch originals again that are not kept, some of them; answers how many came, why others did not, and ``after``.

    ``target`` is a server, an account or the address of a post. ``after`` is where to go on, None at the end.
    """
    from smallfed.workers import refetching

    return await refetching.refetch(parts, target, after)


async def _account(parts: Parts, named: str) -> Account:
    """Return the account of this handle or address as it is now."""
    found = await parts.finder.resolve(named)
    if not isinstance(found, Account):
        raise NotFound(f"there is no account {named!r}, or its server does not answer; give @user@example.org or a URL")
    if found.local:
        return found
    return await parts.fetcher.actor(found.uri, parts.fetcher.documents.errand(Purpose.OWNER), refresh=True)


async def test_rules(parts: Parts, *, about: str) -> Json:
    """Say what the rules make of a post or an account, as it is at its origin now."""
    errand = parts.fetcher.documents.errand(Purpose.OWNER)
    if "://" not in about:
        account = await _account(parts, about)
        return _judged(account.uri, await parts.db.read(judging.person, account.id))
    document = await parts.fetcher.documents.get(about, errand, pasted=True)
    if inward.kind_of(document) == "account":
        account = await parts.fetcher.actor(str(document.id), errand)
        return _judged(account.uri, await parts.db.read(judging.person, account.id))
    incoming = fetching.stated(document)
    author = await parts.fetcher.actor(incoming.author, errand)
    return _judged(incoming.uri, await parts.db.read(judging.content, incoming, author))


def _judged(about: str, found: Judgement) -> Json:
    strictest = found.strictest
    verdicts = [to_builtins(verdict) for verdict in found.verdicts]
    return {"about": about, "action": None if strictest is None else strictest.action.value, "verdicts": verdicts}


ERRANDS: Mapping[str, Callable[..., Awaitable[Json]]] = {
    "alias.add": alias,
    "move.plan": plan,
    "move.begin": depart,
    "media.refetch": refetch_media,
    "rules.test": test_rules,
    "emoji.offers": offered_emoji,
    "emoji.copy": copy_emoji,
    **blocklists.ERRANDS,
}


async def run(parts: Parts, name: str, args: dict[str, Json]) -> Json:
    """Do what a command asks; an error of the house when it cannot be done."""
    await parts.db.read(leaving.require_present)
    try:
        errand = ERRANDS[name](parts, **args)  # begins nothing yet
    except TypeError as error:
        raise Invalid(f"the command was not understood: {error}") from error
    try:
        return await errand
    except ValidationError as error:
        raise Invalid(f"the command was not understood: {error}") from error
