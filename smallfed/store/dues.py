"""Dues: until when things wait, in all tables of what is done later, for when a clock that was wrong is set back."""

from datetime import datetime

from smallfed.store.moments import ms
from smallfed.store.tx import Tx

_COLUMNS = (
    ("deliveries", "due", "state = 'waiting'"),
    ("hosts", "next_due", "next_due IS NOT NULL"),
    ("hosts", "open_until", "open_until IS NOT NULL"),
    ("inbound", "due", "state IN ('waiting', 'parked')"),
    ("fetches", "due", "TRUE"),
    ("gaps", "due", "TRUE"),
    ("blocklists", "due", "TRUE"),
    ("pushes", "due", "state = 'waiting'"),
    ("placements", "due", "TRUE"),
)
"""Table, column, and which of its rows: what is done already is not looked through.

Not what the owner has planned for a day, nor when a poll ends: these are by anybody's clock.
"""


def bring_near(tx: Tx, after: datetime) -> int:
    """Let everything that waits until later than ``after`` wait no longer; return how much that is."""
    return sum(_bring_near(tx, after, *where) for where in _COLUMNS)


def _bring_near(tx: Tx, after: datetime, table: str, column: str, which: str) -> int:
    return tx.run(f"UPDATE {table} SET {column} = ? WHERE {which} AND {column} > ?", ms(tx.now), ms(after))
