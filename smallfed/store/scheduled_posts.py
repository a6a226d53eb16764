"""Scheduled posts: what the owner has written for later, and drafts. Rows, so that a restart forgets none."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import json

from smallfed.domain.scheduled_post import ScheduledPost
from smallfed.domain.wish import Wish
from smallfed.errors import NotFound
from smallfed.policy.scheduling import Books
from smallfed.store.moments import moment, ms
from smallfed.store.paging import Page, cut
from smallfed.store.rows import each
from smallfed.store.tx import Tx

_COLUMNS = "s.id, s.wish, s.scheduled_at, s.due, s.problem, s.application, s.token_id, s.key, s.created_at"
_SELECT = f"SELECT {_COLUMNS} FROM scheduled_posts s "
_DAY = 86_400_000


def _read(row: Sequence[Any]) -> ScheduledPost:
    return ScheduledPost(
        id=row[0],
        wish=json.decode(row[1], type=Wish),
        scheduled_at=moment(row[2]),
        due=moment(row[3]),
        problem=row[4],
        application=row[5],
        idempotency=None if row[7] is None else (row[6], row[7]),
        created_at=moment(row[8]),
    )


def find(tx: Tx, number: int) -> ScheduledPost | None:
    """Return one, or None."""
    row = tx.one(_SELECT + "WHERE s.id = ?", number)
    return None if row is None else _read(row)


def get(tx: Tx, number: int) -> ScheduledPost:
    """Return one; NotFound."""
    found = find(tx, number)
    if found is None:
        raise NotFound("Record not found")
    return found


def find_repeated(tx: Tx, token: int, key: str) -> ScheduledPost | None:
    """Return the one that was made with this Idempotency-Key within a day, or None."""
    where = "WHERE s.token_id = ? AND s.key = ? AND s.created_at > ? ORDER BY s.id DESC LIMIT 1"
    row = tx.one(_SELECT + where, token, key, ms(tx.now - timedelta(days=1)))
    return None if row is None else _read(row)


def page(tx: Tx, page: Page) -> list[ScheduledPost]:
    """Return a page of them, newest first."""
    return list(each(_read, cut(tx, f"{_SELECT} WHERE 1", {}, page, by="s.id")))


def books(tx: Tx, at: datetime, *, without: int = 0) -> Books:
    """Return how many there are besides ``without``, in all and for the day (UTC) of ``at``."""
    day = ms(at) // _DAY * _DAY
    row = tx.one(
        "SELECT (SELECT count(*) FROM scheduled_posts WHERE id <> ?1), (SELECT count(*) FROM scheduled_posts"
        " WHERE scheduled_at >= ?2 AND scheduled_at < ?3 AND id <> ?1)",
        without,
        day,
        day + _DAY,
    )
    return Books(total=row[0], that_day=row[1])


def media(tx: Tx) -> set[int]:
    """Return what any of them will show; there are never many of them."""
    rows = tx.all("SELECT DISTINCT j.value FROM scheduled_posts s, json_each(s.wish, '$.media') j")
    return {medium for (medium,) in rows}


def put(tx: Tx, post: ScheduledPost) -> None:
    """Store a new one."""
    token, key = post.idempotency or (None, None)
    tx.run(
        "INSERT INTO scheduled_posts (id, wish, scheduled_at, due, problem, application, token_id, key, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        post.id,
        json.encode(post.wish).decode(),
        ms(post.scheduled_at),
        ms(post.due),
        post.problem,
        post.application,
        token,
        key,
        ms(post.created_at),
    )


def move(tx: Tx, number: int, *, scheduled_at: datetime, due: datetime | None) -> None:
    """Give one another time, and forget what was in its way."""
    moved = "UPDATE scheduled_posts SET scheduled_at = ?, due = ?, problem = '' WHERE id = ?"
    tx.run(moved, ms(scheduled_at), ms(due), number)


def postpone(tx: Tx, number: int, until: datetime) -> None:
    """Take one up again later, if it is still due."""
    tx.run("UPDATE scheduled_posts SET due = ? WHERE id = ? AND due <= ?", ms(until), number, ms(tx.now))


def halt(tx: Tx, number: int, problem: str) -> None:
    """Note why one that is still due cannot be published; it is not taken up any more."""
    halted = "UPDATE scheduled_posts SET due = NULL, problem = ? WHERE id = ? AND due <= ?"
    tx.run(halted, problem, number, ms(tx.now))


def drop(tx: Tx, number: int) -> None:
    """Forget one."""
    tx.run("DELETE FROM scheduled_posts WHERE id = ?", number)


def next_due(tx: Tx) -> datetime | None:
    """Return when the next one is due, None when none ever is."""
    due: int | None = tx.one("SELECT min(due) FROM scheduled_posts WHERE due IS NOT NULL")[0]
    return moment(due)


def first(tx: Tx) -> ScheduledPost | None:
    """Return the one that has been due for longest, None when none is."""
    row = tx.one(_SELECT + "WHERE s.due <= ? ORDER BY s.due, s.id LIMIT 1", ms(tx.now))
    return None if row is None else _read(row)
