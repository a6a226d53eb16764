"""Endorsements: people whom the owner recommends."""

from smallfed.domain.account import Account
from smallfed.store import accounts, ids, visibility
from smallfed.store.moments import ms
from smallfed.store.paging import Page, cut
from smallfed.store.tx import Tx


def put(tx: Tx, account: int) -> None:
    """Recommend an account; a second time nothing happens."""
    statement = "INSERT INTO endorsements (id, account_id, created_at) VALUES (?, ?, ?)"
    tx.run(f"{statement} ON CONFLICT (account_id) DO NOTHING", ids.fresh(tx, "endorsements"), account, ms(tx.now))


def drop(tx: Tx, account: int) -> None:
    """Recommend an account no longer."""
    tx.run("DELETE FROM endorsements WHERE account_id = ?", account)


def page(tx: Tx, page: Page) -> list[tuple[int, Account]]:
    """Return (id of the endorsement, account), newest first, without who is gone or cut off; page by the first."""
    columns = ", ".join(f"a.{name}" for name in accounts.COLUMNS)
    select = f"""SELECT e.id, {columns} FROM endorsements e JOIN accounts a ON a.id = e.account_id
        WHERE a.gone_at IS NULL AND NOT a.suspended AND NOT {visibility.away("a.id")}"""
    return [(row[0], accounts.from_row(row[1:])) for row in cut(tx, select, {}, page, by="e.id")]
