"""Votes: who has chosen what, each option at most once.

Spec: RULINGS 20. Only votes that were verified are in here: the owner's own, and others' in polls of the owner.
"""

from collections.abc import Collection

from smallfed.store.moments import ms
from smallfed.store.rows import listed
from smallfed.store.tx import Tx


def put(tx: Tx, post: int, account: int, position: int) -> None:
    """Store a vote; sqlite3.IntegrityError when there is the same already."""
    tx.run(
        "INSERT INTO votes (post_id, account_id, position, created_at) VALUES (?, ?, ?, ?)",
        post,
        account,
        position,
        ms(tx.now),
    )


def find(tx: Tx, post: int, account: int) -> tuple[int, ...]:
    """Return the positions for which an account has voted in the poll of a post."""
    return of_posts(tx, listed([post]), account).get(post, ())


def of_posts(tx: Tx, posts: str, account: int) -> dict[int, tuple[int, ...]]:
    """Return the positions for which an account has voted in the polls of ``posts`` (see ``rows.listed``), by post."""
    found: dict[int, tuple[int, ...]] = {}
    for post, position in tx.all(
        "SELECT post_id, position FROM votes WHERE post_id IN (SELECT value FROM json_each(?)) AND account_id = ?"
        " ORDER BY post_id, position",
        posts,
        account,
    ):
        found[post] = (*found.get(post, ()), position)
    return found


def voters(tx: Tx, post: int) -> list[int]:
    """Return the accounts that have voted in the poll of a post."""
    return [account for (account,) in tx.all("SELECT DISTINCT account_id FROM votes WHERE post_id = ?", post)]


def polls_of(tx: Tx, accounts: Collection[int]) -> list[int]:
    """Return the posts in whose polls any of these accounts has voted."""
    statement = "SELECT DISTINCT post_id FROM votes WHERE account_id IN (SELECT value FROM json_each(?))"
    return [post for (post,) in tx.all(statement, listed(accounts))]


def drop_open(tx: Tx, account: int) -> list[int]:
    """Forget what an account has voted in polls that have not ended; return the posts."""
    rows = tx.all(
        "DELETE FROM votes WHERE account_id = ? AND EXISTS (SELECT 1 FROM polls p WHERE p.post_id = votes.post_id"
        " AND (p.ends_at IS NULL OR p.ends_at > ?)) RETURNING post_id",
        account,
        ms(tx.now),
    )
    return sorted({post for (post,) in rows})
