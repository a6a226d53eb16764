"""Dues: until when things wait, in all tables of what is done later, for when a clock that was wrong is set back."""

from datetime import datetime

from smallfed.store.moments import ms
from smallfed.store.tx import Tx

_COLUMNS = {
    "deliveries": ("due",),
    "hosts": ("next_due", "open_until"),
    "inbound": ("due",),
    "fetches": ("due",),
    "gaps": ("due",),
    "blocklists": ("due",),
    "pushes": ("due",),
    "placements": ("due",),
    "copies": ("retry_at",),
}
"""Not what the owner has planned for a day, nor when a poll ends: these are by anybody's clock."""


def bring_near(tx: Tx, after: datetime) -> int:
    """Let everything that waits until later than ``after`` wait no longer; return how much that is."""
    return sum(_bring_near(tx, after, table, column) for table, columns in _COLUMNS.items() for column in columns)


def _bring_near(tx: Tx, after: datetime, table: str, column: str) -> int:
    return tx.run(f"UPDATE {table} SET {column} = ? WHERE {column} > ?", ms(tx.now), ms(after))
