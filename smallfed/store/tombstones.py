"""Tombstones and what was undone early: memory of what must not come back.

Spec: PROTOCOL §4.5.
"""

from collections.abc import Collection
from datetime import timedelta

from smallfed.store.moments import ms
from smallfed.store.rows import listed
from smallfed.store.tx import Tx

MEMORY = timedelta(hours=6)  # for an Undo that came before what it undoes; others' hands may bring that for longer


def has(tx: Tx, uri: str, actor: str | None = None) -> bool:
    """Whether the object ``uri`` was deleted, by ``actor`` if given: of others, only the author's word counts."""
    return tx.one("SELECT 1 FROM tombstones WHERE uri = ?1 AND (?2 IS NULL OR actor = ?2)", uri, actor) is not None


def among(tx: Tx, uris: Collection[str]) -> set[str]:
    """Return those of the object ids that somebody has said to be deleted."""
    rows = tx.all("SELECT uri FROM tombstones WHERE uri IN (SELECT value FROM json_each(?))", listed(uris))
    return {uri for (uri,) in rows}


def put(tx: Tx, uri: str, actor: str) -> None:
    """Remember that ``actor`` has deleted ``uri``; when it said so first is kept."""
    tx.run("INSERT OR IGNORE INTO tombstones (uri, actor, created_at) VALUES (?, ?, ?)", uri, actor, ms(tx.now))


def drop(tx: Tx, uri: str, actor: str) -> None:
    """Forget that ``actor`` has deleted ``uri``: it has taken that back."""
    tx.run("DELETE FROM tombstones WHERE uri = ? AND actor = ?", uri, actor)


def put_undone(tx: Tx, actor: str, activity: str) -> None:
    """Remember that ``actor`` has undone an activity that may still come."""
    tx.run("INSERT OR REPLACE INTO undone (actor, activity, created_at) VALUES (?, ?, ?)", actor, activity, ms(tx.now))


def is_undone(tx: Tx, actor: str, activity: str) -> bool:
    """Whether ``actor`` has undone an activity of theirs within the last days."""
    return tx.one("SELECT 1 FROM undone WHERE actor = ? AND activity = ?", actor, activity) is not None


def swallow(tx: Tx, actor: str, activity: str | None) -> bool:
    """Whether ``activity`` was undone before it came; the memory is used up by this."""
    if activity is None:
        return False
    statement = "DELETE FROM undone WHERE actor = ? AND activity = ? AND created_at > ?"
    return tx.run(statement, actor, activity, ms(tx.now - MEMORY)) > 0
