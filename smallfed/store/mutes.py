"""Mutes: whom, and which threads, the owner does not want to read. An expired mute is as none."""

from datetime import datetime

from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.store import accounts, ids
from smallfed.store.moments import moment, ms
from smallfed.store.paging import Page, cut
from smallfed.store.tx import Tx


class Mute(Struct, frozen=True, kw_only=True):
    """``notifications``: they are muted too. ``expires_at`` None: for ever."""

    id: int
    target_id: int
    notifications: bool
    expires_at: datetime | None


_COLUMNS = "m.id, m.target_id, m.notifications, m.expires_at"
_VALID = "(m.expires_at IS NULL OR m.expires_at > :now)"


def find(tx: Tx, target: int) -> Mute | None:
    """Return the mute of an account, or None."""
    row = tx.sql.execute(
        f"SELECT {_COLUMNS} FROM mutes m WHERE m.target_id = :target AND {_VALID}",
        {"target": target, "now": ms(tx.now)},
    ).fetchone()
    return None if row is None else _read(row)


def _read(row: tuple[int, int, int, int | None]) -> Mute:
    return Mute(id=row[0], target_id=row[1], notifications=bool(row[2]), expires_at=moment(row[3]))


def put(tx: Tx, target: int, *, notifications: bool, expires_at: datetime | None) -> None:
    """Mute an account, or change how it is muted."""
    tx.run(
        "INSERT INTO mutes (id, target_id, notifications, expires_at, created_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (target_id) DO UPDATE SET notifications = excluded.notifications,"
        " expires_at = excluded.expires_at",
        ids.fresh(tx, "mutes"),
        target,
        notifications,
        ms(expires_at),
        ms(tx.now),
    )


def drop(tx: Tx, target: int) -> bool:
    """Remove a mute; False when there was none."""
    return tx.run("DELETE FROM mutes WHERE target_id = ?", target) > 0


def muted(tx: Tx, page: Page) -> list[tuple[Mute, Account]]:
    """Return the muted accounts, newest mute first; page by the mute's id."""
    columns = ", ".join(f"a.{name}" for name in accounts.COLUMNS)
    select = f"SELECT {_COLUMNS}, {columns} FROM mutes m JOIN accounts a ON a.id = m.target_id WHERE {_VALID}"
    rows = cut(tx, select, {"now": ms(tx.now)}, page, by="m.id")
    return [(_read(row[:4]), accounts.from_row(row[4:])) for row in rows]


# Threads --------------------------------------------------------------------------------------------------------------
_UP = """WITH RECURSIVE up (start, id, depth) AS (
    SELECT value, value, 0 FROM json_each(:posts)
    UNION ALL SELECT up.start, p.in_reply_to_id, depth + 1 FROM up JOIN posts p ON p.id = up.id
    WHERE p.in_reply_to_id IS NOT NULL AND depth < 200
)"""


def root(tx: Tx, post: int) -> int:
    """Return the topmost post we hold above ``post``, or itself."""
    row = tx.sql.execute(f"{_UP} SELECT id FROM up ORDER BY depth DESC LIMIT 1", {"posts": f"[{post}]"}).fetchone()
    return int(row[0])


def put_thread(tx: Tx, post: int) -> None:
    """Mute the thread in which ``post`` is."""
    tx.run("INSERT OR IGNORE INTO thread_mutes (post_id, created_at) VALUES (?, ?)", root(tx, post), ms(tx.now))


def lift_thread(tx: Tx, post: int, above: int) -> None:
    """Mute the thread in which ``above`` is instead of the one that ``post`` began, if that is muted."""
    if tx.run("DELETE FROM thread_mutes WHERE post_id = ?", post):
        put_thread(tx, above)


def drop_thread(tx: Tx, post: int) -> None:
    """Unmute the thread in which ``post`` is."""
    tx.sql.execute(f"{_UP} DELETE FROM thread_mutes WHERE post_id IN (SELECT id FROM up)", {"posts": f"[{post}]"})


def quiet(tx: Tx, posts: str) -> set[int]:
    """Return those of ``posts`` (see ``rows.listed``) that are in a muted thread."""
    if tx.one("SELECT 1 FROM thread_mutes LIMIT 1") is None:
        return set()
    rows = tx.sql.execute(
        f"{_UP} SELECT DISTINCT start FROM up JOIN thread_mutes t ON t.post_id = up.id", {"posts": posts}
    )
    return {start for (start,) in rows}
