"""Gaps: when we were last alive, and whose outboxes are to be read back because of it.

Spec: PROTOCOL §6.2. Every gap is a row, so a restart forgets none.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, structs

from smallfed.store.moments import moment, ms
from smallfed.store.rows import listed
from smallfed.store.tx import Tx


# Being alive ----------------------------------------------------------------------------------------------------------
def beat(tx: Tx) -> None:
    """Write down that we are alive."""
    tx.run(
        "INSERT INTO heartbeats (id, beat_at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at",
        ms(tx.now),
    )


def last_beat(tx: Tx) -> datetime | None:
    """Return when we were last known to be alive; None when never."""
    row = tx.one("SELECT beat_at FROM heartbeats")
    return None if row is None else moment(row[0])


def ask_daily(tx: Tx, every: timedelta) -> bool:
    """Whether it is time to ask those on silent hosts; if so that is noted."""
    row = tx.one("SELECT asked_at FROM heartbeats")
    if row is not None and row[0] is not None and 0 <= ms(tx.now) - row[0] < every / timedelta(milliseconds=1):
        return False
    tx.run("UPDATE heartbeats SET asked_at = ?", ms(tx.now))
    return True


# What is to be read ---------------------------------------------------------------------------------------------------
class Gap(Struct, frozen=True, kw_only=True):
    """What an account may have said unheard ``since``; see the table in ``migrations`` for the rest."""

    account_id: int
    host: str
    since: datetime
    planned_at: datetime
    daily: bool
    judged: bool
    next: str | None
    pages: int
    posts: int
    due: datetime
    attempts: int
    reason: str | None


_COLUMNS = tuple(field.name for field in structs.fields(Gap))
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM gaps "
_MOMENTS = frozenset({"since", "planned_at", "due"})
_FOLLOWED = """FROM follows f JOIN accounts a ON a.id = f.target_id
    WHERE f.follower_id = (SELECT account_id FROM owners) AND f.state = 'accepted'
    AND a.outbox IS NOT NULL AND a.gone_at IS NULL"""
_WITH_HABITS = """LEFT JOIN askings s ON s.account_id = a.id LEFT JOIN hosts h ON h.host = a.origin WHERE"""
_PUT = "INSERT INTO gaps (account_id, host, since, planned_at, daily, judged, due)"
_MERGED = """ON CONFLICT (account_id) DO UPDATE SET since = min(since, excluded.since),
    daily = daily AND excluded.daily, planned_at = excluded.planned_at, next = NULL, pages = 0,
    due = excluded.due, judged = excluded.judged"""


def _read(row: tuple[Any, ...]) -> Gap:
    values: dict[str, Any] = dict(zip(_COLUMNS, row, strict=True))
    values |= {name: moment(values[name]) for name in _MOMENTS}
    return Gap(**{**values, "daily": bool(values["daily"]), "judged": bool(values["judged"])})


def plan_all(tx: Tx, since: datetime, *, due: datetime) -> int:
    """Ask for what everybody whom the owner follows has said since then; return of how many."""
    return tx.run(
        f"{_PUT} SELECT a.id, a.origin, max(?1, f.created_at), ?2, 0, 0, ?3 {_FOLLOWED} {_MERGED}",
        ms(since),
        ms(tx.now),
        ms(due),
    )


def plan(tx: Tx, accounts: Collection[int], since: datetime, *, due: datetime) -> int:
    """Ask for what these, of those whom the owner follows, have said since then; return of how many."""
    return tx.run(
        f"{_PUT} SELECT a.id, a.origin, max(?1, f.created_at), ?2, 0, 1, ?3 {_FOLLOWED}"
        f" AND a.id IN (SELECT value FROM json_each(?4)) {_MERGED}",
        ms(since),
        ms(tx.now),
        ms(due),
        listed(accounts),
    )


def plan_silent(tx: Tx, silent: datetime, *, farthest: datetime) -> int:
    """Ask what is new of whom the owner follows on hosts that sent nothing since ``silent``; return of how many."""
    return tx.run(
        f"{_PUT} SELECT a.id, a.origin, max(?2, f.created_at, ifnull(s.asked_at, 0), ifnull(h.last_seen_at, 0)), ?3, 1,"
        f" 1, ?3 {_FOLLOWED.replace('WHERE', _WITH_HABITS)} AND f.created_at < ?1 AND ifnull(h.last_seen_at, 0) < ?1"
        " ON CONFLICT DO NOTHING",
        ms(silent),
        ms(farthest),
        ms(tx.now),
    )


def judge(tx: Tx, host: str) -> int:
    """Let go what a host sends by itself: something from within its gaps has come since we are back; return how many.

    Servers that try for days send all of it; of those that gave up nothing has come.
    """
    if tx.one("SELECT 1 FROM gaps WHERE host = ? AND NOT judged LIMIT 1", host) is None:
        return 0
    came = tx.one(
        "SELECT 1 FROM gaps g JOIN posts p ON p.account_id = g.account_id AND p.id >= g.since << 16"
        " AND p.received_at >= g.planned_at AND p.published_at BETWEEN g.since AND g.planned_at"
        " WHERE g.host = ? AND NOT g.judged AND NOT EXISTS (SELECT 1 FROM borrowed b WHERE b.post_id = p.id) LIMIT 1",
        host,
    )
    if came is not None:
        return tx.run("DELETE FROM gaps WHERE host = ? AND NOT judged", host)
    tx.run("UPDATE gaps SET judged = 1 WHERE host = ?", host)
    return 0


def due_hosts(tx: Tx, *, busy: Collection[str], limit: int) -> list[str]:
    """Return hosts that may be asked now, none of ``busy``, the longest waiting first."""
    rows = tx.all(
        "SELECT host FROM gaps WHERE due <= ? AND host NOT IN (SELECT value FROM json_each(?))"
        " GROUP BY host ORDER BY min(due), host LIMIT ?",
        ms(tx.now),
        listed(busy),
        limit,
    )
    return [host for (host,) in rows]


def next_due(tx: Tx, *, busy: Collection[str] = ()) -> datetime | None:
    """Return when something is due of a host that is not ``busy``, None when nothing is."""
    due: int | None = tx.one(
        "SELECT min(due) FROM gaps WHERE host NOT IN (SELECT value FROM json_each(?))", listed(busy)
    )[0]
    return moment(due)


def first(tx: Tx, host: str) -> Gap | None:
    """Return what is to be read first of a host now, None when nothing is due."""
    row = tx.one(_SELECT + "WHERE host = ? AND due <= ? ORDER BY due, account_id LIMIT 1", host, ms(tx.now))
    return None if row is None else _read(row)


def turn(tx: Tx, gap: Gap, *, next_: str, posts: int) -> None:
    """Note that a page was read and where it goes on."""
    tx.run(
        "UPDATE gaps SET next = ?, pages = pages + 1, posts = posts + ?, attempts = 0 WHERE account_id = ?",
        next_,
        posts,
        gap.account_id,
    )


def drop(tx: Tx, account: int) -> None:
    """Forget a gap: it is closed, or never will be."""
    tx.run("DELETE FROM gaps WHERE account_id = ?", account)


def postpone(tx: Tx, gap: Gap, *, due: datetime, reason: str) -> None:
    """Leave a host alone until then, because it failed when it was asked for ``gap``."""
    tx.run(
        "UPDATE gaps SET due = max(due, ?), attempts = attempts + 1, reason = ? WHERE host = ?",
        ms(due),
        reason,
        gap.host,
    )


def waiting(tx: Tx) -> int:
    """Return how many gaps there are."""
    return int(tx.one("SELECT count(*) FROM gaps")[0])


# Silent hosts ---------------------------------------------------------------------------------------------------------
def total(tx: Tx, account: int) -> int | None:
    """Return how many things were in an outbox when its account was last asked, None when that is not known."""
    row = tx.one("SELECT total FROM askings WHERE account_id = ?", account)
    return None if row is None else row[0]


def asked(tx: Tx, account: int, total: int | None) -> None:
    """Note that an account was asked, and how many things were in its outbox."""
    tx.run("INSERT OR REPLACE INTO askings (account_id, total, asked_at) VALUES (?, ?, ?)", account, total, ms(tx.now))
