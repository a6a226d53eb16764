"""Hosts: what we know of other servers' health and habits, and when the next delivery to each is due.

``next_due`` is kept true by everybody who touches ``deliveries``: it is the earliest ``due`` of what waits for the
host, but not before ``open_until``; NULL when nothing waits. ``recount`` makes it so.

Spec: PROTOCOL §2.6, §6.2; RULINGS 1, 9.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from smallfed.domain.events import DeliveriesQueued
from smallfed.policy.retrying import OPEN_AFTER
from smallfed.store.moments import moment, ms
from smallfed.store.rows import listed
from smallfed.store.tx import Tx

Scheme = Literal["cavage", "rfc9421"]

REMEMBERED = timedelta(days=30)  # how long we believe to know a host's scheme
SEEN_EVERY = timedelta(hours=1)  # a healthy host that talks to us is noted so often


class Health(Struct, frozen=True, kw_only=True):
    """How a host has been lately. ``failures`` counts silences in a row; nothing is tried before ``open_until``."""

    host: str
    failures: int = 0
    failing_since: datetime | None = None
    open_until: datetime | None = None
    last_ok_at: datetime | None = None
    last_error: str | None = None


_THEIRS = "SELECT inbox FROM accounts WHERE uri = ?1 UNION ALL SELECT shared_inbox FROM accounts WHERE uri = ?1"


def seen(tx: Tx, host: str, *, by: str = "") -> None:
    """Note that ``host`` has sent us something that was verified: it is alive, so what waits for it may go.

    ``by`` whom: whoever speaks is not gone, whatever their inbox, or that of their server, has answered.
    Writes only when that is news; call it for every accepted request.
    """
    now = ms(tx.now)
    row = tx.one(
        f"SELECT failures, last_seen_at, EXISTS (SELECT 1 FROM gone_inboxes WHERE inbox IN ({_THEIRS}))"
        " FROM hosts WHERE host = ?2",
        by,
        host,
    )
    failures, last_seen_at, is_back = row or (0, None, False)
    if is_back:
        tx.run(f"DELETE FROM gone_inboxes WHERE inbox IN ({_THEIRS})", by)
    if not failures and last_seen_at is not None and last_seen_at > now - SEEN_EVERY // timedelta(milliseconds=1):
        return
    tx.run(
        "INSERT INTO hosts (host, last_seen_at) VALUES (?, ?) ON CONFLICT (host) DO UPDATE SET"
        " last_seen_at = excluded.last_seen_at",
        host,
        now,
    )
    if failures:
        forgive(tx, {host, *companions(tx, [host])})
        tx.announce(DeliveriesQueued(hosts=1))


def is_known(tx: Tx, host: str) -> bool:
    """Whether ``host`` has ever sent us something that was verified, or was sent something."""
    return tx.one("SELECT 1 FROM hosts WHERE host = ?", host) is not None


def forgive(tx: Tx, hosts: Collection[str]) -> None:
    """Close the circuits of ``hosts``: what is due for them may be tried now."""
    tx.run(
        "UPDATE hosts SET failures = 0, failing_since = NULL, open_until = NULL"
        " WHERE host IN (SELECT value FROM json_each(?))",
        listed(hosts),
    )
    recount(tx, hosts)


def companions(tx: Tx, back: Collection[str]) -> list[str]:
    """Return the hosts that fell silent with one of ``back``, which are heard again, if it was we who were cut off.

    That we were if since then nobody at all has answered. Ask before what is ``back`` is noted or forgiven.
    """
    (since,) = tx.one(
        "SELECT max(failing_since) FROM hosts WHERE failures >= ? AND host IN (SELECT value FROM json_each(?))",
        OPEN_AFTER,
        listed(back),
    )
    if since is None:
        return []
    (answered,) = tx.one("SELECT ifnull(max(last_ok_at), 0) FROM hosts")
    if answered > since:
        return []
    return [host for (host,) in tx.all("SELECT host FROM hosts WHERE failing_since >= ?", answered)]


def recount(tx: Tx, hosts: Collection[str]) -> None:
    """Make ``next_due`` true for ``hosts`` after their deliveries were changed; rows for new hosts are made."""
    tx.run(
        "INSERT INTO hosts (host, next_due) SELECT value,"
        " (SELECT min(due) FROM deliveries WHERE host = value AND state = 'waiting') FROM json_each(?) WHERE true"
        " ON CONFLICT (host) DO UPDATE SET next_due = max(excluded.next_due, ifnull(open_until, 0))",
        listed(hosts),
    )


def stale(tx: Tx, *, busy: Collection[str]) -> list[str]:
    """Return hosts for which something is due, it is said, but nothing is: somebody forgot to ``recount``."""
    rows = tx.all(
        "SELECT host FROM hosts WHERE next_due <= ? AND host NOT IN (SELECT value FROM json_each(?)) AND NOT EXISTS"
        " (SELECT 1 FROM deliveries WHERE host = hosts.host AND state = 'waiting' AND due <= ?)",
        ms(tx.now),
        listed(busy),
        ms(tx.now),
    )
    return [host for (host,) in rows]


def next_due(tx: Tx, *, busy: Collection[str] = (), slow: Collection[bool] = (False, True)) -> datetime | None:
    """Return when something is due for a host that is not ``busy``; None when nothing waits. ``slow``: which kinds."""
    rows = tx.all(
        "SELECT (SELECT next_due FROM hosts WHERE slow = kind.value AND next_due IS NOT NULL"
        " AND host NOT IN (SELECT value FROM json_each(?)) ORDER BY next_due LIMIT 1) FROM json_each(?) AS kind",
        listed(busy),
        listed(int(kind) for kind in slow),
    )
    return moment(min((due for (due,) in rows if due is not None), default=None))


# Health -------------------------------------------------------------------------------------------------------------
def health(tx: Tx, hosts: Collection[str]) -> dict[str, Health]:
    """Return what is known of ``hosts``; of the unknown, that nothing is."""
    rows = tx.all(
        "SELECT host, failures, failing_since, open_until, last_ok_at, last_error FROM hosts"
        " WHERE host IN (SELECT value FROM json_each(?))",
        listed(hosts),
    )
    known = {row[0]: _health(row) for row in rows}
    return {host: known.get(host) or Health(host=host) for host in hosts}


def _health(row: tuple[str, int, int | None, int | None, int | None, str | None]) -> Health:
    host, failures, failing_since, open_until, last_ok_at, last_error = row
    return Health(
        host=host,
        failures=failures,
        failing_since=moment(failing_since),
        open_until=moment(open_until),
        last_ok_at=moment(last_ok_at),
        last_error=last_error,
    )


def failing(tx: Tx, hosts: Collection[str]) -> list[tuple[str, int]]:
    """Return those of ``hosts`` that were silent last time, with how often in a row."""
    return tx.all(
        "SELECT host, failures FROM hosts WHERE host IN (SELECT value FROM json_each(?)) AND failures > 0 ORDER BY 1",
        listed(hosts),
    )


def resting(tx: Tx) -> set[str]:
    """Return the hosts that have been silent so often that they are left alone now."""
    rows = tx.all("SELECT host FROM hosts WHERE failures >= ? AND open_until > ?", OPEN_AFTER, ms(tx.now))
    return {host for (host,) in rows}


def answered(tx: Tx, hosts: Collection[str]) -> None:
    """Note that ``hosts`` have just answered, whatever they said. ``recount`` them afterwards."""
    tx.run(
        "UPDATE hosts SET failures = 0, failing_since = NULL, open_until = NULL, slow = 0, last_ok_at = ?"
        " WHERE host IN (SELECT value FROM json_each(?))",
        ms(tx.now),
        listed(hosts),
    )


def silent(tx: Tx, host: str, *, until: datetime, why: str) -> None:
    """Count one more silence of ``host`` and leave it alone until then. ``recount`` it afterwards."""
    now = ms(tx.now)
    tx.run(
        "UPDATE hosts SET failures = failures + 1, failing_since = ifnull(failing_since, ?), open_until = ?,"
        " last_error = ? WHERE host = ?",
        now,
        ms(until),
        why,
        host,
    )


def pause(tx: Tx, host: str, *, until: datetime) -> None:
    """Leave ``host`` alone until then, because it asked for it. ``recount`` it afterwards."""
    tx.run("UPDATE hosts SET open_until = ? WHERE host = ?", ms(until), host)


def slow(tx: Tx, hosts: Collection[str]) -> None:
    """Note that ``hosts`` took their time: next time they wait where they are in nobody's way."""
    tx.run("UPDATE hosts SET slow = 1 WHERE host IN (SELECT value FROM json_each(?))", listed(hosts))


