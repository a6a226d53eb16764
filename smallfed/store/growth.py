"""Growth: what came day by day, why and from where, and how large everything was.

Others' posts are noted when they come and counted a little later, when it is known why: a boost comes after what it
shows. Their files are counted by triggers of ``copies``. Both tables are bounded: of each day the few that brought most
have rows of their own, and old days go.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from smallfed.store.forgetting import SIZE
from smallfed.store.mattering import MINE, TIES
from smallfed.store.moments import ms
from smallfed.store.tx import Tx

SLICE = 200  # posts counted in one transaction
SETTLED = timedelta(minutes=10)  # after which it is known why a post came
MOST = 60  # of a day that is over, (cause, host) with a row of their own
MANY = 5000  # of today, beyond which the smallest are put together
DAYS, LONG = 90, 800  # days of growth, and of sizes, that are kept

_DAY = 86_400_000
_FOLLOWED = f"EXISTS (SELECT 1 FROM follows f WHERE f.follower_id = ({MINE}) AND f.target_id = {{account}})"

CAUSE = f"""CASE
    WHEN EXISTS (SELECT 1 FROM borrowed w WHERE w.post_id = p.id) THEN 'search'
    WHEN {TIES["names the owner"].format(post="p.id")} THEN 'mention'
    WHEN p.boost_of_id IS NOT NULL THEN 'boost'
    WHEN {_FOLLOWED.format(account="p.account_id")} THEN 'follow'
    WHEN EXISTS (SELECT 1 FROM posts s WHERE s.boost_of_id = p.id AND {_FOLLOWED.format(account="s.account_id")})
        THEN 'boost'
    WHEN p.by_tag THEN 'tag'
    WHEN EXISTS (SELECT 1 FROM relayed y WHERE y.post_id = p.id) THEN 'relay'
    WHEN p.in_reply_to IS NOT NULL OR EXISTS (SELECT 1 FROM posts s WHERE s.in_reply_to_id = p.id) THEN 'thread'
    ELSE 'other' END"""
"""Why a post ``p`` of somebody else is here, as an expression of SQL: a word of ``domain/copy.Cause``."""


class Growth(Struct, frozen=True, kw_only=True):
    """What came: how many posts and files, and about how many bytes each of them."""

    posts: int = 0
    post_bytes: int = 0
    files: int = 0
    file_bytes: int = 0

    @property
    def bytes(self) -> int:
        """All together."""
        return self.post_bytes + self.file_bytes


class Line(Growth, frozen=True, kw_only=True):
    """What came by a ``cause``, or from a ``host``."""

    key: str


class Sizes(Struct, frozen=True, kw_only=True):
    """How many bytes the database, the owner's files and others' had on a ``day`` (since 1970), and the disk free."""

    day: int
    database: int
    own: int
    copies: int
    free: int


def day(moment: datetime) -> int:
    """Return the day of a moment, since 1970, UTC."""
    return ms(moment) // _DAY


# Counting -------------------------------------------------------------------------------------------------------------
def arrived(tx: Tx, post: int) -> None:
    """Let a post of somebody else be counted."""
    tx.run("INSERT OR IGNORE INTO arrivals (post_id) VALUES (?)", post)


def count(tx: Tx) -> int:
    """Count some of what has arrived and settled since; return how many there were."""
    chosen = [
        post
        for (post,) in tx.all(
            "SELECT r.post_id FROM arrivals r LEFT JOIN posts p ON p.id = r.post_id"
            " WHERE p.id IS NULL OR p.received_at <= ? LIMIT ?",
            ms(tx.now - SETTLED),
            SLICE,
        )
    ]
    marks = ", ".join("?" * len(chosen))
    found = tx.all(
        f"""SELECT p.received_at / {_DAY}, {CAUSE}, a.host, count(*), sum({SIZE}) FROM posts p
        JOIN accounts a ON a.id = p.account_id LEFT JOIN documents d ON d.post_id = p.id
        WHERE p.id IN ({marks}) AND NOT p.local GROUP BY 1, 2, 3""",
        *chosen,
    )
    for when, cause, host, posts, size in found:
        _add(tx, when, cause, host, Growth(posts=posts, post_bytes=size))
    tx.run(f"DELETE FROM arrivals WHERE post_id IN ({marks})", *chosen)
    return len(chosen)


def _add(tx: Tx, when: int, cause: str, host: str, came: Growth) -> None:
    tx.run(
        "INSERT INTO growth (day, cause, host, posts, post_bytes, files, file_bytes) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (day, cause, host) DO UPDATE SET posts = posts + excluded.posts,"
        " post_bytes = post_bytes + excluded.post_bytes, files = files + excluded.files,"
        " file_bytes = file_bytes + excluded.file_bytes",
        when,
        cause,
        host,
        came.posts,
        came.post_bytes,
        came.files,
        came.file_bytes,
    )


def tidy(tx: Tx) -> None:
    """Put together what brought little, and forget old days."""
    today = day(tx.now)
    tx.run("DELETE FROM growth WHERE day < ?", today - DAYS)
    tx.run("DELETE FROM sizes WHERE day < ?", today - LONG)
    for when, rows in tx.all("SELECT day, count(*) FROM growth WHERE host <> '' GROUP BY day"):
        if rows > (MANY if when == today else MOST):
            _fold(tx, when)


def _fold(tx: Tx, when: int) -> None:
    little = tx.all(
        "SELECT cause, host, posts, post_bytes, files, file_bytes FROM growth WHERE day = ? AND host <> ''"
        " ORDER BY post_bytes + file_bytes DESC LIMIT -1 OFFSET ?",
        when,
        MOST,
    )
    for cause, host, *counts in little:
        tx.run("DELETE FROM growth WHERE day = ? AND cause = ? AND host = ?", when, cause, host)
        posts, post_bytes, files, file_bytes = counts
        _add(tx, when, cause, "", Growth(posts=posts, post_bytes=post_bytes, files=files, file_bytes=file_bytes))


# Asking ---------------------------------------------------------------------------------------------------------------
_SUMS = "sum(posts), sum(post_bytes), sum(files), sum(file_bytes)"


def total(tx: Tx, since: int, until: int) -> Growth:
    """Return what came from the day ``since`` until before ``until``."""
    row = tx.one(f"SELECT {_SUMS} FROM growth WHERE day >= ? AND day < ?", since, until)
    return Growth(**dict(zip(Growth.__struct_fields__, (value or 0 for value in row), strict=True)))


def by_cause(tx: Tx, since: int, until: int) -> list[Line]:
    """Return the same by cause, the most first."""
    return _lines(tx, "cause", since, until, limit=20)


def by_host(tx: Tx, since: int, until: int, limit: int) -> list[Line]:
    """Return the same by host, as far as they are remembered, the most first."""
    return _lines(tx, "host", since, until, limit=limit)


def _lines(tx: Tx, key: str, since: int, until: int, *, limit: int) -> list[Line]:
    rows: Sequence[tuple[str, int, int, int, int]] = tx.all(
        f"SELECT {key}, {_SUMS} FROM growth WHERE day >= ? AND day < ? AND {key} <> '' GROUP BY 1"
        " ORDER BY sum(post_bytes + file_bytes) DESC, 1 LIMIT ?",
        since,
        until,
        limit,
    )
    return [
        Line(key=word, posts=posts, post_bytes=post_bytes, files=files, file_bytes=file_bytes)
        for word, posts, post_bytes, files, file_bytes in rows
    ]


# Sizes ----------------------------------------------------------------------------------------------------------------
def measured(tx: Tx, sizes: Sizes) -> None:
    """Note how large everything is on a day, instead of what was noted of that day before."""
    tx.run(
        "INSERT OR REPLACE INTO sizes (day, database, own, copies, free) VALUES (?, ?, ?, ?, ?)",
        sizes.day,
        sizes.database,
        sizes.own,
        sizes.copies,
        sizes.free,
    )


def sizes(tx: Tx, since: int) -> list[Sizes]:
    """Return how large everything was, day by day, the oldest first."""
    rows = tx.all("SELECT day, database, own, copies, free FROM sizes WHERE day >= ? ORDER BY day", since)
    return [Sizes(day=r[0], database=r[1], own=r[2], copies=r[3], free=r[4]) for r in rows]
