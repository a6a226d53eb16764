"""Blocks: between accounts, in both directions."""

from smallfed.domain.account import Account
from smallfed.store import accounts, ids
from smallfed.store.moments import ms
from smallfed.store.paging import Page, cut
from smallfed.store.tx import Tx


def has(tx: Tx, account: int, target: int) -> bool:
    """Whether ``account`` blocks ``target``; asked again within a call, without asking the database."""
    known: bool | None = tx.known.get(("block", account, target))
    if known is None:
        row = tx.one("SELECT 1 FROM blocks WHERE account_id = ? AND target_id = ?", account, target)
        known = tx.known["block", account, target] = row is not None
    return known


def either(tx: Tx, one: int, other: int) -> bool:
    """Whether one of the two blocks the other."""
    return has(tx, one, other) or has(tx, other, one)


def put(tx: Tx, account: int, target: int, uri: str) -> bool:
    """Store that ``account`` blocks ``target``; False when it was so already (the newest ``uri`` is kept)."""
    new = not has(tx, account, target)
    tx.known["block", account, target] = True
    tx.run(
        "INSERT INTO blocks (id, account_id, target_id, uri, created_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (account_id, target_id) DO UPDATE SET uri = excluded.uri",
        ids.fresh(tx, "blocks"),
        account,
        target,
        uri,
        ms(tx.now),
    )
    return new


def drop(tx: Tx, account: int, target: int) -> str | None:
    """Remove a block and return its activity id; None when there was none."""
    tx.known["block", account, target] = False
    row = tx.one("DELETE FROM blocks WHERE account_id = ? AND target_id = ? RETURNING uri", account, target)
    return None if row is None else str(row[0])


def find_uri(tx: Tx, uri: str) -> tuple[int, int] | None:
    """Return (who blocks, who is blocked) of the block with this activity id, or None."""
    row = tx.one("SELECT account_id, target_id FROM blocks WHERE uri = ? LIMIT 1", uri)
    return None if row is None else (row[0], row[1])


def blocked(tx: Tx, account: int, page: Page) -> list[tuple[int, Account]]:
    """Return (id of the block, account) of those whom ``account`` blocks, newest first; page by the first."""
    columns = ", ".join(f"a.{name}" for name in accounts.COLUMNS)
    select = f"SELECT b.id, {columns} FROM blocks b JOIN accounts a ON a.id = b.target_id WHERE b.account_id = :account"
    return [(row[0], accounts.from_row(row[1:])) for row in cut(tx, select, {"account": account}, page, by="b.id")]
