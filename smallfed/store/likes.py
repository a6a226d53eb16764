"""Likes: who likes what, at most once each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.store import accounts
from smallfed.store.moments import moment, ms
from smallfed.store.paging import Page, cut
from smallfed.store.rows import each
from smallfed.store.tx import Tx


class Like(Struct, frozen=True, kw_only=True):
    """``uri`` is the id of the Like activity, if it had one."""

    id: int
    account_id: int
    post_id: int
    uri: str | None
    created_at: datetime


_SELECT = "SELECT id, account_id, post_id, uri, created_at FROM likes "


def _read(row: Sequence[Any]) -> Like:
    return Like(id=row[0], account_id=row[1], post_id=row[2], uri=row[3], created_at=moment(row[4]))


def find(tx: Tx, account: int, post: int) -> Like | None:
    """Return the like of ``post`` by ``account``, or None."""
    row = tx.one(_SELECT + "WHERE post_id = ? AND account_id = ?", post, account)
    return None if row is None else _read(row)


def find_uri(tx: Tx, uri: str) -> Like | None:
    """Return the like with this activity id, or None."""
    row = tx.one(_SELECT + "WHERE uri = ? LIMIT 1", uri)
    return None if row is None else _read(row)


def put(tx: Tx, like: Like) -> None:
    """Store a new like; sqlite3.IntegrityError when that account likes that post already."""
    tx.run(
        "INSERT INTO likes (id, account_id, post_id, uri, created_at) VALUES (?, ?, ?, ?, ?)",
        like.id,
        like.account_id,
        like.post_id,
        like.uri,
        ms(like.created_at),
    )


def drop(tx: Tx, like: int) -> None:
    """Remove a like."""
    tx.run("DELETE FROM likes WHERE id = ?", like)


def drop_all(tx: Tx, account: int) -> None:
    """Remove all likes of an account."""
    tx.run("DELETE FROM likes WHERE account_id = ?", account)


def likers(tx: Tx, post: int, page: Page) -> list[tuple[int, Account]]:
    """Return (id of the like, account) of those who like ``post``, newest first; page by the first."""
    columns = ", ".join(f"a.{name}" for name in accounts.COLUMNS)
    select = f"SELECT l.id, {columns} FROM likes l JOIN accounts a ON a.id = l.account_id WHERE l.post_id = :post"
    return _paired(cut(tx, select, {"post": post}, page, by="l.id"))


def boosters(tx: Tx, post: int, page: Page) -> list[tuple[int, Account]]:
    """Return (id of the boost, account) of those who boosted ``post`` for all to see, newest first."""
    columns = ", ".join(f"a.{name}" for name in accounts.COLUMNS)
    select = (
        f"SELECT p.id, {columns} FROM posts p JOIN accounts a ON a.id = p.account_id"
        " WHERE p.boost_of_id = :post AND p.visibility IN ('public', 'unlisted')"
    )
    return _paired(cut(tx, select, {"post": post}, page, by="p.id"))


def _paired(rows: Sequence[Any]) -> list[tuple[int, Account]]:
    return list(each(lambda row: (int(row[0]), accounts.from_row(row[1:])), rows))


def count(tx: Tx, post: int) -> int:
    """Return how many like ``post``, by rows."""
    return int(tx.one("SELECT count(*) FROM likes WHERE post_id = ?", post)[0])


def count_boosts(tx: Tx, post: int) -> int:
    """Return how many have boosted ``post``, by rows."""
    return int(tx.one("SELECT count(*) FROM posts WHERE boost_of_id = ?", post)[0])
