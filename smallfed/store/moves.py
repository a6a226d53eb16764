"""Moves: who of those the owner has to do with moved where, and whether the owner has followed."""

from datetime import datetime

from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.store import accounts
from smallfed.store.moments import moment, ms
from smallfed.store.tx import Tx


class Move(Struct, frozen=True, kw_only=True):
    """``account_id`` moved to ``target_id``; ``followed``: the owner goes along. ``settled_at``: that is done."""

    account_id: int
    target_id: int
    followed: bool
    heard_at: datetime
    settled_at: datetime | None


def find(tx: Tx, account: int) -> Move | None:
    """Return the last move of an account, or None."""
    row = tx.one(
        "SELECT account_id, target_id, followed, heard_at, settled_at FROM moves WHERE account_id = ?", account
    )
    if row is None:
        return None
    return Move(
        account_id=row[0],
        target_id=row[1],
        followed=bool(row[2]),
        heard_at=moment(row[3]),
        settled_at=moment(row[4]),
    )


def put(tx: Tx, account: int, *, target: int, followed: bool) -> None:
    """Note a move, instead of an earlier one; it is settled already when the owner does not go along."""
    tx.run(
        "INSERT OR REPLACE INTO moves (account_id, target_id, followed, heard_at, settled_at) VALUES (?, ?, ?, ?, ?)",
        account,
        target,
        followed,
        ms(tx.now),
        None if followed else ms(tx.now),
    )


def settle(tx: Tx, target: int) -> list[int]:
    """Settle the moves to ``target``; return who moved and is still followed."""
    rows = tx.all(
        "UPDATE moves SET settled_at = ? WHERE target_id = ? AND settled_at IS NULL RETURNING account_id",
        ms(tx.now),
        target,
    )
    return sorted(account for (account,) in rows)


def latest(tx: Tx, limit: int) -> list[tuple[Move, Account, Account]]:
    """Return (move, from, to), newest first."""
    rows = tx.all("SELECT account_id FROM moves ORDER BY heard_at DESC LIMIT ?", limit)
    found = [move for (account,) in rows if (move := find(tx, account)) is not None]
    people = accounts.several(tx, {id_ for move in found for id_ in (move.account_id, move.target_id)})
    return [(move, people[move.account_id], people[move.target_id]) for move in found]
