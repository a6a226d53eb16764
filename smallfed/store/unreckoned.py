"""Which subjects of lists are to be reckoned again, because something was said of them, or taken back."""

from collections.abc import Iterable

from smallfed.store.tx import Tx

EVERYTHING = "*"
"""Among what is unreckoned: what changed for servers that nobody knew is to be settled."""


def mark(tx: Tx, subjects: Iterable[str]) -> None:
    """Have these reckoned again."""
    tx.sql.executemany("INSERT OR IGNORE INTO unreckoned (subject) VALUES (?)", [(subject,) for subject in subjects])


def mark_list(tx: Tx, number: int) -> None:
    """Have all reckoned again that a list names."""
    tx.run(
        """INSERT OR IGNORE INTO unreckoned (subject)
            SELECT subject FROM blocklist_entries WHERE list_id = ? AND retracted_at IS NULL""",
        number,
    )


def mark_all(tx: Tx) -> None:
    """Have everything reckoned again."""
    tx.run("INSERT OR IGNORE INTO unreckoned (subject) SELECT DISTINCT subject FROM blocklist_entries")
    tx.run("INSERT OR IGNORE INTO unreckoned (subject) SELECT subject FROM findings")


def take(tx: Tx, limit: int) -> list[str]:
    """Take what is to be reckoned, at most so much; ``EVERYTHING`` when that is all that is left."""
    rows = tx.all(
        """DELETE FROM unreckoned WHERE subject IN
            (SELECT subject FROM unreckoned WHERE subject <> ? ORDER BY subject LIMIT ?) RETURNING subject""",
        EVERYTHING,
        limit,
    )
    if not rows:
        rows = tx.all("DELETE FROM unreckoned RETURNING subject")
    return sorted(subject for (subject,) in rows)


def is_waiting(tx: Tx) -> bool:
    """Whether anything is to be reckoned."""
    return tx.one("SELECT 1 FROM unreckoned LIMIT 1") is not None
