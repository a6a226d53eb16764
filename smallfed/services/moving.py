"""Moving: people whom the owner follows, mutes, blocks or notes things about live elsewhere, and that goes along.

Spec: PROTOCOL §1.1 (5), §8.1; FEP-7628; SAFETY rule 12.

An account that only says ``movedTo`` is shown so, and nothing follows.
"""

from datetime import datetime

from smallfed.domain.account import Account
from smallfed.domain.events import FetchQueued
from smallfed.domain.incoming import Move
from smallfed.domain.need import Need
from smallfed.domain.refused import Refused
from smallfed.domain.uris import host
from smallfed.policy.moving import SETTLED, is_fresh, may_again, may_claim, may_move
from smallfed.services import blocking, following, listing, muting, noting
from smallfed.store import accounts, blocks, domain_blocks, fetches, follows, houses, moves, mutes, notes
from smallfed.store.tx import Tx


def receive(tx: Tx, move: Move, received_at: datetime) -> Need | Refused | None:
    """Believe that somebody has moved, if the other account says so too, by a document read since ``received_at``."""
    owner = accounts.owner(tx)
    refused = may_claim(move.actor, old=move.object, new=move.target, owner=owner.uri)
    if refused is not None:
        return refused
    old = accounts.find_uri(tx, move.object)
    if old is None or not _has_ties(tx, owner.id, old.id):
        return Refused("The owner has nothing to do with who moves.")
    if domain_blocks.covers(tx, host(move.target) or ""):
        return Refused("It is to a server that the owner has blocked.")
    before = moves.find(tx, old.id)
    if before is not None and may_again(before.heard_at, tx.now, SETTLED) is not None:
        return Refused("They have moved within the last seven days.")
    return _witnessed(tx, old, move, received_at)


def _has_ties(tx: Tx, owner: int, account: int) -> bool:
    followed = follows.find(tx, owner, account) is not None
    kept_away = blocks.has(tx, owner, account) or mutes.find(tx, account) is not None
    return followed or kept_away or notes.find(tx, account) is not None


def _witnessed(tx: Tx, old: Account, move: Move, received_at: datetime) -> Need | Refused | None:
    pulled = move.actor == move.target
    new = accounts.find_uri(tx, move.target)
    if not is_fresh(old if pulled else new, since=received_at, now=tx.now):
        return Need(move.object if pulled else move.target, fresh=True)
    if new is None:
        return Need(move.target)
    refused = may_move(old, new, pulled=pulled) or _distance(tx, new)
    if refused is None:
        _go_along(tx, old, new)
    return refused


def _distance(tx: Tx, new: Account) -> Refused | None:
    if blocks.either(tx, houses.owner_id(tx), new.id) or domain_blocks.covers_account(tx, new.id):
        return Refused("There is a block between the owner and the target.")
    return None


def _go_along(tx: Tx, old: Account, new: Account) -> None:
    """Carry what the owner has to do with ``old`` over to ``new``; what is between the owner and ``new`` stays.

    Where the follow goes along the lists do so at once, so that they hold the new account when it first posts.
    """
    owner = houses.owner_id(tx)
    accounts.change(tx, old.id, moved_to=new.uri)
    known, there = follows.find(tx, owner, old.id), follows.find(tx, owner, new.id)
    moves.put(tx, old.id, target=new.id, followed=known is not None)
    noting.carry(tx, old, new)
    _keep_away(tx, owner, old, new)
    if known is None:
        return
    if there is None:
        following.follow(tx, new, reblogs=known.reblogs, notify=known.notify, languages=known.languages)
    listing.carry(tx, old, new)
    if there is not None and there.accepted:
        arrived(tx, new.id)


def _keep_away(tx: Tx, owner: int, old: Account, new: Account) -> None:
    mute = mutes.find(tx, old.id)
    if mute is not None and mutes.find(tx, new.id) is None:
        left = None if mute.expires_at is None else mute.expires_at - tx.now
        muting.mute(tx, new, notifications=mute.notifications, duration=left)
    if blocks.has(tx, owner, old.id):
        blocking.block(tx, new)


def arrived(tx: Tx, target: int) -> None:
    """Leave the old accounts of whoever has let the owner follow at the new one."""
    for account in moves.settle(tx, target):
        following.unfollow(tx, accounts.get(tx, account))


def declined(tx: Tx, target: int) -> None:
    """Stay with the old accounts of whoever does not let the owner follow at the new one."""
    moves.settle(tx, target)


# The same handle, another id -----------------------------------------------------------------------------------------
def suspect(tx: Tx, account: Account) -> None:
    """Ask whether those are still there who had the handle of ``account`` before, if the owner has ties to them."""
    owner = houses.owner_id(tx)
    olds = [old for old in accounts.namesakes(tx, account) if old.moved_to is None and _has_ties(tx, owner, old.id)]
    fresh = [fetches.put(tx, old.uri, kind="namesake") for old in olds]
    if any(fresh):
        tx.announce(FetchQueued())


def succeed(tx: Tx, uri: str) -> None:
    """Take whoever has the handle of the account ``uri`` now for the same person, whose server began anew."""
    old = accounts.find_uri(tx, uri)
    if old is None or old.moved_to is not None or not _has_ties(tx, houses.owner_id(tx), old.id):
        return
    new = next(iter(accounts.namesakes(tx, old)), None)
    if new is not None and new.moved_to is None and _distance(tx, new) is None:
        _go_along(tx, old, new)
