"""Departures: when the owner moved, and where to."""

from datetime import datetime

from msgspec import Struct

from smallfed.store import ids
from smallfed.store.moments import moment, ms
from smallfed.store.tx import Tx


class Departure(Struct, frozen=True, kw_only=True):
    """``target`` is an actor id; ``followers`` is how many there were. ``cancelled_at``: the owner is back since."""

    id: int
    target: str
    followers: int
    begun_at: datetime
    cancelled_at: datetime | None


def last(tx: Tx) -> Departure | None:
    """Return the newest departure, cancelled or not; None when there was none."""
    row = tx.one("SELECT id, target, followers, begun_at, cancelled_at FROM departures ORDER BY begun_at DESC LIMIT 1")
    if row is None:
        return None
    return Departure(id=row[0], target=row[1], followers=row[2], begun_at=moment(row[3]), cancelled_at=moment(row[4]))


def put(tx: Tx, *, target: str, followers: int) -> int:
    """Note that the owner moves now; return its number."""
    number = ids.fresh(tx, "departures")
    tx.run(
        "INSERT INTO departures (id, target, followers, begun_at) VALUES (?, ?, ?, ?)",
        number,
        target,
        followers,
        ms(tx.now),
    )
    return number


def cancel(tx: Tx, departure: int) -> None:
    """Note that the owner is back."""
    tx.run("UPDATE departures SET cancelled_at = ? WHERE id = ?", ms(tx.now), departure)


def deliveries(tx: Tx, activity: str) -> dict[str, int]:
    """Return how many deliveries of ``activity`` there are, by state. What is settled is forgotten after a week."""
    return dict(
        tx.all(
            "SELECT d.state, count(*) FROM bodies b JOIN deliveries d ON d.body_id = b.id WHERE b.activity = ?"
            " GROUP BY d.state ORDER BY d.state",
            activity,
        )
    )
