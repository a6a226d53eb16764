"""Posts: notes and boosts, the owner's and everybody's, with what belongs to them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from msgspec import structs

from smallfed.domain.post import Post
from smallfed.errors import NotFound
from smallfed.store import ids, searchables, visibility
from smallfed.store.moments import ms
from smallfed.store.rows import Shape, each, listed
from smallfed.store.tx import Tx

SHAPE = Shape(Post, "posts")
SELECT = f"SELECT {SHAPE.columns('p')} FROM posts p "
SWEPT = 10  # of what is gone, taken out of the index at once; the rest is a loop's
PUNCTUAL = timedelta(minutes=15)  # a post that arrives within this of its publication is sorted by its arrival


def find(tx: Tx, post: int) -> Post | None:
    """Return the post with this id, or None; asked again within a call, without asking the database."""
    known: Post | None = tx.known.get(("post", post))
    if known is None:
        known = _first(tx, "WHERE p.id = ?", post)
        if known is not None:
            tx.known["post", post] = known
    return known


def get(tx: Tx, post: int) -> Post:
    """Return the post with this id; NotFound."""
    found = find(tx, post)
    if found is None:
        raise NotFound("Record not found")
    return found


def find_uri(tx: Tx, uri: str) -> Post | None:
    """Return the post with this object id, or None."""
    return _first(tx, "WHERE p.uri = ?", uri)


def find_url(tx: Tx, url: str) -> Post | None:
    """Return the post whose id or page is ``url``, or None."""
    return find_uri(tx, url) or _first(tx, "WHERE p.url = ? AND p.url <> p.uri", url)


MOST_CANDIDATES = 20  # of one server; blocks end follows, so the first one does nearly always
_LIVING_THERE = """
    SELECT m.account_id FROM mentions m JOIN accounts a ON a.id = m.account_id
        WHERE m.post_id = ?1 AND NOT a.local AND a.gone_at IS NULL AND lower(a.origin) = ?2
    UNION SELECT f.follower_id FROM posts p JOIN follows f ON f.target_id = p.account_id
        JOIN accounts a ON a.id = f.follower_id
        WHERE p.id = ?1 AND f.state = 'accepted' AND NOT a.local AND a.gone_at IS NULL AND lower(a.origin) = ?2
    LIMIT ?3"""


def find_visible(tx: Tx, post: int, viewer: int | None) -> Post | None:
    """Return the post if it exists and ``viewer`` (an account id; None: a stranger) may see it, else None."""
    statement = f"{SELECT} WHERE p.id = :post AND {visibility.seen('p')}"
    row = tx.sql.execute(statement, {**visibility.values(tx, viewer), "post": post}).fetchone()
    return None if row is None else SHAPE.read(row)


def find_visible_at(tx: Tx, post: int, host: str) -> Post | None:
    """Return the post if somebody who lives on ``host`` (``name`` or ``name:port``) may see it, else None.

    It is not asked who could see it by what they are no more than strangers to: that is ``find_visible`` with None.
    """
    candidates = tx.all(_LIVING_THERE, post, host, MOST_CANDIDATES)
    return next((found for (viewer,) in candidates if (found := find_visible(tx, post, viewer)) is not None), None)


def get_visible(tx: Tx, post: int, viewer: int | None) -> Post:
    """Return the post; NotFound when it is absent or not for ``viewer``: the two look the same."""
    found = find_visible(tx, post, viewer)
    if found is None:
        raise NotFound("Record not found")
    return found


def find_boost(tx: Tx, post: int, account: int) -> Post | None:
    """Return the boost of ``post`` by ``account``, or None."""
    return _first(tx, "WHERE p.boost_of_id = ? AND p.account_id = ?", post, account)


def several(tx: Tx, wanted: Collection[int]) -> dict[int, Post]:
    """Return those of ``wanted`` that exist, by id."""
    rows = tx.all(SELECT + "WHERE p.id IN (SELECT value FROM json_each(?))", listed(wanted))
    return {post.id: post for post in each(SHAPE.read, rows)}


def several_visible(tx: Tx, wanted: Collection[int], viewer: int | None) -> dict[int, Post]:
    """Return those of ``wanted`` that exist and that ``viewer`` may see, by id."""
    statement = f"{SELECT} WHERE p.id IN (SELECT value FROM json_each(:ids)) AND {visibility.seen('p')}"
    rows = tx.sql.execute(statement, {**visibility.values(tx, viewer), "ids": listed(wanted)})
    return {post.id: post for post in each(SHAPE.read, rows)}


def several_by_uri(tx: Tx, wanted: Collection[str]) -> dict[str, Post]:
    """Return those of the object ids ``wanted`` that we hold, whoever may see them."""
    rows = tx.all(SELECT + "WHERE p.uri IN (SELECT value FROM json_each(?))", listed(wanted))
    return {post.uri: post for post in each(SHAPE.read, rows)}


def arrival_id(tx: Tx, published: datetime) -> int:
    """Return an id for a post that arrives now: sorted by now if that was to be expected, else by ``published``."""
    return ids.fresh(tx, "posts", tx.now if abs(tx.now - published) <= PUNCTUAL else published)


def dated_id(tx: Tx, published: datetime) -> int:
    """Return an id for a post that is read in an outbox, however late or early: sorted by ``published``."""
    return ids.fresh(tx, "posts", published)


def put(tx: Tx, post: Post) -> None:
    """Store a new post; sqlite3.IntegrityError when its id or uri is taken, or its author has boosted that already."""
    tx.known["post", post.id] = SHAPE.read(SHAPE.insert(tx, post))


def change(tx: Tx, post: int, **columns: Any) -> None:
    """Change some columns of a post; the values are those of the Struct."""
    SHAPE.change(tx, post, **columns)
    known: Post | None = tx.known.pop(("post", post), None)
    if known is not None:
        tx.known["post", post] = structs.replace(known, **SHAPE.kept(columns))


def drop(tx: Tx, post: int) -> tuple[int, ...]:
    """Remove a post, the boosts of it, and all that hangs on them; return the ids of these boosts.

    Replies stay, without a parent.
    """
    tx.known.clear()
    boosts = tuple(row[0] for row in tx.all("DELETE FROM posts WHERE boost_of_id = ? RETURNING id", post))
    tx.run("DELETE FROM posts WHERE id = ?", post)
    searchables.sweep(tx, SWEPT)
    return boosts


def drop_all(tx: Tx, account: int) -> None:
    """Remove everything an account has posted and boosted, and the boosts of it."""
    tx.known.clear()
    tx.run("DELETE FROM posts WHERE boost_of_id IN (SELECT id FROM posts WHERE account_id = ?)", account)
    tx.run("DELETE FROM posts WHERE account_id = ?", account)


def orphans(tx: Tx, parent: Post) -> list[Post]:
    """Return the replies to ``parent`` that came before it, by whichever address they name it."""
    rows = tx.all(SELECT + "WHERE p.in_reply_to IN (?, ?) AND p.in_reply_to_id IS NULL", parent.uri, parent.url)
    return [SHAPE.read(row) for row in rows]


def children(tx: Tx, post: int) -> list[Post]:
    """Return the replies to a post that we hold, oldest first, whoever may see them."""
    return [SHAPE.read(row) for row in tx.all(SELECT + "WHERE p.in_reply_to_id = ? ORDER BY p.id", post)]


def newest_of(tx: Tx, account: int, limit: int) -> list[Post]:
    """Return the newest posts and boosts of an account, whoever may see them."""
    rows = tx.all(SELECT + "WHERE p.account_id = ? ORDER BY p.id DESC LIMIT ?", account, limit)
    return [SHAPE.read(row) for row in rows]


def at_home_of(tx: Tx, account: int, limit: int) -> list[int]:
    """Return the newest that stand in home by way of an account: its own, and boosts of its newest."""
    rows = tx.all(
        """WITH newest (id) AS (SELECT id FROM posts WHERE account_id = ?1 ORDER BY id DESC LIMIT ?2)
        SELECT p.id FROM newest n JOIN posts p ON p.id = n.id WHERE p.in_home
        UNION SELECT b.id FROM newest n JOIN posts b ON b.boost_of_id = n.id WHERE b.in_home
        ORDER BY 1 DESC LIMIT ?2""",
        account,
        limit,
    )
    return [post for (post,) in rows]


def made_in(tx: Tx, group: str, account: int, *, limit: int, removed: bool = False) -> list[Post]:
    """Return the newest that an account has posted in a group (an actor id) and that was ``removed``, or not."""
    where = "WHERE p.account_id = ? AND p.audience = ? AND p.removed = ? ORDER BY p.id DESC LIMIT ?"
    return [SHAPE.read(row) for row in tx.all(SELECT + where, account, group, removed, limit)]


def hide_made_in(tx: Tx, group: str, account: int) -> None:
    """Remove everything that an account has posted in a group, and remember that the group did so."""
    tx.known.clear()
    made = "FROM posts WHERE account_id = ? AND audience = ? AND NOT removed"
    tx.run(
        f"INSERT OR IGNORE INTO tombstones (uri, actor, created_at) SELECT uri, ?, ? {made}",
        group,
        ms(tx.now),
        account,
        group,
    )
    tx.run("UPDATE posts SET removed = 1 WHERE account_id = ? AND audience = ? AND NOT removed", account, group)


def restore_made_in(tx: Tx, group: str, account: int) -> None:
    """Bring back everything that an account has posted in a group and that the group had removed."""
    tx.known.clear()
    made = "FROM posts WHERE account_id = ? AND audience = ? AND removed"
    tx.run(f"DELETE FROM tombstones WHERE actor = ? AND uri IN (SELECT uri {made})", group, account, group)
    tx.run("UPDATE posts SET removed = 0 WHERE account_id = ? AND audience = ? AND removed", account, group)


def claim_likes(tx: Tx, post: int, change: int) -> None:
    """Let so many more (or fewer) likes be claimed of a post."""
    tx.known.pop(("post", post), None)
    tx.run("UPDATE posts SET likes_claimed = max(0, ifnull(likes_claimed, 0) + ?) WHERE id = ?", change, post)


# What was typed -------------------------------------------------------------------------------------------------------
def put_source(tx: Tx, post: int, text: str, content_type: str) -> None:
    """Keep what the owner typed, instead of an earlier version."""
    tx.run("INSERT OR REPLACE INTO sources (post_id, text, content_type) VALUES (?, ?, ?)", post, text, content_type)


def source(tx: Tx, post: int) -> tuple[str, str] | None:
    """Return (text, content type) as the owner typed it, or None."""
    row = tx.one("SELECT text, content_type FROM sources WHERE post_id = ?", post)
    return None if row is None else (row[0], row[1])


# Idempotency ----------------------------------------------------------------------------------------------------------
def find_repeated(tx: Tx, token: int, key: str) -> Post | None:
    """Return the post that was made with this Idempotency-Key within a day, or None."""
    day_ago = ms(tx.now - timedelta(days=1))
    return _first(
        tx,
        "JOIN idempotency i ON i.post_id = p.id WHERE i.token_id = ? AND i.key = ? AND i.created_at > ?",
        token,
        key,
        day_ago,
    )


def remember(tx: Tx, token: int, key: str, post: int) -> None:
    """Remember that ``post`` was made with this Idempotency-Key, and forget keys older than a day."""
    tx.run("DELETE FROM idempotency WHERE created_at <= ?", ms(tx.now - timedelta(days=1)))
    tx.run(
        "INSERT OR REPLACE INTO idempotency (token_id, key, post_id, created_at) VALUES (?, ?, ?, ?)",
        token,
        key,
        post,
        ms(tx.now),
    )


def _first(tx: Tx, where: str, *args: Any) -> Post | None:
    row = tx.one(f"{SELECT}{where} LIMIT 1", *args)
    return None if row is None else SHAPE.read(row)
