"""Searchables: the posts that may be found, and the index of their words.

The index is told of every change in the same call, by ``put`` and ``sweep``; what SQL deletes by itself (a post, and so
its row here) waits in ``search_leavings`` for the next sweep, and is never found meanwhile.

Spec: https://www.sqlite.org/fts5.html#external_content_tables
"""

from collections.abc import Sequence

from smallfed.store.tx import Tx

EVERYBODY = 0
LIKELY = 20  # words that begin with what was typed
MERGED = 200  # pages of the index that are put together in one go

_LIBRARY = """(p.account_id = :owner
    OR EXISTS (SELECT 1 FROM mentions m WHERE m.post_id = p.id AND m.account_id = :owner)
    OR EXISTS (SELECT 1 FROM likes l WHERE l.post_id = p.id AND l.account_id = :owner)
    OR EXISTS (SELECT 1 FROM bookmarks b WHERE b.post_id = p.id)
    OR EXISTS (SELECT 1 FROM posts o WHERE o.boost_of_id = p.id AND o.account_id = :owner)
    OR EXISTS (SELECT 1 FROM votes v WHERE v.post_id = p.id AND v.account_id = :owner)
    OR EXISTS (SELECT 1 FROM posts r INDEXED BY posts_parent WHERE r.in_reply_to_id = p.id AND r.account_id = :owner)
    OR EXISTS (SELECT 1 FROM quotes q JOIN posts t ON t.id = q.post_id
        WHERE q.quoted_id = p.id AND t.account_id = :owner))"""


def standing(tx: Tx, post: int, owner: int) -> tuple[bool, bool] | None:
    """Return (the owner has to do with it, it is open to everybody's search) of a post; None of a boost or nothing."""
    statement = f"""SELECT {_LIBRARY}, p.visibility = 'public' AND a.indexable FROM posts p
        JOIN accounts a ON a.id = p.account_id WHERE p.id = :post AND p.boost_of_id IS NULL"""
    row = tx.sql.execute(statement, {"post": post, "owner": owner}).fetchone()
    return None if row is None else (bool(row[0]), bool(row[1]))


def put(tx: Tx, post: int, *, library: bool, words: str, marks: str) -> None:
    """Let a post be found by these words and marks, instead of those it had."""
    old = tx.one("SELECT library, words, marks FROM searchables WHERE post_id = ?", post)
    if old == (library, words, marks):
        return
    if old is None:
        _forget(tx, post)
        insert = "INSERT INTO searchables (post_id, library, words, marks) VALUES (?, ?, ?, ?)"
        tx.run(insert, post, library, words, marks)
    else:
        _unindex(tx, post, old[1], old[2])
        change = "UPDATE searchables SET library = ?, words = ?, marks = ? WHERE post_id = ?"
        tx.run(change, library, words, marks, post)
    tx.run("INSERT INTO search_index (rowid, words, marks) VALUES (?, ?, ?)", post, words, marks)


def drop(tx: Tx, post: int) -> None:
    """Let a post not be found any more, if it could be."""
    if tx.run("DELETE FROM searchables WHERE post_id = ?", post):
        _forget(tx, post)


def sweep(tx: Tx, limit: int) -> int:
    """Take at most ``limit`` posts that are gone out of the index; return how many there were."""
    gone = tx.all("SELECT post_id, words, marks FROM search_leavings LIMIT ?", limit)
    for post, words, marks in gone:
        _unindex(tx, post, words, marks)
        tx.run("DELETE FROM search_leavings WHERE post_id = ?", post)
    return len(gone)


def _forget(tx: Tx, post: int) -> None:
    left = tx.one("SELECT words, marks FROM search_leavings WHERE post_id = ?", post)
    if left is not None:
        _unindex(tx, post, *left)
        tx.run("DELETE FROM search_leavings WHERE post_id = ?", post)


def _unindex(tx: Tx, post: int, words: str, marks: str) -> None:
    tx.run(
        "INSERT INTO search_index (search_index, rowid, words, marks) VALUES ('delete', ?, ?, ?)", post, words, marks
    )


def merge(tx: Tx) -> bool:
    """Put a slice of the index together, so that searching stays quick; return whether there may be more to do."""
    before: int = tx.sql.total_changes
    tx.run(f"INSERT INTO search_index (search_index, rank) VALUES ('merge', {MERGED})")
    return tx.sql.total_changes - before >= 2  # less: nothing was left to do


def clear(tx: Tx) -> None:
    """Empty the index, whose posts are all gone: nothing of their words stays in the file."""
    tx.run("DELETE FROM search_leavings")
    tx.run("INSERT INTO search_index (search_index) VALUES ('delete-all')")


# Asking ---------------------------------------------------------------------------------------------------------------
def matches(tx: Tx, expression: str, *, above: int, below: int, limit: int) -> list[int]:
    """Return the newest posts between two ids for which an expression of FTS5 holds, the newest first."""
    rows = tx.all(
        "SELECT rowid FROM search_index WHERE search_index MATCH ? AND rowid > ? AND rowid < ?"
        " ORDER BY rowid DESC LIMIT ?",
        expression,
        above,
        below,
        limit,
    )
    return [post for (post,) in rows]


def beginning(tx: Tx, text: str) -> list[str]:
    """Return words of the index that begin with ``text`` (small letters), a few; it is stepped from word to word."""
    found, at = list[str](), text
    while len(found) < LIKELY:
        row = tx.one("SELECT term FROM search_words WHERE term >= ? AND term < ? LIMIT 1", at, text + "\U0010ffff")
        if row is None:
            break
        found.append(row[0])
        at = f"{row[0]}\x01"  # after it and before every longer one
    return found


# Rounds ---------------------------------------------------------------------------------------------------------------
def begin_round(tx: Tx, account: int = EVERYBODY) -> None:
    """Let the posts of an account, or everybody's, be looked at (again)."""
    tx.run(
        "INSERT OR REPLACE INTO search_rounds (account_id, below) SELECT ?, ifnull(max(id), 0) + 1 FROM posts", account
    )


def is_waiting(tx: Tx) -> bool:
    """Whether there are posts to be looked at, or to be taken out of the index."""
    asked = "SELECT EXISTS (SELECT 1 FROM search_rounds) OR EXISTS (SELECT 1 FROM search_leavings)"
    return bool(tx.one(asked)[0])


def next_round(tx: Tx, limit: int) -> tuple[int, Sequence[int]] | None:
    """Return (whose, the next posts of them) of the round that is to be gone on with; None when there is none."""
    row = tx.one("SELECT account_id, below FROM search_rounds ORDER BY account_id DESC LIMIT 1")
    if row is None:
        return None
    account, below = row
    whose = "" if account == EVERYBODY else "account_id = ?1 AND "
    found = tx.all(f"SELECT id FROM posts WHERE {whose}id < ?2 ORDER BY id DESC LIMIT ?3", account, below, limit)
    return account, [post for (post,) in found]


def go_on(tx: Tx, account: int, below: int | None) -> None:
    """Note that a round has come down to the post ``below``, or with None to its end."""
    if below is None:
        tx.run("DELETE FROM search_rounds WHERE account_id = ?", account)
    else:
        tx.run("UPDATE search_rounds SET below = ? WHERE account_id = ?", below, account)
