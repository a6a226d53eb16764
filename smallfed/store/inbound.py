"""Inbound: everything answered 202, until it is understood; and for a while longer, why it was ignored.

Spec: RULINGS 9, 10, 16, 17, 26; SAFETY rule 38.

A row is ``waiting`` until somebody has looked at it, ``parked`` while a fact is missing, and then ``done`` or
``ignored``. A claim is a lease: it moves ``due`` ahead, and what a dead worker held comes back by itself. The ids mean
the order of arrival and nothing else.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from operator import itemgetter

from msgspec import Struct

from smallfed.domain.purge import PURGED
from smallfed.policy.sites import site
from smallfed.store.moments import moment, ms
from smallfed.store.tx import Tx

LEASE = timedelta(minutes=10)
LARGE = 64 << 10  # bytes: a claim leaves larger bodies where they are, so that many rows in hand cost little memory
KEPT_WITH_POSTS = frozenset({"Create", "Update"})  # their documents are kept with what they made
COMPLAINT = "Flag"
EVERYBODY = ""  # the row of inbound_hosts that counts all hosts together
_OPEN = "state IN ('waiting', 'parked')"


class Arriving(Struct, frozen=True, kw_only=True):
    """What the door puts in. ``activity`` is its id, or ``sha256:…`` of the body where it has none of its own.

    ``actor`` has signed the request; that is not always who the activity names.
    """

    actor: str
    activity: str
    type: str
    host: str
    order_key: str
    personal: bool
    body: bytes

    @property
    def speaker(self) -> str:
        """Whom the log names: of a complaint only the server."""
        return _speaker(self)


class Claimed(Struct, frozen=True, kw_only=True):
    """A leased row; ``attempts`` counts this claim too. ``body`` is None when it is LARGE: ask for it by itself."""

    id: int
    actor: str
    activity: str
    type: str
    host: str
    order_key: str
    personal: bool
    body: bytes | None
    attempts: int
    received_at: datetime

    @property
    def speaker(self) -> str:
        """Whom the log names: of a complaint only the server."""
        return _speaker(self)

    @property
    def name(self) -> str:
        """What the log calls it, which of a complaint does not tell whose it is."""
        return f"row {self.id}" if self.type == COMPLAINT else self.activity


def _speaker(row: Arriving | Claimed) -> str:
    return row.host if row.type == COMPLAINT else row.actor


def put(tx: Tx, arriving: Arriving) -> bool:
    """Write down what arrived; False when (actor, activity) is there already, which then stays as it is.

    Two things are looked at again all the same: a settled Follow, because whoever lost our answer asks with the same
    id, and what was ignored when it came to the shared inbox and now comes to the owner's own.
    """
    now = ms(tx.now)
    fresh = tx.one(
        "INSERT INTO inbound (actor, activity, type, host, order_key, personal, due, received_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (actor, activity) DO UPDATE SET id = (SELECT max(id) + 1 FROM inbound), state = 'waiting',"
        " personal = excluded.personal, due = excluded.due, attempts = 0, waiting_for = NULL,"
        " reason = NULL, received_at = excluded.received_at, settled_at = NULL"
        " WHERE (inbound.state IN ('done', 'ignored') AND excluded.type = 'Follow')"
        " OR (inbound.state = 'ignored' AND excluded.personal > inbound.personal)"
        " RETURNING id",
        arriving.actor,
        arriving.activity,
        arriving.type,
        arriving.host,
        arriving.order_key,
        arriving.personal,
        now,
        now,
    )
    if fresh is None:
        return False
    tx.run("INSERT OR REPLACE INTO letters (inbound_id, body) VALUES (?, ?)", fresh[0], arriving.body)
    tally(tx, arriving.host, 1)
    return True


def find(tx: Tx, actor: str, activity: str) -> int | None:
    """Return the row of an activity that ``actor`` has sent lately, None when there is none."""
    row = tx.one("SELECT id FROM inbound WHERE actor = ? AND activity = ?", actor, activity)
    return None if row is None else int(row[0])


def heard(tx: Tx, actor: str, activity: str) -> bool:
    """Whether ``actor`` itself has sent ``activity`` lately, whatever came of it."""
    return tx.one("SELECT 1 FROM inbound WHERE actor = ? AND activity = ?", actor, activity) is not None


def tally(tx: Tx, host: str, change: int) -> None:
    """Note that ``change`` more rows of ``host`` are not settled. For whoever changes states.

    They are counted by site: with a thousand subdomains nobody has a thousand shares.
    """
    tx.run(
        "INSERT INTO inbound_hosts (host, waiting) VALUES (?, ?), (?, ?)"
        " ON CONFLICT (host) DO UPDATE SET waiting = waiting + excluded.waiting",
        EVERYBODY,
        change,
        site(host),
        change,
    )


def waiting(tx: Tx, host: str = EVERYBODY) -> int:
    """Return how many rows of the site of ``host``, or of everybody, are not settled."""
    row = tx.one("SELECT waiting FROM inbound_hosts WHERE host = ?", site(host))
    return 0 if row is None else int(row[0])


def crowded(tx: Tx, host: str, *, limit: int) -> bool:
    """Whether ``limit`` rows or more wait in all and the site of ``host`` has its average share of them, or more."""
    everybody = waiting(tx)
    if everybody < limit:
        return False
    hosts = int(tx.one("SELECT count(*) FROM inbound_hosts WHERE waiting > 0 AND host <> ?", EVERYBODY)[0])
    return waiting(tx, host) * hosts >= everybody


def claim(tx: Tx, *, limit: int) -> list[Claimed]:
    """Lease what is due, the longest waiting first, and return it in the order of arrival.

    Rows with one order key may be among them; whoever claims handles those one after the other.
    """
    rows = tx.all(
        "UPDATE inbound SET state = 'waiting', due = ?, attempts = attempts + 1 WHERE id IN"
        f" (SELECT id FROM inbound WHERE {_OPEN} AND due <= ? ORDER BY due, id LIMIT ?)"
        " RETURNING id, actor, activity, type, host, order_key, personal,"
        f" (SELECT body FROM letters WHERE inbound_id = inbound.id AND length(body) <= {LARGE}), attempts, received_at",
        ms(tx.now + LEASE),
        ms(tx.now),
        limit,
    )
    return [_claimed(row) for row in sorted(rows, key=itemgetter(0))]


def _claimed(row: tuple[int, str, str, str, str, str, int, bytes | None, int, int]) -> Claimed:
    return Claimed(
        id=row[0],
        actor=row[1],
        activity=row[2],
        type=row[3],
        host=row[4],
        order_key=row[5],
        personal=bool(row[6]),
        body=row[7],
        attempts=row[8],
        received_at=moment(row[9]),
    )


def body(tx: Tx, row: Claimed) -> bytes:
    """Return the bytes of a claimed row, however many."""
    return bytes(tx.one("SELECT body FROM letters WHERE inbound_id = ?", row.id)[0])


def release(tx: Tx) -> int:
    """Take all leases back: whoever held them is dead. Return how many there were. For the one worker, at its start."""
    now = ms(tx.now)
    return tx.run(f"UPDATE inbound SET due = ? WHERE {_OPEN} AND state = 'waiting' AND due > ?", now, now)


def next_due(tx: Tx) -> datetime | None:
    """Return when the next row is due, None when there is none."""
    due: int | None = tx.one(f"SELECT min(due) FROM inbound WHERE {_OPEN}")[0]
    return moment(due)


def settle(tx: Tx, row: Claimed, *, ignored: str | None = None) -> None:
    """Finish with a row: done, or ``ignored`` for this reason.

    The body of a post that was stored goes at once: its document is kept with the post. Of a complaint only the server
    stays that it came from, not who made it; of what was purged nothing does.
    """
    changed = tx.run(
        f"UPDATE inbound SET state = ?, reason = ?, waiting_for = NULL, settled_at = ? WHERE id = ? AND {_OPEN}",
        "done" if ignored is None else "ignored",
        ignored,
        ms(tx.now),
        row.id,
    )
    if changed:
        if row.type == COMPLAINT:
            _forget_complainer(tx, row)
        if row.type == COMPLAINT or (ignored is None and row.type in KEPT_WITH_POSTS):
            tx.run("DELETE FROM letters WHERE inbound_id = ?", row.id)
        if ignored == PURGED:
            tx.run("DELETE FROM inbound WHERE id = ?", row.id)
        tally(tx, row.host, -1)
        tx.run("DELETE FROM inbound_hosts WHERE host = ? AND waiting <= 0", site(row.host))


def _forget_complainer(tx: Tx, row: Claimed) -> None:
    """Leave of who complained what knows the complaint again, and tells nothing else."""
    digest = sha256(f"{row.actor}\n{row.activity}".encode()).hexdigest()
    server, name = f"https://{row.host}", f"sha256:{digest}"
    tx.run("DELETE FROM inbound WHERE actor = ? AND activity = ?", server, name)  # it came before
    tx.run("UPDATE inbound SET actor = ?1, activity = ?2, order_key = ?1 WHERE id = ?3", server, name, row.id)


def park(tx: Tx, row: Claimed, *, due: datetime, reason: str, waiting_for: str | None = None) -> None:
    """Put a row aside until ``due``, or until ``wake`` is called with ``waiting_for``."""
    tx.run(
        f"UPDATE inbound SET state = 'parked', due = ?, reason = ?, waiting_for = ? WHERE id = ? AND {_OPEN}",
        ms(due),
        reason,
        waiting_for,
        row.id,
    )


def wake(tx: Tx, uri: str) -> int:
    """Make due at once what waits for ``uri``, which is known now; return how many rows that is."""
    return tx.run("UPDATE inbound SET due = ? WHERE state = 'parked' AND waiting_for = ?", ms(tx.now), uri)


def count_parked(tx: Tx) -> int:
    """Return how many rows wait for something."""
    return int(tx.one(f"SELECT count(*) FROM inbound WHERE {_OPEN} AND state = 'parked'")[0])
