"""Failed logins, counted per key: the account, and each address."""

from datetime import datetime

from smallfed.store.moments import moment, ms
from smallfed.store.tx import Tx


def find(tx: Tx, key: str) -> tuple[int, datetime] | None:
    """Return (failures in a row, when the pause after the last ends), or None."""
    row = tx.one("SELECT failures, until FROM login_failures WHERE key = ?", key)
    return None if row is None else (row[0], moment(row[1]))


def put(tx: Tx, key: str, *, failures: int, until: datetime) -> None:
    """Store how often it failed in a row, and when the pause ends."""
    tx.run("INSERT OR REPLACE INTO login_failures (key, failures, until) VALUES (?, ?, ?)", key, failures, ms(until))


def drop(tx: Tx, *keys: str) -> None:
    """Forget the failures of some keys."""
    for key in keys:
        tx.run("DELETE FROM login_failures WHERE key = ?", key)
