"""Featured tags: which hashtags profiles show, and how much there is under them."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct

from smallfed.domain.featured_tag import FeaturedTag
from smallfed.store.moments import moment
from smallfed.store.rows import Shape, each, listed
from smallfed.store.tx import Tx

SHAPE = Shape(FeaturedTag, "featured_tags")
_SELECT = f"SELECT {SHAPE.columns('f')} FROM featured_tags f "


class Used(Struct, frozen=True, kw_only=True):
    """How many posts for all to see an account has with a hashtag, and when it wrote the last one."""

    posts: int
    last_at: datetime


def of_account(tx: Tx, account: int) -> list[FeaturedTag]:
    """Return those of an account, the earliest first."""
    return list(each(SHAPE.read, tx.all(_SELECT + "WHERE f.account_id = ? ORDER BY f.created_at, f.id", account)))


def find(tx: Tx, account: int, name: str) -> FeaturedTag | None:
    """Return the one with this name, or None."""
    row = tx.one(_SELECT + "WHERE f.account_id = ? AND f.name = ?", account, name)
    return None if row is None else SHAPE.read(row)


def find_id(tx: Tx, tag: int) -> FeaturedTag | None:
    """Return the one with this id, or None."""
    row = tx.one(_SELECT + "WHERE f.id = ?", tag)
    return None if row is None else SHAPE.read(row)


def put(tx: Tx, tag: FeaturedTag) -> None:
    """Store a new one; sqlite3.IntegrityError when that account features that name already."""
    SHAPE.insert(tx, tag)


def drop(tx: Tx, tag: int) -> None:
    """Remove one."""
    tx.run("DELETE FROM featured_tags WHERE id = ?", tag)


def drop_all(tx: Tx, account: int) -> None:
    """Remove all of an account."""
    tx.run("DELETE FROM featured_tags WHERE account_id = ?", account)


def used(tx: Tx, account: int, names: Collection[str]) -> dict[str, Used]:
    """Return how an account used these hashtags, as far as we have its posts; without those it did not."""
    rows = tx.all(
        "SELECT h.name, count(*), max(p.published_at) FROM json_each(?) j JOIN hashtags h ON h.name = j.value"
        " JOIN posts p ON p.id = h.post_id"
        " WHERE p.account_id = ? AND p.visibility IN ('public', 'unlisted') GROUP BY h.name",
        listed(names),
        account,
    )
    return {name: Used(posts=posts, last_at=moment(last)) for name, posts, last in rows}


def favourites(tx: Tx, account: int, *, limit: int) -> list[str]:
    """Return the hashtags that an account uses most, but for those it features."""
    rows = tx.all(
        "SELECT h.name FROM posts p JOIN hashtags h ON h.post_id = p.id"
        " WHERE p.account_id = ?1 AND p.visibility IN ('public', 'unlisted')"
        " AND h.name NOT IN (SELECT name FROM featured_tags WHERE account_id = ?1)"
        " GROUP BY h.name ORDER BY count(*) DESC, h.name LIMIT ?2",
        account,
        limit,
    )
    return [name for (name,) in rows]
