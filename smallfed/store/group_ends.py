"""Ends of groups: which notification is the newest of those that stand together, and which the oldest.

Each row says so of itself, so that a page of groups walks over ends (see ``notification_groups``). Whoever puts a row
into a group, or takes one out, says it here.
"""

from collections.abc import Sequence

from smallfed.store.rows import listed
from smallfed.store.tx import Tx


def joined(tx: Tx, keys: Sequence[str]) -> str:
    """Return the first of ``keys`` of which there is a group, or else the first."""
    row = tx.one(
        "SELECT j.value FROM json_each(?) j WHERE EXISTS (SELECT 1 FROM notifications n WHERE n.group_key = j.value)"
        " ORDER BY j.key LIMIT 1",
        listed(keys),
    )
    return keys[0] if row is None else str(row[0])


def enter(tx: Tx, number: int, key: str) -> None:
    """Note what a new notification is in its group, and what its neighbours are no longer."""
    before, after = tx.one(
        "SELECT (SELECT max(id) FROM notifications WHERE group_key = ?1 AND id < ?2),"
        " (SELECT min(id) FROM notifications WHERE group_key = ?1 AND id > ?2)",
        key,
        number,
    )
    tx.run("UPDATE notifications SET newest = ?, oldest = ? WHERE id = ?", after is None, before is None, number)
    if after is None:
        tx.run("UPDATE notifications SET newest = 0 WHERE id = ?", before)
    if before is None:
        tx.run("UPDATE notifications SET oldest = 0 WHERE id = ?", after)


def leave(tx: Tx, key: str) -> None:
    """Note which rows are the ends of a group now that some have gone from it."""
    for column, end in (("newest", "max"), ("oldest", "min")):
        tx.run(
            f"UPDATE notifications SET {column} = 1"
            f" WHERE id = (SELECT {end}(id) FROM notifications WHERE group_key = ?)",
            key,
        )
