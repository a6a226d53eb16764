"""Filters: groups of keywords and posts, and what of them holds now."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from msgspec import json

from smallfed.domain.filter import Filter, FilteredPost, Keyword
from smallfed.errors import NotFound
from smallfed.policy.filtering import Rule, needle
from smallfed.store.moments import ms
from smallfed.store.rows import Shape, each, listed
from smallfed.store.tx import Tx

SHAPE = Shape(Filter, "filters")
KEYWORDS = Shape(Keyword, "filter_keywords")
POSTS = Shape(FilteredPost, "filter_posts")
_SELECT = f"SELECT {SHAPE.columns('f')} FROM filters f "
_SELECT_KEYWORD = f"SELECT {KEYWORDS.columns('k')} FROM filter_keywords k "
_SELECT_POST = f"SELECT {POSTS.columns('x')} FROM filter_posts x "


# Filters --------------------------------------------------------------------------------------------------------------
def every(tx: Tx) -> list[Filter]:
    """Return all filters, the earliest first, expired ones too."""
    return list(each(SHAPE.read, tx.all(_SELECT + "ORDER BY f.id")))


def get(tx: Tx, filter_: int) -> Filter:
    """Return the filter with this id; NotFound."""
    row = tx.one(_SELECT + "WHERE f.id = ?", filter_)
    if row is None:
        raise NotFound("Record not found")
    return SHAPE.read(row)


def put(tx: Tx, new: Filter) -> None:
    """Store a new filter."""
    SHAPE.insert(tx, new)


def change(tx: Tx, filter_: int, **columns: Any) -> None:
    """Change some columns of a filter; the values are those of the Struct."""
    SHAPE.change(tx, filter_, **columns)


def drop(tx: Tx, filter_: int) -> None:
    """Remove a filter with all that belongs to it."""
    tx.run("DELETE FROM filters WHERE id = ?", filter_)


# Keywords -------------------------------------------------------------------------------------------------------------
def keywords(tx: Tx, filters: Collection[int]) -> list[Keyword]:
    """Return the keywords of these filters, the earliest first."""
    rows = tx.all(
        _SELECT_KEYWORD + "WHERE k.filter_id IN (SELECT value FROM json_each(?)) ORDER BY k.id", listed(filters)
    )
    return list(each(KEYWORDS.read, rows))


def keyword(tx: Tx, keyword_: int) -> Keyword:
    """Return the keyword with this id; NotFound."""
    row = tx.one(_SELECT_KEYWORD + "WHERE k.id = ?", keyword_)
    if row is None:
        raise NotFound("Record not found")
    return KEYWORDS.read(row)


def put_keyword(tx: Tx, new: Keyword) -> None:
    """Store a new keyword."""
    KEYWORDS.insert(tx, new)


def change_keyword(tx: Tx, keyword_: int, **columns: Any) -> None:
    """Change some columns of a keyword; the values are those of the Struct."""
    KEYWORDS.change(tx, keyword_, **columns)


def drop_keyword(tx: Tx, keyword_: int) -> None:
    """Remove a keyword."""
    tx.run("DELETE FROM filter_keywords WHERE id = ?", keyword_)


def newest_keyword(tx: Tx) -> int:
    """Return the highest id of a keyword, 0 where there is none."""
    return int(tx.one("SELECT ifnull(max(id), 0) FROM filter_keywords")[0])


def count(tx: Tx) -> tuple[int, int]:
    """Return how many filters there are, and how many keywords."""
    row = tx.one("SELECT (SELECT count(*) FROM filters), (SELECT count(*) FROM filter_keywords)")
    return row[0], row[1]


# Posts ----------------------------------------------------------------------------------------------------------------
def posts(tx: Tx, filters: Collection[int]) -> list[FilteredPost]:
    """Return the single posts of these filters, the earliest first."""
    rows = tx.all(_SELECT_POST + "WHERE x.filter_id IN (SELECT value FROM json_each(?)) ORDER BY x.id", listed(filters))
    return list(each(POSTS.read, rows))


def post(tx: Tx, filtered: int) -> FilteredPost:
    """Return the single post of a filter with this id of its own; NotFound."""
    row = tx.one(_SELECT_POST + "WHERE x.id = ?", filtered)
    if row is None:
        raise NotFound("Record not found")
    return POSTS.read(row)


def find_post(tx: Tx, filter_: int, post_: int) -> FilteredPost | None:
    """Return the row by which a filter matches a single post, or None."""
    row = tx.one(_SELECT_POST + "WHERE x.filter_id = ? AND x.post_id = ?", filter_, post_)
    return None if row is None else POSTS.read(row)


def put_post(tx: Tx, new: FilteredPost) -> None:
    """Store that a filter matches a single post."""
    POSTS.insert(tx, new)


def drop_post(tx: Tx, filtered: int) -> None:
    """Remove a single post from its filter."""
    tx.run("DELETE FROM filter_posts WHERE id = ?", filtered)


# What holds now -------------------------------------------------------------------------------------------------------
def rules(tx: Tx) -> list[Rule]:
    """Return the filters that have not expired with their keywords, the earliest first.

    Each is made ready once, and anew when something of it is changed.
    """
    rows = tx.all(
        f"""SELECT (SELECT json_group_array(json_array(k.keyword, k.whole_word)) FROM filter_keywords k
            WHERE k.filter_id = f.id), {SHAPE.columns("f")}
        FROM filters f WHERE f.expires_at IS NULL OR f.expires_at > ? ORDER BY f.id""",
        ms(tx.now),
    )
    return list(each(_rule, rows))


@lru_cache(maxsize=512)
def _rule(row: tuple[Any, ...]) -> Rule:
    words = json.decode(row[0], type=list[tuple[str, int]])
    return Rule(
        filter=SHAPE.read(row[1:]), needles=tuple(needle(word, whole_word=bool(whole)) for word, whole in words)
    )


def matching(tx: Tx, wanted: Collection[int]) -> set[tuple[int, int]]:
    """Return (filter, post) for those of ``wanted`` that filters match as single posts."""
    rows = tx.all(
        "SELECT filter_id, post_id FROM filter_posts WHERE post_id IN (SELECT value FROM json_each(?))", listed(wanted)
    )
    return set(rows)
