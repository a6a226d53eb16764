"""Quotes: which post quotes which, and what has come of it."""

from collections.abc import Collection
from typing import Any

from smallfed.domain.interaction import Quote, QuoteState
from smallfed.domain.post import Post
from smallfed.store import posts, visibility
from smallfed.store.paging import Page, cut
from smallfed.store.rows import Shape, each, listed
from smallfed.store.tx import Tx

SHAPE = Shape(Quote, "quotes")
_SELECT = f"SELECT {SHAPE.columns('q')} FROM quotes q "
_ABOVE, _MANY = 3, 100  # quoting posts above one: more is not looked at
_NEWEST = 500  # of those whose quoted post was never had


def of_post(tx: Tx, post: int) -> Quote | None:
    """Return what a post quotes, or None."""
    return _first(tx, "WHERE q.post_id = ?", post)


def of_posts(tx: Tx, wanted: Collection[int]) -> dict[int, Quote]:
    """Return what these posts quote, by the id of the post that quotes."""
    rows = tx.all(_SELECT + "WHERE q.post_id IN (SELECT value FROM json_each(?))", listed(wanted))
    return {quote.post_id: quote for quote in each(SHAPE.read, rows)}


def find_request(tx: Tx, request: str) -> Quote | None:
    """Return the quote that was asked for with this activity, or None."""
    return _first(tx, "WHERE q.request = ?", request)


def by_stamp(tx: Tx, stamp: str) -> list[Quote]:
    """Return the quotes that have, or name, this stamp."""
    rows = tx.all(f"{_SELECT}WHERE q.stamp = ?1 UNION {_SELECT}WHERE q.claimed = ?1", stamp)
    return [SHAPE.read(row) for row in rows]


def of_by(tx: Tx, quoted: int, account: int) -> list[Quote]:
    """Return the accepted quotes of a post by an account."""
    where = "JOIN posts p ON p.id = q.post_id WHERE q.quoted_id = ? AND q.state = 'accepted' AND p.account_id = ?"
    return [SHAPE.read(row) for row in tx.all(_SELECT + where, quoted, account)]


def is_of_cut_off(tx: Tx, quoted: int) -> bool:
    """Whether a post that is quoted is by somebody who is cut off."""
    statement = f"SELECT 1 FROM posts p WHERE p.id = ? AND {visibility.away('p.account_id')}"
    return tx.one(statement, quoted) is not None


def unfound(tx: Tx) -> list[Quote]:
    """Return the newest quotes of posts that could not be had so far. Looks at all quotes there are."""
    where = "WHERE q.quoted_id IS NULL AND q.quoted IS NOT NULL AND q.state = 'pending' ORDER BY q.id DESC LIMIT ?"
    return [SHAPE.read(row) for row in tx.all(_SELECT + where, _NEWEST)]


def put(tx: Tx, quote: Quote) -> None:
    """Store that a post quotes another; sqlite3.IntegrityError when it quotes already."""
    SHAPE.insert(tx, quote)


def change(tx: Tx, quote: int, **columns: Any) -> None:
    """Change some columns; the values are those of the Struct."""
    SHAPE.change(tx, quote, **columns)


def drop(tx: Tx, quote: int) -> None:
    """Forget that a post quotes another."""
    tx.run("DELETE FROM quotes WHERE id = ?", quote)


def height(tx: Tx, uri: str) -> int:
    """Return how many quoting posts stand above the post ``uri``: 0 when nobody quotes it, at most ``_ABOVE``."""
    row = tx.one(
        f"""WITH RECURSIVE up (uri, height) AS (SELECT ?, 0
            UNION ALL SELECT p.uri, height + 1 FROM up JOIN quotes q ON q.quoted = up.uri
            JOIN posts p ON p.id = q.post_id WHERE height < {_ABOVE} LIMIT {_MANY})
        SELECT max(height) FROM up""",
        uri,
    )
    return int(row[0])


def counts(tx: Tx, wanted: Collection[int]) -> dict[int, int]:
    """Return how many quotes of these posts everybody may see, by the id of the quoted post, without who is cut off."""
    statement = f"""SELECT q.quoted_id, count(*) FROM quotes q JOIN posts p ON p.id = q.post_id
        WHERE q.quoted_id IN (SELECT value FROM json_each(?)) AND q.state = 'accepted'
        AND p.visibility IN ('public', 'unlisted') AND NOT {visibility.away("p.account_id")} GROUP BY q.quoted_id"""
    return dict(tx.all(statement, listed(wanted)))


def quoting(tx: Tx, quoted: int, viewer: int | None, page: Page) -> list[tuple[int, Post]]:
    """Return (id of the quote, quoting post) of what quotes a post with consent, newest first; page by the first.

    Only what ``viewer`` may see; what the owner does not want to read is left out.
    """
    select = f"""SELECT q.id, {posts.SHAPE.columns("p")} FROM quotes q JOIN posts p ON p.id = q.post_id
        WHERE q.quoted_id = :quoted AND q.state = '{QuoteState.ACCEPTED}'
        AND {visibility.seen("p")} AND {visibility.wanted("p")}"""
    rows = cut(tx, select, {**visibility.values(tx, viewer), "quoted": quoted}, page, by="q.id")
    return list(each(lambda row: (int(row[0]), posts.SHAPE.read(row[1:])), rows))


def _first(tx: Tx, where: str, *args: Any) -> Quote | None:
    row = tx.one(f"{_SELECT}{where} LIMIT 1", *args)
    return None if row is None else SHAPE.read(row)
