"""Notifications, one by one; ``store/notification_groups`` reads them in groups."""

from collections.abc import Collection, Sequence
from typing import Any

from msgspec import Struct

from smallfed.domain.notification import FILTERABLE, TYPES, Notification
from smallfed.errors import NotFound
from smallfed.store import group_ends, ids, markers, notification_requests
from smallfed.store.moments import ms
from smallfed.store.paging import Page, cut, merge
from smallfed.store.rows import Shape, each, listed
from smallfed.store.tx import Tx

SHAPE = Shape(Notification, "notifications")
_SELECT = f"SELECT {SHAPE.columns('n')} FROM notifications n "


class Choice(Struct, frozen=True, kw_only=True):
    """Which notifications are wanted: of these ``types``, of ``account``; with those ``filtered``.

    One account's are wanted with those that were filtered in any case.
    """

    types: tuple[str, ...] = TYPES
    account: int | None = None
    filtered: bool = False


def wanted(n: str) -> str:
    """Return the condition that the owner wants to hear of the account of row ``n``; ``:now`` is to be bound.

    Mutes hide what they cover, for as long as they last. Of who is blocked, or blocks, there is nothing.
    """
    return f"""{n}.account_id NOT IN (SELECT u.target_id FROM mutes u
        WHERE u.notifications AND (u.expires_at IS NULL OR u.expires_at > :now))"""


def any_hushed(tx: Tx) -> bool:
    """Whether there is anybody of whom the owner does not want to hear."""
    where = "notifications AND (expires_at IS NULL OR expires_at > ?)"
    return tx.one(f"SELECT 1 FROM mutes WHERE {where} LIMIT 1", ms(tx.now)) is not None


# Making ---------------------------------------------------------------------------------------------------------------
def put(
    tx: Tx,
    type_: str,
    account: int,
    post: int | None = None,
    subject: int | None = None,
    *,
    keys: Sequence[str] = (),
    filtered: bool = False,
) -> Notification | None:
    """Store that the owner is to be told; None when there is such a notification already.

    It joins the first group there is of ``keys``, or begins one with the first of them.
    """
    if _is_known(tx, type_, account, post, subject):
        return None
    notification = Notification(
        id=ids.fresh_short(tx, "notifications"),
        type=type_,
        account_id=account,
        post_id=post,
        subject_id=subject,
        group_key=group_ends.joined(tx, keys) if keys else None,
        filtered=filtered,
        created_at=tx.now,
    )
    _insert(tx, notification)
    return notification


def put_back(tx: Tx, notification: Notification) -> None:
    """Store what was put away, as it was (see ``store/frozen_notifications``); what was told anew meanwhile stays."""
    one = notification
    if not _is_known(tx, one.type, one.account_id, one.post_id, one.subject_id):
        _insert(tx, one)


def _is_known(tx: Tx, type_: str, account: int, post: int | None, subject: int | None) -> bool:
    statement = """SELECT 1 FROM notifications WHERE type = ? AND account_id = ?
        AND ifnull(post_id, 0) = ? AND ifnull(subject_id, 0) = ?"""
    return tx.one(statement, type_, account, post or 0, subject or 0) is not None


def _insert(tx: Tx, notification: Notification) -> None:
    SHAPE.insert(tx, notification)
    if notification.group_key is not None:
        group_ends.enter(tx, notification.id, notification.group_key)


def unfilter(tx: Tx, account: int) -> bool:
    """Let the owner see what was filtered of an account; False when there was nothing."""
    return tx.run("UPDATE notifications SET filtered = 0 WHERE account_id = ? AND filtered", account) > 0


def withhold(tx: Tx, type_: str, account: int, post: int | None) -> int | None:
    """Keep back what the owner was told of already, also where it waits to be pushed; return its id, None for none."""
    row = tx.one(
        "SELECT id, group_key FROM notifications"
        " WHERE account_id = ? AND type = ? AND ifnull(post_id, 0) = ? AND NOT filtered",
        account,
        type_,
        post or 0,
    )
    if row is None:
        return None
    tx.run("UPDATE notifications SET filtered = 1, group_key = NULL, newest = 1, oldest = 1 WHERE id = ?", row[0])
    tx.run("DELETE FROM pushes WHERE notification_id = ?", row[0])
    if row[1] is not None:
        group_ends.leave(tx, row[1])
    return int(row[0])


def told(tx: Tx, since: int, *, account: int | None = None, host: str | None = None) -> list[Notification]:
    """Return what the owner was told since an id of what somebody, or anybody of a host, or at all, wanted to say.

    The oldest first.
    """
    whose = "" if account is None else "account_id = :account AND "
    if host is not None:
        whose = "(SELECT a.host FROM accounts a WHERE a.id = n.account_id) = :host AND "
    rows = tx.sql.execute(
        f"SELECT {SHAPE.columns('n')} FROM notifications n WHERE {whose}id > :since AND NOT filtered"
        " AND type IN (SELECT value FROM json_each(:types)) ORDER BY id",
        {"account": account, "host": host, "since": since, "types": listed(FILTERABLE)},
    )
    return list(each(SHAPE.read, rows))