# Signature schemes --------------------------------------------------------------------------------------------------
def learned(tx: Tx, host: str, scheme: Scheme, *, evidence: str = "it signs so itself") -> None:
    """Remember which scheme ``host`` takes. That it answered 202 is no ``evidence``: some verify later.

    Writes only when that is news; call it for every verified request.
    """
    row = tx.one("SELECT scheme, scheme_at FROM hosts WHERE host = ?", host)
    if row is not None and row[0] == scheme and moment(row[1]) > tx.now - REMEMBERED / 2:
        return
    tx.run(
        "INSERT INTO hosts (host, scheme, scheme_at, scheme_evidence) VALUES (?, ?, ?, ?) ON CONFLICT (host) DO UPDATE"
        " SET scheme = excluded.scheme, scheme_at = excluded.scheme_at, scheme_evidence = excluded.scheme_evidence",
        host,
        scheme,
        ms(tx.now),
        evidence,
    )


def unlearn(tx: Tx, host: str) -> None:
    """Forget which scheme ``host`` takes: it has just refused it."""
    tx.run("UPDATE hosts SET scheme = NULL, scheme_at = NULL, scheme_evidence = NULL WHERE host = ?", host)


def scheme(tx: Tx, host: str) -> Scheme | None:
    """Return the scheme that ``host`` is known to take, None when we do not know (any more)."""
    row = tx.one("SELECT scheme FROM hosts WHERE host = ? AND scheme_at > ?", host, ms(tx.now - REMEMBERED))
    return None if row is None else row[0]
