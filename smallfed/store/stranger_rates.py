"""How much strangers have sent within the hour, nearly: this hour's count, and of the last what is still within it."""

from datetime import datetime

from smallfed.store.tx import Tx

HOUR = 3600.0


def count(tx: Tx, name: str) -> int:
    """Count one more of ``name``, and return how many there are within the hour."""
    hour = _hour(tx.now)
    this, last = tx.one(
        """INSERT INTO stranger_rates (name, hour, this, last) VALUES (?1, ?2, 1, 0)
        ON CONFLICT (name) DO UPDATE SET
            last = CASE hour WHEN ?2 THEN last WHEN ?2 - 1 THEN this ELSE 0 END,
            this = CASE hour WHEN ?2 THEN this ELSE 0 END + 1,
            hour = ?2
        RETURNING this, last""",
        name,
        hour,
    )
    return _within(tx.now, this, last)


def read(tx: Tx, name: str) -> int:
    """Return how many there are within the hour of ``name``."""
    row = tx.one("SELECT hour, this, last FROM stranger_rates WHERE name = ?", name)
    hour = _hour(tx.now)
    if row is None or row[0] < hour - 1:
        return 0
    return _within(tx.now, row[1], row[2]) if row[0] == hour else _within(tx.now, 0, row[1])


def _hour(now: datetime) -> int:
    return int(now.timestamp() // HOUR)


def _within(now: datetime, this: int, last: int) -> int:
    return this + int(last * (1 - (now.timestamp() % HOUR) / HOUR))
