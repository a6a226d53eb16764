"""Media: what the owner has uploaded, and what is to be done about it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from smallfed.domain.medium import Medium
from smallfed.errors import NotFound
from smallfed.store.moments import ms
from smallfed.store.rows import Shape, listed
from smallfed.store.tx import Tx

SHAPE = Shape(Medium, "media")
_SELECT = f"SELECT {SHAPE.columns('m')} FROM media m "


def find(tx: Tx, medium: int) -> Medium | None:
    """Return the medium with this id, or None."""
    row = tx.one(_SELECT + "WHERE m.id = ?", medium)
    return None if row is None else SHAPE.read(row)


def get(tx: Tx, medium: int) -> Medium:
    """Return the medium with this id; NotFound."""
    found = find(tx, medium)
    if found is None:
        raise NotFound("Record not found")
    return found


def several(tx: Tx, wanted: Collection[int]) -> dict[int, Medium]:
    """Return those of ``wanted`` that there are, by id."""
    rows = tx.all(_SELECT + "WHERE m.id IN (SELECT value FROM json_each(?))", listed(wanted))
    return {medium.id: medium for medium in map(SHAPE.read, rows)}


def of_post(tx: Tx, post: int) -> list[Medium]:
    """Return what a post shows, or has shown in an earlier version."""
    return [SHAPE.read(row) for row in tx.all(_SELECT + "WHERE m.post_id = ? ORDER BY m.id", post)]


def next_busy(tx: Tx, *, long: bool) -> Medium | None:
    """Return the oldest of which something is to be read that takes ``long`` (see ``Medium``), or does not; or None."""
    takes_long = "m.source IS NOT NULL AND m.kind IN ('video', 'audio')"
    chosen = takes_long if long else f"NOT ({takes_long})"
    where = f"WHERE (m.source IS NOT NULL OR m.thumbnail IS NOT NULL) AND {chosen} ORDER BY m.id LIMIT 1"
    row = tx.one(_SELECT + where)
    return None if row is None else SHAPE.read(row)


def incoming(tx: Tx) -> set[str]:
    """Return the names of all files that came and are still to be read."""
    rows = tx.all("SELECT source, thumbnail FROM media WHERE source IS NOT NULL OR thumbnail IS NOT NULL")
    return {name for row in rows for name in row if name is not None}


def files(tx: Tx) -> set[str]:
    """Return the names of all files that are shown."""
    return {name for row in tx.all("SELECT file, preview FROM media") for name in row if name is not None}


def digests(tx: Tx) -> list[tuple[str, bytes, int]]:
    """Return the names of what is shown in full, with the SHA-256 and the size of each."""
    return tx.all("SELECT file, digest, size FROM media WHERE file IS NOT NULL AND digest IS NOT NULL")


def unused(tx: Tx, limit: int) -> list[Medium]:
    """Return what no post has and whose time is over."""
    where = "WHERE m.post_id IS NULL AND m.kept_until <= ? ORDER BY m.kept_until LIMIT ?"
    return [SHAPE.read(row) for row in tx.all(_SELECT + where, ms(tx.now), limit)]


def put(tx: Tx, medium: Medium) -> None:
    """Store a new one."""
    SHAPE.insert(tx, medium)


def change(tx: Tx, medium: int, **columns: Any) -> None:
    """Change some columns; the values are those of the Struct."""
    SHAPE.change(tx, medium, **columns)


def keep(tx: Tx, wanted: Collection[int], until: datetime) -> None:
    """Keep these until then although no post has them."""
    tx.run("UPDATE media SET kept_until = ? WHERE id IN (SELECT value FROM json_each(?))", ms(until), listed(wanted))


def release(tx: Tx, post: int, *, until: datetime) -> None:
    """Let a post go; what it had is kept until then."""
    tx.run("UPDATE media SET post_id = NULL, kept_until = ? WHERE post_id = ?", ms(until), post)


def drop(tx: Tx, wanted: Collection[int]) -> None:
    """Remove these; what becomes of their files is for whoever calls this."""
    tx.run("DELETE FROM media WHERE id IN (SELECT value FROM json_each(?))", listed(wanted))
