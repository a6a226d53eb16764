"""Copies: what we keep of others' media, one row for each remote address."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from msgspec import structs

from smallfed.domain.copy import Copy
from smallfed.store import ids
from smallfed.store.moments import ms
from smallfed.store.rows import Shape, listed
from smallfed.store.tx import Tx

SHAPE = Shape(Copy, "copies")
_SELECT = f"SELECT {SHAPE.columns('c')} FROM copies c "


def find(tx: Tx, url: str) -> Copy | None:
    """Return what we know of this remote address, or None."""
    row = tx.one(_SELECT + "WHERE c.url = ?", url)
    return None if row is None else SHAPE.read(row)


def put(tx: Tx, copy: Copy) -> Copy:
    """Store a new one under an id that is drawn here; sqlite3.IntegrityError when its address has a row already."""
    stored = structs.replace(copy, id=ids.fresh(tx, "copies"))
    SHAPE.insert(tx, stored)
    return stored


def change(tx: Tx, copy: int, **columns: Any) -> None:
    """Change some columns; the values are those of the Struct."""
    SHAPE.change(tx, copy, **columns)


def seen(tx: Tx, wanted: Collection[int], now: datetime) -> None:
    """Note that these were looked at."""
    tx.run("UPDATE copies SET seen_at = ? WHERE id IN (SELECT value FROM json_each(?))", ms(now), listed(wanted))


def files(tx: Tx) -> set[str]:
    """Return the names, below media/remote, of all files that are kept."""
    return {name for row in tx.all("SELECT file, preview FROM copies") for name in row if name is not None}
