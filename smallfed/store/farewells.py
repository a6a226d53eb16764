"""Farewells: the row that says that the owner has left, whom that concerns, and how far the telling has got.

Spec: PROTOCOL §8.3.
"""

from msgspec import Struct

from smallfed.domain.farewell import Farewell, Prospect
from smallfed.store import deliveries, hosts, houses
from smallfed.store.moments import moment, ms
from smallfed.store.recipients import AUTHORITY
from smallfed.store.tx import Tx
from smallfed.store.visibility import covered

# Who is gone may have left neighbours behind whom we never met: they are told, if there is a common inbox.
_KNOWN = """SELECT DISTINCT coalesce(shared_inbox, inbox) AS inbox FROM accounts
    WHERE NOT local AND (gone_at IS NULL OR shared_inbox IS NOT NULL)
    UNION SELECT inbox FROM relays WHERE inbox IS NOT NULL"""
_LOCATED = f"SELECT inbox, {AUTHORITY} AS host FROM ({_KNOWN})"


class Reached(Struct, frozen=True, kw_only=True):
    """How far the telling has got: deliveries by state."""

    delivered: int
    waiting: int
    failed: int


class Untold(Struct, frozen=True, kw_only=True):
    """An inbox that has not been told (yet), with the last answer of its server."""

    inbox: str
    host: str
    state: str
    attempts: int
    answer: str | None


def find(tx: Tx) -> Farewell | None:
    """Return the farewell, or None: the owner is here."""
    row = tx.one("SELECT inboxes, hosts, left_at, cleared_at, ended_at FROM farewells")
    if row is None:
        return None
    inboxes, servers, left_at, cleared_at, ended_at = row
    return Farewell(
        inboxes=inboxes,
        hosts=servers,
        left_at=moment(left_at),
        cleared_at=moment(cleared_at),
        ended_at=moment(ended_at),
    )


def has(tx: Tx) -> bool:
    """Whether the owner has left."""
    return tx.one("SELECT 1 FROM farewells") is not None


def put(tx: Tx) -> None:
    """Write down that the owner leaves now; sqlite3.IntegrityError when that is so already."""
    tx.run("INSERT INTO farewells (id, inboxes, hosts, left_at) VALUES (1, 0, 0, ?)", ms(tx.now))


def tell(tx: Tx, body: int) -> int:
    """Queue ``body`` for every inbox we have ever known, but for those on blocked domains; return for how many hosts.

    Whoever else wanted nothing of us, or we of them, is told like everybody.
    """
    us, now = houses.get(tx).domain.lower(), ms(tx.now)
    inboxes = tx.run(
        f"INSERT INTO deliveries (body_id, inbox, host, due, created_at) SELECT ?1, inbox, host, ?2, ?2"
        f" FROM ({_LOCATED}) AS l WHERE host <> ?3 AND NOT {covered('l.host')}",
        body,
        now,
        us,
    )
    reached = [host for (host,) in tx.all("SELECT DISTINCT host FROM deliveries WHERE body_id = ?", body)]
    hosts.recount(tx, reached)
    tx.run("UPDATE farewells SET body_id = ?, inboxes = ?, hosts = ?", body if inboxes else None, inboxes, len(reached))
    return len(reached)


def clear_queue(tx: Tx) -> None:
    """Drop everything that waits to be delivered: nobody needs it of somebody who is gone."""
    deliveries.drop(tx, deliveries.Which(), why="the owner has left")


def prospect(tx: Tx) -> Prospect:
    """Return what a farewell would do now."""
    us, owner = houses.get(tx).domain.lower(), houses.owner_id(tx)
    inboxes, servers, blocked = tx.one(
        f"SELECT count(*) FILTER (WHERE NOT b), count(DISTINCT CASE WHEN NOT b THEN host END),"
        f" count(DISTINCT CASE WHEN b THEN host END)"
        f" FROM (SELECT host, {covered('l.host')} AS b FROM ({_LOCATED}) AS l WHERE host <> ?)",
        us,
    )
    followers, following = (
        tx.one(f"SELECT count(*) FROM follows WHERE {side} = ? AND state = 'accepted'", owner)[0]
        for side in ("target_id", "follower_id")
    )
    mine, others = tx.one("SELECT count(*) FILTER (WHERE account_id = ?1), count(*) FROM posts", owner)
    return Prospect(
        inboxes=inboxes,
        hosts=servers,
        blocked=blocked,
        followers=followers,
        following=following,
        posts=mine,
        others=others - mine,
    )


def reached(tx: Tx) -> Reached:
    """Return how far the telling has got."""
    delivered, waiting, total = tx.one(
        "SELECT count(*) FILTER (WHERE state = 'delivered'), count(*) FILTER (WHERE state = 'waiting'), count(*)"
        " FROM deliveries WHERE body_id = (SELECT body_id FROM farewells)"
    )
    return Reached(delivered=delivered, waiting=waiting, failed=total - delivered - waiting)


def untold(tx: Tx, limit: int) -> list[Untold]:
    """Return at most ``limit`` inboxes that have not been told, by host."""
    rows = tx.all(
        "SELECT inbox, host, state, attempts, answer FROM deliveries"
        " WHERE body_id = (SELECT body_id FROM farewells) AND state <> 'delivered' ORDER BY host, inbox LIMIT ?",
        limit,
    )
    return [Untold(inbox=row[0], host=row[1], state=row[2], attempts=row[3], answer=row[4]) for row in rows]


def cleared(tx: Tx) -> None:
    """Note that nothing is left of what was written and read here."""
    tx.run("UPDATE farewells SET cleared_at = ? WHERE cleared_at IS NULL", ms(tx.now))


def end(tx: Tx) -> bool:
    """Destroy the private keys once nothing waits any more; return whether that is so."""
    if tx.one("SELECT 1 FROM deliveries WHERE state = 'waiting' LIMIT 1") is not None:
        return False
    tx.run("DELETE FROM keys")
    tx.run("UPDATE farewells SET ended_at = ? WHERE ended_at IS NULL", ms(tx.now))
    return True
