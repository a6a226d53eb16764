"""Deliveries: what waits to be sent, host by host. Rows are put by ``recipients`` and settled by ``settlements``.

A claim leaves a row in its place and counts the attempt, nothing else: one process holds the data directory, and it
knows which hosts it is busy with. What a dead process had in hand is therefore still due, and still in order.

Spec: PROTOCOL §6.2; SAFETY rules 38, 39; RULINGS 9.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from msgspec import Struct

from smallfed.domain.speaker import Speaker
from smallfed.store import hosts
from smallfed.store.hosts import REMEMBERED, Scheme
from smallfed.store.moments import ms
from smallfed.store.rows import listed
from smallfed.store.tx import Tx
from smallfed.store.visibility import covered

PER_HOST = 8  # claimed at once for one host; two of them are in flight
GONE = timedelta(days=7)  # how long an inbox that answered 410 is not tried

_CLAIM = """
    SELECT d.id, d.body_id, d.host, d.inbox, d.failures, d.denials, b.activity, b.type, b.post_id, b.to_followers,
           CASE WHEN b.by_relay THEN 'relay' WHEN b.by_server THEN 'server' ELSE 'owner' END,
           CASE WHEN h.scheme_at > :known THEN h.scheme END,
           EXISTS (SELECT 1 FROM gone_inboxes AS g WHERE g.inbox = d.inbox AND g.gone_at > :gone), h.failures
    FROM (
        SELECT host, failures, scheme, scheme_at, next_due FROM hosts
        WHERE slow = :slow AND next_due <= :now AND host NOT IN (SELECT value FROM json_each(:busy))
        ORDER BY next_due LIMIT :limit
    ) AS h
    JOIN deliveries AS d ON d.id IN (
        SELECT id FROM deliveries WHERE host = h.host AND state = 'waiting' AND due <= :now ORDER BY due, id
        LIMIT :per_host
    )
    JOIN bodies AS b ON b.id = d.body_id
    ORDER BY h.next_due, h.host, d.due, d.id"""


class Delivery(Struct, frozen=True, kw_only=True):
    """A claimed row. ``failures`` and ``denials`` are those before; ``scheme`` is None where the host's is not known.

    ``to_followers``: it is addressed to the owner's followers. ``speaker`` signs it.
    ``gone``: the inbox has answered 410 lately.
    """

    id: int
    body_id: int
    host: str
    inbox: str
    failures: int
    denials: int
    activity: str
    type: str
    post_id: int | None
    to_followers: bool
    speaker: Speaker = Speaker.OWNER
    scheme: Scheme | None
    gone: bool


class Claim(Struct, frozen=True, kw_only=True):
    """What is to be delivered now, host by host, in order; and the bodies by id.

    ``unsealed`` are the ids of bodies that want a linked-data signature first.
    """

    items: list[Delivery]
    bodies: dict[int, bytes]
    unsealed: tuple[int, ...] = ()


NOTHING = Claim(items=[], bodies={})


def claim(tx: Tx, *, limit: int, busy: Collection[str], slow: bool = False) -> Claim:
    """Take what is due for at most ``limit`` hosts, of the ``slow`` ones or of the others, and for none of ``busy``.

    The longest waiting hosts come first. Of each it takes the oldest, ``PER_HOST`` at most; of a host that was silent
    last time only one, to see whether it is back. What is taken is the caller's until it is settled.
    """
    if limit <= 0:
        return NOTHING
    items = _due(tx, limit, busy, slow=slow)
    if not items:
        return NOTHING
    tx.run(
        "UPDATE deliveries SET attempts = attempts + 1 WHERE id IN (SELECT value FROM json_each(?))",
        listed([item.id for item in items]),
    )
    bodies = tx.all(
        "SELECT id, body, unsealed FROM bodies WHERE id IN (SELECT value FROM json_each(?))",
        listed({item.body_id for item in items}),
    )
    return Claim(
        items=items,
        bodies={number: body for number, body, _ in bodies},
        unsealed=tuple(number for number, _, unsealed in bodies if unsealed),
    )


def _due(tx: Tx, limit: int, busy: Collection[str], *, slow: bool) -> list[Delivery]:
    values = {
        "slow": slow,
        "limit": limit,
        "busy": listed(busy),
        "now": ms(tx.now),
        "known": ms(tx.now - REMEMBERED),
        "gone": ms(tx.now - GONE),
        "per_host": PER_HOST,
    }
    items: list[Delivery] = []
    for *columns, failures in tx.sql.execute(_CLAIM, values):
        if not failures or not items or items[-1].host != columns[2]:
            items.append(_delivery(*columns))
    return items


def _delivery(*columns: Any) -> Delivery:
    return Delivery(
        id=columns[0],
        body_id=columns[1],
        host=columns[2],
        inbox=columns[3],
        failures=columns[4],
        denials=columns[5],
        activity=columns[6],
        type=columns[7],
        post_id=columns[8],
        to_followers=bool(columns[9]),
        speaker=Speaker(columns[10]),
        scheme=columns[11],
        gone=bool(columns[12]),
    )


def mark_gone(tx: Tx, inbox: str) -> None:
    """Remember that there is nobody behind ``inbox`` any more."""
    tx.run("INSERT OR REPLACE INTO gone_inboxes (inbox, gone_at) VALUES (?, ?)", inbox, ms(tx.now))


def is_back(tx: Tx, inbox: str) -> None:
    """Forget that nobody was behind ``inbox``: somebody there has been heard of since, or shall be asked anew."""
    tx.run("DELETE FROM gone_inboxes WHERE inbox = ?", inbox)


# The owner's hand ---------------------------------------------------------------------------------------------------
class Which(Struct, frozen=True, kw_only=True):
    """Deliveries about a post, to a host, or one of them; those that are all of what is given."""

    post: int | None = None
    host: str | None = None
    id: int | None = None

    @property
    def condition(self) -> tuple[str, tuple[int | str, ...]]:
        """The WHERE clause and its values."""
        parts: list[tuple[str, int | str]] = []
        if self.post is not None:
            parts.append(("body_id IN (SELECT id FROM bodies WHERE post_id = ?)", self.post))
        if self.host is not None:
            parts.append(("host = ?", self.host))
        if self.id is not None:
            parts.append(("id = ?", self.id))
        return " AND ".join(text for text, _ in parts) or "1", tuple(value for _, value in parts)


_STILL_MEANT = """EXISTS (
    SELECT 1 FROM bodies b WHERE b.id = deliveries.body_id AND (
        b.post_id IS NULL OR b.type NOT IN ('Create', 'Update', 'Announce')
        OR EXISTS (SELECT 1 FROM posts WHERE posts.id = b.post_id)))"""


def hasten(tx: Tx, which: Which) -> list[tuple[int, str]]:
    """Make due now what waits, and wait again what had failed; return (id, host) of each. Circuits are closed.

    What was dropped stays so, and so does what had failed about a post that is deleted by now, or to whom is cut off.
    """
    condition, values = which.condition
    now = ms(tx.now)
    rows: list[tuple[int, str]] = tx.all(
        "UPDATE deliveries SET state = 'waiting', due = min(due, ?), since = ?, failures = 0, denials = 0"
        f" WHERE {condition} AND (state = 'waiting' OR"
        f" (state = 'failed' AND {_STILL_MEANT} AND NOT {covered('deliveries.host')})) RETURNING id, host",
        now,
        now,
        *values,
    )
    hosts.forgive(tx, {host for _, host in rows})
    return rows


def drop(tx: Tx, which: Which, *, why: str) -> list[tuple[int, str]]:
    """Give up what waits; return (id, host) of each. What is on its way may still arrive."""
    condition, values = which.condition
    rows: list[tuple[int, str]] = tx.all(
        f"UPDATE deliveries SET state = 'dropped', answer = ?, answered_at = ? WHERE {condition} AND state = 'waiting'"
        " RETURNING id, host",
        why,
        ms(tx.now),
        *values,
    )
    hosts.recount(tx, {host for _, host in rows})
    return rows
