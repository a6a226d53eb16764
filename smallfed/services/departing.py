"""Departing: the owner has other accounts, lives at one of them from now on, or is back.

Spec: PROTOCOL §8.1, as Mastodon has it: the account stays, leads to the new one, and can be had back.
"""

from datetime import datetime
from typing import TypedDict

from smallfed.domain.account import Account
from smallfed.domain.events import OwnerDeparted, ProfileChanged
from smallfed.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from smallfed.policy.moving import HERE, may_again
from smallfed.protocol import limits
from smallfed.store import accounts, departures, domain_blocks, follows, houses, recalls
from smallfed.store.tx import Tx


class Plan(TypedDict):
    """What a move will be: where to, and how many followers are told."""

    target: str
    handle: str
    followers: int


# Aliases --------------------------------------------------------------------------------------------------------------
def add_alias(tx: Tx, account: int) -> list[str]:
    """Say that ``account`` is the owner's too, so that it can move here; return all aliases."""
    owner, other = accounts.owner(tx), accounts.get(tx, account)
    if other.local:
        raise Invalid("This is the account itself; an alias is another one of yours.")
    if len(owner.also_known_as) >= limits.ALIASES:
        raise Invalid(f"There are {limits.ALIASES} aliases already, and others read no more.")
    return _rename(tx, owner, tuple(dict.fromkeys((*owner.also_known_as, other.uri))))


def set_aliases(tx: Tx, wanted: tuple[str, ...]) -> list[str]:
    """Say that these accounts (actor ids) are the owner's too, and no others; return them."""
    owner = accounts.owner(tx)
    if owner.uri in wanted:
        raise Invalid("This is the account itself; an alias is another one of yours.")
    if len(wanted) > limits.ALIASES:
        raise Invalid(f"There may be {limits.ALIASES} aliases: others read no more.")
    return _rename(tx, owner, wanted)


def remove_alias(tx: Tx, *, named: str) -> list[str]:
    """Say no longer that an account is the owner's, ``named`` by id, address or handle; return the aliases left.

    NotFound for what was no alias.
    """
    user, _, host = named.removeprefix("@").partition("@")
    known = accounts.find_url(tx, named) if "://" in named else accounts.find_handle(tx, user, host)
    owner, uri = accounts.owner(tx), named if known is None else known.uri
    if uri not in owner.also_known_as:
        raise NotFound(f"{uri} is not among the aliases.")
    return _rename(tx, owner, tuple(alias for alias in owner.also_known_as if alias != uri))


def _rename(tx: Tx, owner: Account, aliases: tuple[str, ...]) -> list[str]:
    if aliases != owner.also_known_as:
        accounts.change(tx, owner.id, also_known_as=aliases)
        tx.announce(ProfileChanged(account=owner.id))
    return list(aliases)


# Moving away ----------------------------------------------------------------------------------------------------------
def plan(tx: Tx, account: int) -> Plan:
    """Return what moving to ``account``, which was read just now, would be; an error when it cannot be."""
    owner, target = accounts.owner(tx), accounts.get(tx, account)
    _require_possible(tx, owner, target)
    return Plan(target=target.uri, handle=target.handle, followers=follows.count(tx, owner.id, followers=True))


def _require_possible(tx: Tx, owner: Account, target: Account) -> None:
    if target.local:
        raise Invalid("This is the account itself.")
    if owner.moved_to is not None:
        raise Conflict(f"You have moved to {owner.moved_to} already; `smallfed move --cancel` brings you back first.")
    if owner.uri not in target.also_known_as:
        raise Forbidden(
            f"{target.handle} does not name {owner.handle} as an alias: add it there first, so that nobody can be moved"
            " against their will"
        )
    if target.gone_at is not None or target.moved_to is not None:
        raise Forbidden(f"{target.handle} is gone, or has moved itself.")
    if domain_blocks.covers_account(tx, target.id):
        raise Forbidden(f"You block the server of {target.handle}.")
    next_time = _next_time(tx)
    if next_time is not None:
        raise TooMany(
            f"You can move again after {next_time:%Y-%m-%d %H:%M} UTC: others follow along once in a month.",
            retry_after=(next_time - tx.now).total_seconds(),
        )


def _next_time(tx: Tx) -> datetime | None:
    last = departures.last(tx)
    return None if last is None else may_again(last.begun_at, tx.now, HERE)


def depart(tx: Tx, account: int) -> Plan:
    """Move to ``account``, which was read just now: the profile says so, and followers are asked to follow there."""
    planned = plan(tx, account)
    owner = accounts.owner(tx)
    number = departures.put(tx, target=planned["target"], followers=planned["followers"])
    accounts.change(tx, owner.id, moved_to=planned["target"])
    tx.announce(ProfileChanged(account=owner.id))
    tx.announce(OwnerDeparted(departure=number, target=planned["target"]))
    return planned


def come_back(tx: Tx) -> dict[str, str]:
    """Live here again; return the ``target`` where the owner had moved to. Conflict when that was nowhere.

    Followers who have gone stay there. Who was not told yet will not be.
    """
    owner, last = accounts.owner(tx), departures.last(tx)
    if owner.moved_to is None or last is None:
        raise Conflict("You have not moved: there is nothing to cancel.")
    departures.cancel(tx, last.id)
    recalls.take_back(tx, houses.get(tx).departure(last.id))
    accounts.change(tx, owner.id, moved_to=None)
    tx.announce(ProfileChanged(account=owner.id))
    return {"target": last.target}


def require_here(tx: Tx) -> None:
    """Refuse what somebody who has moved does at the new place; Forbidden."""
    moved_to = accounts.owner(tx).moved_to
    if moved_to is not None:
        raise Forbidden(f"You have moved to {moved_to}; to be active here again, cancel the move.")
