"""Relating: what the owner has to do with somebody."""

from datetime import datetime

from smallfed.policy.strangers import Relation, is_stranger
from smallfed.store import follows, houses, mentions, notification_requests, wave_items
from smallfed.store.tx import Tx


def relation(tx: Tx, account: int) -> Relation:
    """Return what the owner has to do with somebody."""
    owner = houses.owner_id(tx)
    if follows.has(tx, owner, account):
        return Relation(followed=True)
    return Relation(
        follower_since=_since(tx, account, owner),
        answered=mentions.has_named(tx, owner, account),
        permitted=notification_requests.permitted(tx, account),
    )


def _since(tx: Tx, account: int, owner: int) -> datetime | None:
    """Return since when somebody follows the owner; None where they do not, or that waits for the owner's look."""
    follow = follows.find(tx, account, owner)
    if follow is None or not follow.accepted or wave_items.find(tx, "follow", account, None):
        return None
    return follow.created_at


def is_nobody(tx: Tx, account: int) -> bool:
    """Whether the owner has nothing to do with somebody."""
    return is_stranger(relation(tx, account), tx.now)
