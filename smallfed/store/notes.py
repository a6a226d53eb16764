"""Notes: what the owner notes about people."""

from smallfed.store.moments import ms
from smallfed.store.tx import Tx


def find(tx: Tx, account: int) -> str | None:
    """Return what is noted about an account, or None."""
    row = tx.one("SELECT comment FROM notes WHERE account_id = ?", account)
    return None if row is None else str(row[0])


def put(tx: Tx, account: int, comment: str) -> None:
    """Note something about an account, instead of what was noted before."""
    tx.run(
        "INSERT INTO notes (account_id, comment, updated_at) VALUES (?, ?, ?)"
        " ON CONFLICT (account_id) DO UPDATE SET comment = excluded.comment, updated_at = excluded.updated_at",
        account,
        comment,
        ms(tx.now),
    )


def drop(tx: Tx, account: int) -> None:
    """Note nothing about an account any more."""
    tx.run("DELETE FROM notes WHERE account_id = ?", account)
