"""Markers: how far the owner has read."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct

from smallfed.store.moments import moment, ms
from smallfed.store.rows import listed
from smallfed.store.tx import Tx


class Marker(Struct, frozen=True, kw_only=True):
    """How far the owner has read a timeline. ``version`` counts the changes."""

    timeline: str
    last_read_id: str
    version: int
    updated_at: datetime


def several(tx: Tx, timelines: Collection[str]) -> dict[str, Marker]:
    """Return the markers there are of these timelines, by timeline."""
    rows = tx.all(
        "SELECT timeline, last_read_id, version, updated_at FROM markers"
        " WHERE timeline IN (SELECT value FROM json_each(?))",
        listed(timelines),
    )
    return {
        row[0]: Marker(timeline=row[0], last_read_id=row[1], version=row[2], updated_at=moment(row[3])) for row in rows
    }


def read(tx: Tx, timeline: str) -> int:
    """Return the id up to which ``timeline`` has been read; 0 when nothing is known."""
    known = several(tx, [timeline]).get(timeline)
    return 0 if known is None else int(known.last_read_id)


def put(tx: Tx, timeline: str, last_read_id: int) -> Marker:
    """Set how far the owner has read ``timeline`` ('home' or 'notifications') and return the marker."""
    tx.run(
        "INSERT INTO markers (timeline, last_read_id, version, updated_at) VALUES (?, ?, 1, ?)"
        " ON CONFLICT (timeline) DO UPDATE SET last_read_id = excluded.last_read_id, version = version + 1,"
        " updated_at = excluded.updated_at",
        timeline,
        str(last_read_id),
        ms(tx.now),
    )
    return several(tx, [timeline])[timeline]
