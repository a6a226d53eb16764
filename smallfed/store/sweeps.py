"""Sweeps: how far the rounds have come that go through a whole table, a little every hour."""

from datetime import timedelta

from smallfed.store.moments import ms
from smallfed.store.tx import Tx


def begin(tx: Tx, name: str, position: int, *, every: timedelta) -> None:
    """Begin a round of this name, unless one is under way or was begun within ``every``."""
    tx.run(
        "INSERT INTO sweeps (name, position, begun_at) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE"
        " SET position = ?2, begun_at = ?3, ended_at = NULL WHERE ended_at IS NOT NULL AND begun_at <= ?4",
        name,
        position,
        ms(tx.now),
        ms(tx.now - every),
    )


def under_way(tx: Tx, name: str) -> int | None:
    """Return how far the round of this name has come, None when none is under way."""
    row = tx.one("SELECT position FROM sweeps WHERE name = ? AND ended_at IS NULL", name)
    return None if row is None else int(row[0])


def go_on(tx: Tx, name: str, position: int | None) -> None:
    """Note how far a round has come, or with None that it has ended."""
    if position is None:
        tx.run("UPDATE sweeps SET ended_at = ? WHERE name = ?", ms(tx.now), name)
    else:
        tx.run("UPDATE sweeps SET position = ? WHERE name = ?", position, name)
