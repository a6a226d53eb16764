"""How much strangers have sent within the hour, nearly: this hour's count, and of the last what is still within it.

Or within the day, which is counted the same way.
"""

from datetime import datetime

from smallfed.store.tx import Tx

HOUR = 3600.0
DAY = 24  # hours
KEPT = 2 * DAY


def count(tx: Tx, name: str, *, hours: int = 1) -> int:
    """Count one more of ``name``, and return how many there are within the hour, or so many ``hours``."""
    begun = _begun(tx.now, hours)
    this, last = tx.one(
        """INSERT INTO stranger_rates (name, hour, this, last) VALUES (?1, ?2, 1, 0)
        ON CONFLICT (name) DO UPDATE SET
            last = CASE hour WHEN ?2 THEN last WHEN ?2 - ?3 THEN this ELSE 0 END,
            this = CASE hour WHEN ?2 THEN this ELSE 0 END + 1,
            hour = ?2
        RETURNING this, last""",
        name,
        begun,
        hours,
    )
    return _within(tx.now, hours, this, last)


def count_once(tx: Tx, name: str, who: object, *, hours: int = 1) -> int:
    """Count ``who`` among those of ``name``, once; return how many these are within the hour, or so many ``hours``."""
    is_first = count(tx, f"{name}: {who}", hours=hours) == 1
    return count(tx, name, hours=hours) if is_first else read(tx, name, hours=hours)


def forget(tx: Tx, name: str) -> None:
    """Count of ``name`` from nothing again, and whom was counted of it."""
    tx.run("DELETE FROM stranger_rates WHERE name = ?1 OR (name > ?1 || ': ' AND name < ?1 || ';')", name)


def read(tx: Tx, name: str, *, hours: int = 1) -> int:
    """Return how many there are of ``name`` within the hour, or so many ``hours``."""
    row = tx.one("SELECT hour, this, last FROM stranger_rates WHERE name = ?", name)
    begun = _begun(tx.now, hours)
    if row is None or row[0] < begun - hours:
        return 0
    return _within(tx.now, hours, row[1], row[2]) if row[0] == begun else _within(tx.now, hours, 0, row[1])


def expire(tx: Tx) -> None:
    """Forget what is over."""
    tx.run("DELETE FROM stranger_rates WHERE hour < ?", _begun(tx.now, 1) - KEPT)


def _begun(now: datetime, hours: int) -> int:
    """Return the hour, since 1970, in which the span of so many hours began that is now."""
    return int(now.timestamp() // HOUR) // hours * hours


def _within(now: datetime, hours: int, this: int, last: int) -> int:
    span = hours * HOUR
    return this + int(last * (1 - (now.timestamp() % span) / span))
