"""Notifications and how far the owner has read."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from msgspec import Struct

from smallfed.domain.notification import Notification
from smallfed.errors import NotFound
from smallfed.store import ids, visibility
from smallfed.store.moments import moment, ms
from smallfed.store.paging import Page, cut
from smallfed.store.rows import Shape, each, listed
from smallfed.store.tx import Tx

SHAPE = Shape(Notification, "notifications")
_SELECT = f"SELECT {SHAPE.columns('n')} FROM notifications n "
# Mutes hide what they cover; who is blocked, or blocks, is never heard of.
_WANTED = f"""(NOT {visibility.cut_off("n.account_id")} AND NOT EXISTS (SELECT 1 FROM mutes u
    WHERE u.target_id = n.account_id AND u.notifications AND (u.expires_at IS NULL OR u.expires_at > :now)))"""


class Marker(Struct, frozen=True, kw_only=True):
    """How far the owner has read a timeline. ``version`` counts the changes."""

    timeline: str
    last_read_id: str
    version: int
    updated_at: datetime


def put(tx: Tx, type_: str, account: int, post: int | None = None) -> Notification | None:
    """Store that the owner is to be told; None when there is such a notification already."""
    notification = Notification(
        id=ids.fresh_short(tx, "notifications"), type=type_, account_id=account, post_id=post, created_at=tx.now
    )
    known = "SELECT 1 FROM notifications WHERE type = ? AND account_id = ? AND ifnull(post_id, 0) = ?"
    if tx.one(known, type_, account, post or 0) is not None:
        return None
    SHAPE.insert(tx, notification)
    return notification


def find(tx: Tx, notification: int) -> Notification | None:
    """Return the notification with this id, or None."""
    row = tx.one(_SELECT + "WHERE n.id = ?", notification)
    return None if row is None else SHAPE.read(row)


def get(tx: Tx, notification: int) -> Notification:
    """Return the notification with this id; NotFound."""
    found = find(tx, notification)
    if found is None:
        raise NotFound("Record not found")
    return found


def newest(
    tx: Tx, page: Page, *, types: Collection[str] = (), exclude: Collection[str] = (), account: int | None = None
) -> list[Notification]:
    """Return a page of notifications, newest first; of ``types`` if there are any, and without ``exclude``."""
    where, values = _WANTED, visibility.values(tx, None)
    if types:
        where, values["types"] = f"{where} AND n.type IN (SELECT value FROM json_each(:types))", listed(types)
    if exclude:
        where, values["exclude"] = f"{where} AND n.type NOT IN (SELECT value FROM json_each(:exclude))", listed(exclude)
    if account is not None:
        where, values["account"] = f"{where} AND n.account_id = :account", account
    return list(each(SHAPE.read, cut(tx, f"{_SELECT}WHERE {where}", values, page, by="n.id")))


def unread(tx: Tx, *, limit: int = 100) -> int:
    """Return how many notifications are newer than the marker, at most ``limit``."""
    mark = markers(tx, ["notifications"]).get("notifications")
    values: dict[str, Any] = {**visibility.values(tx, None), "read": int(mark.last_read_id) if mark else 0}
    rows = cut(
        tx, f"SELECT n.id FROM notifications n WHERE n.id > :read AND {_WANTED}", values, Page(limit=limit), by="n.id"
    )
    return len(rows)


def drop(tx: Tx, notification: int) -> None:
    """Forget one notification."""
    tx.run("DELETE FROM notifications WHERE id = ?", notification)


def clear(tx: Tx) -> None:
    """Forget all notifications."""
    tx.run("DELETE FROM notifications")


def drop_of(tx: Tx, account: int, type_: str | None = None, post: int | None = None) -> None:
    """Forget what the owner was told of an account: all, or of one type, or of one type about one post."""
    tx.run(
        "DELETE FROM notifications"
        " WHERE account_id = ?1 AND (?2 IS NULL OR type = ?2) AND (?3 IS NULL OR post_id = ?3)",
        account,
        type_,
        post,
    )


def markers(tx: Tx, timelines: Collection[str]) -> dict[str, Marker]:
    """Return the markers there are of these timelines, by timeline."""
    rows = tx.all(
        "SELECT timeline, last_read_id, version, updated_at FROM markers"
        " WHERE timeline IN (SELECT value FROM json_each(?))",
        listed(timelines),
    )
    return {
        row[0]: Marker(timeline=row[0], last_read_id=row[1], version=row[2], updated_at=moment(row[3])) for row in rows
    }


def mark(tx: Tx, timeline: str, last_read_id: int) -> Marker:
    """Set how far the owner has read ``timeline`` ('home' or 'notifications') and return the marker."""
    tx.run(
        "INSERT INTO markers (timeline, last_read_id, version, updated_at) VALUES (?, ?, 1, ?)"
        " ON CONFLICT (timeline) DO UPDATE SET last_read_id = excluded.last_read_id, version = version + 1,"
        " updated_at = excluded.updated_at",
        timeline,
        str(last_read_id),
        ms(tx.now),
    )
    return markers(tx, [timeline])[timeline]
