"""Frozen notifications: what the owner was told of people whom the block of a server hides, until it is lifted."""

from smallfed.domain.notification import Notification
from smallfed.policy.domains import EVERYBODY
from smallfed.store import notification_requests, notifications, visibility
from smallfed.store.rows import Shape, each
from smallfed.store.tx import Tx
from smallfed.store.visibility import away

SHAPE = Shape(Notification, "frozen_notifications")


def freeze(tx: Tx, domain: str) -> None:
    """Put away what was told of people who are cut off, of those on ``domain`` or below (``*``: all)."""
    for account in _people(tx, "notifications", domain, away("a.id")):
        columns = ", ".join(SHAPE.names)
        tx.run(
            f"INSERT INTO frozen_notifications ({columns}) SELECT {columns} FROM notifications WHERE account_id = ?",
            account,
        )
        notifications.drop_put_away(tx, account)


def thaw(tx: Tx, domain: str) -> None:
    """Put back what was told of people who are cut off no longer, as it was; else as ``freeze``."""
    for account in _people(tx, "frozen_notifications", domain, f"NOT {away('a.id')}"):
        rows = tx.all(
            f"DELETE FROM frozen_notifications WHERE account_id = ? RETURNING {', '.join(SHAPE.names)}", account
        )
        found = sorted(each(SHAPE.read, rows), key=lambda one: one.id)
        for one in found:
            notifications.put_back(tx, one)
            if one.filtered:
                notification_requests.note(tx, one.type, account)


def count(tx: Tx, domain: str) -> int:
    """Return how many are put away of people on ``domain`` or below it."""
    statement = f"""SELECT count(*) FROM frozen_notifications n JOIN accounts a ON a.id = n.account_id
        WHERE {visibility.on_domain("a")}"""
    return int(tx.sql.execute(statement, {"domain": domain.removeprefix("*.")}).fetchone()[0])


def count_of(tx: Tx, account: int) -> int:
    """Return how many are put away of an account."""
    return int(tx.one("SELECT count(*) FROM frozen_notifications WHERE account_id = ?", account)[0])


def drop(tx: Tx, account: int) -> None:
    """Forget what is put away of an account."""
    tx.run("DELETE FROM frozen_notifications WHERE account_id = ?", account)


def _people(tx: Tx, table: str, domain: str, which: str) -> list[int]:
    below = "1" if domain == EVERYBODY else visibility.on_domain("a")
    statement = f"SELECT a.id FROM accounts a WHERE a.id IN (SELECT account_id FROM {table}) AND {below} AND {which}"
    return [account for (account,) in tx.sql.execute(statement, {"domain": domain.removeprefix("*.")})]
