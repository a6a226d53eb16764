"""Pushes: what waits to be told to apps that do not run. What has arrived is gone; what was given up stays a while.

A claim changes nothing, as with deliveries: one process holds the data directory, and it knows which hosts it is busy
with. What a dead process had in hand is as due as before, and told again.

Spec: RULINGS 9; SAFETY rules 38, 39.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from msgspec import Struct

from smallfed.store.moments import moment, ms
from smallfed.store.rows import listed
from smallfed.store.tx import Tx

MOST = 100  # that wait for one subscription; the oldest give way
PER_HOST = 8  # claimed at once for one host

_READY = "max(p.due, ifnull(s.rest_until, 0))"
_WAITING = "FROM pushes p JOIN push_subscriptions s ON s.id = p.subscription_id WHERE p.state = 'waiting'"
_FREE = "s.host NOT IN (SELECT value FROM json_each(:busy))"
_CLAIM = f"""
    SELECT id, subscription_id, notification_id, host, attempts, created_at FROM (
        SELECT p.id, p.subscription_id, p.notification_id, s.host, p.attempts, p.created_at,
            row_number() OVER (PARTITION BY s.host ORDER BY p.id) AS place
        {_WAITING} AND {_READY} <= :now AND {_FREE})
    WHERE place <= :per_host ORDER BY id LIMIT :limit"""


class Push(Struct, frozen=True, kw_only=True):
    """A claimed row. ``attempts`` are those before."""

    id: int
    subscription_id: int
    notification_id: int
    host: str
    attempts: int
    created_at: datetime


class Waiting(Struct, frozen=True, kw_only=True):
    """What there is for one host of push services, for the owner's eyes. ``failed`` were given up lately."""

    host: str
    waiting: int
    failed: int
    oldest: datetime | None
    next_try: datetime | None
    last_answer: str | None


def put(tx: Tx, subscription: int, notification: int, *, after: timedelta = timedelta(0)) -> bool:
    """Queue a notification for a subscription, due now or ``after`` a while; False when that was done before."""
    new = tx.run(
        "INSERT INTO pushes (subscription_id, notification_id, due, created_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        subscription,
        notification,
        ms(tx.now + after),
        ms(tx.now),
    )
    if new:
        tx.run(
            "UPDATE pushes SET state = 'failed', answer = 'newer ones took its place', answered_at = ?1 WHERE id IN"
            " (SELECT id FROM pushes WHERE subscription_id = ?2 AND state = 'waiting'"
            " ORDER BY id DESC LIMIT -1 OFFSET ?3)",
            ms(tx.now),
            subscription,
            MOST,
        )
    return bool(new)


def claim(tx: Tx, *, limit: int, busy: Collection[str]) -> list[Push]:
    """Take what is due, oldest first, of each host ``PER_HOST`` at most and nothing of the ``busy`` ones."""
    values = {"now": ms(tx.now), "busy": listed(busy), "per_host": PER_HOST, "limit": limit}
    return [
        Push(
            id=number,
            subscription_id=subscription,
            notification_id=notification,
            host=host,
            attempts=attempts,
            created_at=moment(created_at),
        )
        for number, subscription, notification, host, attempts, created_at in tx.sql.execute(_CLAIM, values)
    ]


def next_due(tx: Tx, *, busy: Collection[str]) -> datetime | None:
    """Return when something is due for a host that is not ``busy``, or None."""
    (due,) = tx.sql.execute(f"SELECT min({_READY}) {_WAITING} AND {_FREE}", {"busy": listed(busy)}).fetchone()
    return None if due is None else moment(due)


def is_there(tx: Tx, push: Push) -> bool:
    """Whether it still waits: the token may be revoked, the notification dismissed since it was claimed."""
    return tx.one("SELECT 1 FROM pushes WHERE id = ? AND state = 'waiting'", push.id) is not None


def drop(tx: Tx, push: Push) -> None:
    """Forget one: it has arrived, or there is nothing left to tell."""
    tx.run("DELETE FROM pushes WHERE id = ?", push.id)


def postpone(tx: Tx, push: Push, *, wait: timedelta, why: str) -> None:
    """Try it again after ``wait``."""
    tx.run(
        "UPDATE pushes SET due = ?, attempts = attempts + 1, answer = ?, answered_at = ? WHERE id = ?",
        ms(tx.now + wait),
        why,
        ms(tx.now),
        push.id,
    )


def give_up(tx: Tx, push: Push, *, why: str) -> None:
    """Never try it again, and keep the reason for a while."""
    tx.run(
        "UPDATE pushes SET state = 'failed', attempts = attempts + 1, answer = ?, answered_at = ? WHERE id = ?",
        why,
        ms(tx.now),
        push.id,
    )


def by_host(tx: Tx) -> list[Waiting]:
    """Return what waits and what was given up, host by host, the longest waiting first."""
    rows = tx.all(
        "SELECT s.host, sum(p.state = 'waiting'), sum(p.state = 'failed'),"
        " min(CASE WHEN p.state = 'waiting' THEN p.created_at END),"
        f" min(CASE WHEN p.state = 'waiting' THEN {_READY} END),"
        " (SELECT q.answer FROM pushes q JOIN push_subscriptions t ON t.id = q.subscription_id"
        "   WHERE t.host = s.host AND q.answer IS NOT NULL ORDER BY q.answered_at DESC, q.id DESC LIMIT 1)"
        " FROM pushes p JOIN push_subscriptions s ON s.id = p.subscription_id"
        " GROUP BY s.host ORDER BY 4 IS NULL, 4, 1"
    )
    return [
        Waiting(
            host=host,
            waiting=waiting,
            failed=failed,
            oldest=moment(oldest),
            next_try=moment(next_try),
            last_answer=answer,
        )
        for host, waiting, failed, oldest, next_try, answer in rows
    ]
