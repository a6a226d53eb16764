"""Ids: time-ordered with a random tail, drawn again where the tail is taken.

Spec: RULINGS 12.
"""

from datetime import UTC, datetime

from smallfed.store.rows import listed
from smallfed.store.tx import Tx

SHORT_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)


def fresh(tx: Tx, table: str, moment: datetime | None = None) -> int:
    """Return an id for a new row of ``table`` that sorts at ``moment``, or now."""
    while True:
        number = tx.id_at(moment or tx.now)
        if not _taken(tx, table, number):
            return number


def several(tx: Tx, table: str, count: int) -> list[int]:
    """Return so many ids for new rows of ``table`` that sort now: one question for all of them."""
    drawn: set[int] = set()
    while len(drawn) < count:
        drawn |= {tx.new_id() for _ in range(count - len(drawn))}
        taken = tx.all(f"SELECT id FROM {table} WHERE id IN (SELECT value FROM json_each(?))", listed(drawn))
        drawn -= {number for (number,) in taken}
    return list(drawn)


def fresh_behind(tx: Tx, table: str, number: int) -> int:
    """Return an id for a new row of ``table`` that sorts now, and behind ``number`` even if that was drawn just now."""
    while True:
        drawn = max(tx.new_id(), number + 1 + tx.dice(8))
        if not _taken(tx, table, drawn):
            return drawn


def fresh_short(tx: Tx, table: str) -> int:
    """Return an id for a new row of ``table`` that apps may read as a JSON number: below 2^53."""
    while True:
        number = least_short(tx.now) | tx.dice(12)
        if not _taken(tx, table, number):
            return number


def least_short(moment: datetime) -> int:
    """Return the least that ``fresh_short`` may draw at ``moment``."""
    return int((moment - SHORT_EPOCH).total_seconds() * 1000) << 12


def _taken(tx: Tx, table: str, number: int) -> bool:
    return tx.one(f"SELECT 1 FROM {table} WHERE id = ?", number) is not None
