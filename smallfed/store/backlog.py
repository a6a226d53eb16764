"""Backlog: what waits to be delivered, and what became of a post, as the owner sees it.

Spec: DESIGN principle 14: the operator is a reader too.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct

from smallfed.domain.numbers import number
from smallfed.policy.retrying import is_open
from smallfed.store import houses
from smallfed.store.moments import moment
from smallfed.store.tx import Tx


class Waiting(Struct, frozen=True, kw_only=True):
    """A host that something waits for. ``circuit``: closed, resting (silent last time) or open (taken for dead).

    ``merged``: how many deliveries of the last days will not be sent, because later ones say it all.
    """

    host: str
    waiting: int
    merged: int
    oldest: datetime
    next_try: datetime
    circuit: str
    silent_since: datetime | None
    silences: int
    last_error: str | None


class Tally(Struct, frozen=True):
    """How many deliveries wait, for how many servers, and how many of those did not answer last time."""

    deliveries: int
    servers: int
    silent: int


class Sending(Struct, frozen=True, kw_only=True):
    """A delivery. ``next_try`` is None for what is settled."""

    id: int
    activity: str
    type: str
    inbox: str
    host: str
    state: str
    attempts: int
    answer: str | None
    answered_at: datetime | None
    next_try: datetime | None


def waiting(tx: Tx, *, host: str | None = None) -> list[Waiting]:
    """Return the hosts that something waits for, or only ``host``; the longest waiting first."""
    rows = tx.all(
        "SELECT d.host, count(*), min(d.created_at), h.next_due, h.failures, h.failing_since, h.last_error,"
        " max(d.answer)"
        " FROM deliveries d JOIN hosts h ON h.host = d.host"
        " WHERE d.state = 'waiting' AND (?1 IS NULL OR d.host = ?1) GROUP BY d.host ORDER BY 3, 1",
        host,
    )
    merged = dict(
        tx.all(
            "SELECT host, count(*) FROM deliveries WHERE state <> 'waiting' AND answered_at >= ?"
            " AND state = 'dropped' AND answer IN ('superseded', 'undone') GROUP BY host",
            min((row[2] for row in rows), default=0),
        )
    )
    return [_waiting(row, merged.get(row[0], 0)) for row in rows]


def _waiting(row: tuple[Any, ...], merged: int) -> Waiting:
    host, count, oldest, next_due, failures, failing_since, last_error, answer = row
    return Waiting(
        host=host,
        waiting=count,
        merged=merged,
        oldest=moment(oldest),
        next_try=moment(next_due),
        circuit=("open" if is_open(failures) else "resting") if failures else "closed",
        silent_since=moment(failing_since),
        silences=failures,
        last_error=last_error if failures else answer,
    )


def tally(tx: Tx) -> Tally:
    """Return how much waits."""
    row = tx.one(
        "SELECT count(*), count(DISTINCT d.host), count(DISTINCT CASE WHEN h.failures > 0 THEN d.host END)"
        " FROM deliveries d JOIN hosts h ON h.host = d.host WHERE d.state = 'waiting'"
    )
    return Tally(*row)


def about(tx: Tx, post: int) -> list[Sending]:
    """Return the deliveries of everything about a post, activity by activity; those that wait first."""
    rows = tx.all(
        "SELECT d.id, b.activity, b.type, d.inbox, d.host, d.state, d.attempts, d.answer, d.answered_at,"
        " CASE d.state WHEN 'waiting' THEN max(d.due, ifnull(h.open_until, 0)) END"
        " FROM bodies b JOIN deliveries d ON d.body_id = b.id LEFT JOIN hosts h ON h.host = d.host"
        " WHERE b.post_id = ? ORDER BY b.id, d.state <> 'waiting', d.state, d.host, d.inbox",
        post,
    )
    return [_sending(row) for row in rows]


def _sending(row: tuple[Any, ...]) -> Sending:
    id_, activity, type_, inbox, host, state, attempts, answer, answered_at, next_try = row
    return Sending(
        id=id_,
        activity=activity,
        type=type_,
        inbox=inbox,
        host=host,
        state=state,
        attempts=attempts,
        answer=answer,
        answered_at=moment(answered_at),
        next_try=moment(next_try),
    )


def post_id(tx: Tx, named: str) -> int | None:
    """Return the number of the post that is named by number, id or page, deleted ones included; None when unknown."""
    id_ = number(named)
    if id_ is None:
        house = houses.find(tx)
        id_ = (house and house.note_id(named)) or 0
    found = tx.one(
        "SELECT post_id FROM bodies WHERE post_id = ?1"
        " UNION SELECT id FROM posts WHERE id = ?1 OR uri = ?2 OR url = ?2",
        id_,
        named,
    )
    return None if found is None else int(found[0])
