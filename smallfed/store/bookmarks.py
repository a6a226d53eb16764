"""Bookmarks and pins: what the owner wants to find again, and what authors show first."""

from smallfed.store import ids
from smallfed.store.moments import ms
from smallfed.store.tx import Tx


def put(tx: Tx, post: int) -> bool:
    """Bookmark a post; False when it was bookmarked already."""
    return _put(tx, "bookmarks", post)


def drop(tx: Tx, post: int) -> bool:
    """Remove a bookmark; False when there was none."""
    return tx.run("DELETE FROM bookmarks WHERE post_id = ?", post) > 0


def put_pin(tx: Tx, post: int) -> bool:
    """Pin a post; False when it was pinned already."""
    return _put(tx, "pins", post)


def drop_pin(tx: Tx, post: int) -> bool:
    """Remove a pin; False when there was none."""
    return tx.run("DELETE FROM pins WHERE post_id = ?", post) > 0


def pins(tx: Tx, account: int) -> list[int]:
    """Return which of their posts somebody has pinned, newest pin first."""
    rows = tx.all(
        "SELECT x.post_id FROM pins x JOIN posts p ON p.id = x.post_id WHERE p.account_id = ? ORDER BY x.id DESC",
        account,
    )
    return [post for (post,) in rows]


def _put(tx: Tx, table: str, post: int) -> bool:
    return (
        tx.run(
            f"INSERT INTO {table} (id, post_id, created_at) VALUES (?, ?, ?) ON CONFLICT (post_id) DO NOTHING",
            ids.fresh(tx, table),
            post,
            ms(tx.now),
        )
        > 0
    )
