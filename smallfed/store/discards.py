"""Discards: files that nothing refers to any more. The row comes first and goes last, so that a crash leaves none."""

from collections.abc import Iterable

from smallfed.store.rows import listed
from smallfed.store.tx import Tx


def put(tx: Tx, names: Iterable[str]) -> None:
    """Let these files (paths below the folder of media) be deleted."""
    tx.run("INSERT OR IGNORE INTO discards (name) SELECT value FROM json_each(?)", listed(names))


def some(tx: Tx, limit: int = 100) -> list[str]:
    """Return files that are to be deleted."""
    return [name for (name,) in tx.all("SELECT name FROM discards LIMIT ?", limit)]


def all_(tx: Tx) -> list[str]:
    """Return all files that are to be deleted."""
    return [name for (name,) in tx.all("SELECT name FROM discards")]


def forget(tx: Tx, names: Iterable[str]) -> None:
    """Forget files that are deleted."""
    tx.run("DELETE FROM discards WHERE name IN (SELECT value FROM json_each(?))", listed(names))
