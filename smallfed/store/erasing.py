"""Erasing: how much there is of somebody, and the row of an account with everything that hangs on it."""

from msgspec import Struct

from smallfed.store import notifications
from smallfed.store.losing import RELATIONS
from smallfed.store.tx import Tx

LET_GO = {("posts", "in_reply_to_account_id"), ("reports", "server_id")}
"""Columns that forget an account; of all others the rows go."""
_STAYS = frozenset({"posts", "owners"})


class Totals(Struct, frozen=True, kw_only=True):
    """How many posts of an account are here, boosts of them, and files of what they show."""

    posts: int
    boosts: int
    files: int


def totals(tx: Tx, account: int) -> Totals:
    """Count what there is of an account. Looks at all its posts."""
    row = tx.one(
        """SELECT (SELECT count(*) FROM posts WHERE account_id = ?1),
            (SELECT count(*) FROM posts b WHERE b.boost_of_id IN (SELECT id FROM posts WHERE account_id = ?1)),
            (SELECT total((c.file IS NOT NULL) + (c.preview IS NOT NULL)) FROM posts p
                JOIN attachments a ON a.post_id = p.id JOIN copies c ON c.url IN (a.url, a.preview_url)
                WHERE p.account_id = ?1)""",
        account,
    )
    return Totals(posts=row[0], boosts=row[1], files=int(row[2]))


def boosts(tx: Tx, post: int) -> int:
    """Count the boosts of a post."""
    return int(tx.one("SELECT count(*) FROM posts WHERE boost_of_id = ?", post)[0])


def copies_of_file(tx: Tx, digest: bytes) -> list[int]:
    """Return the copies of a file, wherever they came from. Reads all copies."""
    return [copy for (copy,) in tx.all("SELECT id FROM copies WHERE digest = ?", digest)]


def account(tx: Tx, number: int) -> None:
    """Remove an account of another server that has no posts any more, with all rows about it and its keys."""
    tx.known.clear()
    notifications.drop_of(tx, number)
    for table, column in sorted(LET_GO):
        tx.run(f"UPDATE {table} SET {column} = NULL WHERE {column} = ?", number)
    for table, columns in RELATIONS.items():
        for column in columns:
            if table not in _STAYS and (table, column) not in LET_GO:
                tx.run(f"DELETE FROM {table} WHERE {column} = ?", number)
    tx.run("DELETE FROM public_keys WHERE owner = (SELECT uri FROM accounts WHERE id = ?)", number)
    tx.run("DELETE FROM featured_tags WHERE account_id = ?", number)
    tx.run("DELETE FROM accounts WHERE id = ? AND NOT local", number)
