"""Searchables: the posts that may be found, and the index of their words.

The index is told of every change in the same call, by ``put`` and ``sweep``, of what has come a moment later, by way of
``search_arrivals``: many at once cost it a fraction. What SQL deletes by itself (a post, and so its row here) waits in
``search_leavings`` for the next sweep, and is never found meanwhile.

Spec: https://www.sqlite.org/fts5.html#external_content_tables
"""

from collections.abc import Collection, Sequence
from typing import Any

from msgspec import Struct

from smallfed.store.rows import listed
from smallfed.store.tx import Tx

EVERYBODY = 0
LIKELY = 20  # words that begin with what was typed
MERGED = 200  # pages of the index that are put together in one go

_OPEN = """(p.visibility = 'public' AND EXISTS (SELECT 1 FROM accounts a WHERE a.id = p.account_id AND a.indexable))"""
_LIBRARY = """(p.account_id = :owner
    OR EXISTS (SELECT 1 FROM mentions m WHERE m.post_id = p.id AND m.account_id = :owner)
    OR EXISTS (SELECT 1 FROM likes l WHERE l.post_id = p.id AND l.account_id = :owner)
    OR EXISTS (SELECT 1 FROM bookmarks b WHERE b.post_id = p.id)
    OR EXISTS (SELECT 1 FROM posts o WHERE o.boost_of_id = p.id AND o.account_id = :owner)
    OR EXISTS (SELECT 1 FROM votes v WHERE v.post_id = p.id AND v.account_id = :owner)
    OR EXISTS (SELECT 1 FROM posts r INDEXED BY posts_parent WHERE r.in_reply_to_id = p.id AND r.account_id = :owner)
    OR EXISTS (SELECT 1 FROM quotes q JOIN posts t ON t.id = q.post_id
        WHERE q.quoted_id = p.id AND t.account_id = :owner))"""


class Searchable(Struct, frozen=True, kw_only=True):
    """What a post is found by. ``library``: because the owner has to do with it, whatever its author says."""

    post: int
    library: bool
    words: str
    marks: str


def standings(tx: Tx, wanted: Collection[int], owner: int) -> dict[int, bool]:
    """Return those of these posts that may be found, by id: whether that is because the owner has to do with them."""
    statement = f"""SELECT p.id, {_LIBRARY}, {_OPEN} FROM posts p
        WHERE p.id IN (SELECT value FROM json_each(:posts)) AND p.boost_of_id IS NULL"""
    rows = tx.sql.execute(statement, {"posts": listed(wanted), "owner": owner})
    return {post: bool(library) for post, library, is_open in rows if library or is_open}


def put(tx: Tx, entries: Collection[Searchable]) -> None:
    """Let posts be found by these words and marks, instead of those they had."""
    old = {post: rest for post, *rest in _among(tx, "post_id, library, words, marks FROM searchables", entries)}
    changed = [each for each in entries if old.get(each.post) != [each.library, each.words, each.marks]]
    fresh = [each for each in changed if each.post not in old]
    _leave(tx, [(each.post, *old[each.post][1:]) for each in changed if each.post in old])
    _sweep(tx, _among(tx, "post_id, words, marks FROM search_leavings", fresh))
    tx.sql.executemany(
        "INSERT INTO searchables (post_id, library, words, marks) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (post_id)"
        " DO UPDATE SET library = excluded.library, words = excluded.words, marks = excluded.marks",
        [(each.post, each.library, each.words, each.marks) for each in changed],
    )
    tx.sql.executemany(
        "INSERT INTO search_index (rowid, words, marks) VALUES (?, ?, ?)",
        [(each.post, each.words, each.marks) for each in changed],
    )


def drop(tx: Tx, posts: Collection[int]) -> None:
    """Let posts not be found any more, as far as they could be."""
    chosen = "post_id IN (SELECT value FROM json_each(?))"
    _sweep(tx, tx.all(f"DELETE FROM searchables WHERE {chosen} RETURNING post_id, words, marks", listed(posts)))


def sweep(tx: Tx, limit: int) -> int:
    """Take at most ``limit`` posts that are gone out of the index; return how many there were."""
    gone = tx.all("SELECT post_id, words, marks FROM search_leavings LIMIT ?", limit)
    _sweep(tx, gone)
    return len(gone)


def _among(tx: Tx, what: str, entries: Collection[Searchable]) -> list[Any]:
    statement = f"SELECT {what} WHERE post_id IN (SELECT value FROM json_each(?))"
    return tx.all(statement, listed(each.post for each in entries)) if entries else []


def _sweep(tx: Tx, gone: Collection[tuple[int, str, str]]) -> None:
    if gone:
        _leave(tx, gone)
        tx.sql.executemany("DELETE FROM search_leavings WHERE post_id = ?", [(post,) for post, _, _ in gone])


def _leave(tx: Tx, gone: Collection[tuple[int, str, str]]) -> None:
    tx.sql.executemany("INSERT INTO search_index (search_index, rowid, words, marks) VALUES ('delete', ?, ?, ?)", gone)


def merge(tx: Tx) -> bool:
    """Put a slice of the index together, so that searching stays quick; return whether there may be more to do."""
    before: int = tx.sql.total_changes
    tx.run(f"INSERT INTO search_index (search_index, rank) VALUES ('merge', {MERGED})")
    return tx.sql.total_changes - before >= 2  # less: nothing was left to do


def renew(tx: Tx) -> bool:
    """Begin to write the whole index anew, by ``merge`` from then on: what was taken out of it leaves the file, too."""
    before: int = tx.sql.total_changes
    tx.run(f"INSERT INTO search_index (search_index, rank) VALUES ('merge', -{MERGED})")
    return tx.sql.total_changes - before >= 2


def clear(tx: Tx) -> None:
    """Empty the index, whose posts are all gone: nothing of their words stays in the file."""
    tx.run("DELETE FROM search_leavings")
    tx.run("INSERT INTO search_index (search_index) VALUES ('delete-all')")


# What has come --------------------------------------------------------------------------------------------------------
def expect(tx: Tx, post: int, owner: int) -> None:
    """Note that a post is to be found soon, if it may be."""
    statement = f"""INSERT OR IGNORE INTO search_arrivals (post_id)
        SELECT p.id FROM posts p WHERE p.id = :post AND p.boost_of_id IS NULL AND ({_OPEN} OR {_LIBRARY})"""
    tx.sql.execute(statement, {"post": post, "owner": owner})


def arrived(tx: Tx, limit: int) -> list[int]:
    """Return posts that are to be found soon, the newest first."""
    return [post for (post,) in tx.all("SELECT post_id FROM search_arrivals ORDER BY post_id DESC LIMIT ?", limit)]


def arrive(tx: Tx, posts: Collection[int]) -> None:
    """Note that these posts can be found, as far as they may be."""
    tx.sql.executemany("DELETE FROM search_arrivals WHERE post_id = ?", [(post,) for post in posts])


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
