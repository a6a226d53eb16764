"""Announcements, and what the owner thinks of them."""

from collections.abc import Collection

from smallfed.domain.announcement import Announcement
from smallfed.errors import NotFound
from smallfed.store.moments import ms
from smallfed.store.rows import Shape, each, listed
from smallfed.store.tx import Tx

SHAPE = Shape(Announcement, "announcements")
_SELECT = f"SELECT {SHAPE.columns('a')} FROM announcements a "


def shown(tx: Tx, *, dismissed: bool) -> list[Announcement]:
    """Return those that are not over, the newest first; with ``dismissed`` also those that the owner has put away."""
    where = "WHERE (a.ends_at IS NULL OR a.ends_at > ?) AND (NOT a.read OR ?) ORDER BY a.id DESC"
    return list(each(SHAPE.read, tx.all(_SELECT + where, ms(tx.now), dismissed)))


def every(tx: Tx) -> list[Announcement]:
    """Return all, also those that are over, the newest first."""
    return list(each(SHAPE.read, tx.all(_SELECT + "ORDER BY a.id DESC")))


def find(tx: Tx, announcement: int) -> Announcement | None:
    """Return the announcement with this id, or None."""
    row = tx.one(_SELECT + "WHERE a.id = ?", announcement)
    return None if row is None else SHAPE.read(row)


def get(tx: Tx, announcement: int) -> Announcement:
    """Return the announcement with this id; NotFound."""
    found = find(tx, announcement)
    if found is None:
        raise NotFound("Record not found")
    return found


def about(tx: Tx, key: str) -> Announcement | None:
    """Return the announcement about a state of the house, or None."""
    row = tx.one(_SELECT + "WHERE a.key = ?", key)
    return None if row is None else SHAPE.read(row)


def keys(tx: Tx, prefix: str) -> list[str]:
    """Return the keys that begin so, of what is announced by key; there are few."""
    rows = tx.all("SELECT key FROM announcements WHERE key IS NOT NULL AND substr(key, 1, ?) = ?", len(prefix), prefix)
    return [key for (key,) in rows]


def put(tx: Tx, announcement: Announcement) -> None:
    """Store a new one."""
    SHAPE.insert(tx, announcement)


def change(tx: Tx, announcement: int, **columns: object) -> None:
    """Change some columns; the values are those of the Struct."""
    SHAPE.change(tx, announcement, **columns)


def drop(tx: Tx, announcement: int) -> None:
    """Remove one, with the reactions to it."""
    tx.run("DELETE FROM announcements WHERE id = ?", announcement)


# Reactions ------------------------------------------------------------------------------------------------------------
def reactions(tx: Tx, announcements: Collection[int]) -> list[tuple[int, str]]:
    """Return (announcement, emoji) for these, the oldest reaction first."""
    return tx.all(
        "SELECT announcement_id, emoji FROM announcement_reactions"
        " WHERE announcement_id IN (SELECT value FROM json_each(?)) ORDER BY created_at, emoji",
        listed(announcements),
    )


def react(tx: Tx, announcement: int, emoji: str) -> bool:
    """Note a reaction; False when it was there already."""
    statement = "INSERT OR IGNORE INTO announcement_reactions (announcement_id, emoji, created_at) VALUES (?, ?, ?)"
    return tx.run(statement, announcement, emoji, ms(tx.now)) > 0


def unreact(tx: Tx, announcement: int, emoji: str) -> bool:
    """Forget a reaction; False when there was none."""
    statement = "DELETE FROM announcement_reactions WHERE announcement_id = ? AND emoji = ?"
    return tx.run(statement, announcement, emoji) > 0