def keeps_back(tx: Tx, post: int, account: int) -> bool:
    """Whether the owner is not told of what an account says to the owner with a post."""
    statement = "SELECT 1 FROM notifications WHERE post_id = ? AND account_id = ? AND filtered LIMIT 1"
    return tx.one(statement, post, account) is not None


def filtered_mentions(tx: Tx, account: int) -> list[int]:
    """Return the posts of an account that name the owner and were filtered, the oldest first."""
    statement = """SELECT post_id FROM notifications
        WHERE account_id = ? AND filtered AND type = 'mention' AND post_id IS NOT NULL ORDER BY id"""
    return [post for (post,) in tx.all(statement, account)]


# Reading --------------------------------------------------------------------------------------------------------------
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


def several(tx: Tx, wanted_ids: Collection[int]) -> dict[int, Notification]:
    """Return the notifications with these ids, by id; unknown ones are left out."""
    rows = tx.all(_SELECT + "WHERE n.id IN (SELECT value FROM json_each(?))", listed(wanted_ids))
    return {one.id: one for one in each(SHAPE.read, rows)}


def newest(tx: Tx, page: Page, choice: Choice | None = None) -> list[Notification]:
    """Return a page of notifications, newest first."""
    return list(each(SHAPE.read, chosen(tx, SHAPE.columns("n"), page, choice or Choice())))


def unread(tx: Tx, *, limit: int = 100, choice: Choice | None = None) -> int:
    """Return how many notifications are newer than the marker, at most ``limit``."""
    page = Page(min_id=markers.read(tx, "notifications"), limit=limit)
    return len(chosen(tx, "n.id", page, choice or Choice()))


def chosen(tx: Tx, columns: str, page: Page, choice: Choice) -> list[Any]:
    """Return these columns (``n.id`` first) of what is chosen. Each type is walked by its own index, and all merged."""
    select = f"SELECT {columns} FROM notifications n WHERE {wanted('n')}"
    values: dict[str, Any] = {"now": ms(tx.now), "account": choice.account, "types": listed(choice.types)}
    typed = " AND n.type IN (SELECT value FROM json_each(:types))"
    if choice.account is not None:
        return cut(tx, f"{select} AND n.account_id = :account{typed}", values, page, by="n.id")
    if choice.filtered:
        return cut(tx, select + typed, values, page, by="n.id")
    if len(choice.types) == len(TYPES):
        return cut(tx, f"{select} AND NOT n.filtered", values, page, by="n.id")
    arms = [f"{select} AND n.type = '{type_}' AND NOT n.filtered" for type_ in choice.types]
    return merge(tx, arms, values, page, by="n.id")


# Forgetting -----------------------------------------------------------------------------------------------------------
def drop(tx: Tx, notification: int) -> None:
    """Forget one notification."""
    _forget(tx, "id = ?", notification)


def drop_group(tx: Tx, key: str) -> None:
    """Forget all notifications of a group."""
    _forget(tx, "group_key = ?", key)


def drop_filtered(tx: Tx, account: int) -> None:
    """Forget what was filtered of an account."""
    _forget(tx, "account_id = ? AND filtered", account)


_OF = (
    "account_id = ?1 AND (?2 IS NULL OR type = ?2) AND (?3 IS NULL OR post_id = ?3) AND (?4 IS NULL OR subject_id = ?4)"
)


def drop_of(
    tx: Tx, account: int, type_: str | None = None, post: int | None = None, *, subject: int | None = None
) -> None:
    """Forget what the owner was told of an account: all, or of one type, or of one type about one post.

    What is put away meanwhile, since its server is blocked, does not come back either.
    """
    _forget(tx, _OF, account, type_, post, subject)
    tx.run(f"DELETE FROM frozen_notifications WHERE {_OF}", account, type_, post, subject)


def drop_put_away(tx: Tx, account: int) -> None:
    """Forget here what was put away of an account (see ``store/frozen_notifications``)."""
    _forget(tx, "account_id = ?", account)


def clear(tx: Tx) -> None:
    """Forget all notifications."""
    tx.run("DELETE FROM notifications")
    tx.run("DELETE FROM notification_requests")


def _forget(tx: Tx, where: str, *args: Any) -> None:
    gone = tx.all(
        f"DELETE FROM notifications WHERE {where} RETURNING group_key, CASE WHEN filtered THEN account_id END", *args
    )
    for key in {key for key, _ in gone if key is not None}:
        group_ends.leave(tx, key)
    for account in {account for _, account in gone if account is not None}:
        notification_requests.sweep(tx, account)
