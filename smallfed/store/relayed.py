"""Relayed: what relays have brought: the queue of what nobody has decided yet, and the posts that were kept."""

from collections.abc import Collection, Iterable
from datetime import datetime

from msgspec import Struct

from smallfed.store.moments import moment, ms
from smallfed.store.rows import listed
from smallfed.store.tx import Tx


class Arrival(Struct, frozen=True, kw_only=True):
    """One activity as a relay brought it. ``uri`` is the post that is to be read at ``host``, once that is known."""

    id: int
    relay_id: int
    host: str
    uri: str | None
    body: bytes
    received_at: datetime


class Coming(Struct, frozen=True, kw_only=True):
    """One activity as a relay brings it. ``host`` is that of what it is about; ``urgent``: before what is not."""

    host: str
    body: bytes
    urgent: bool = False


_ROWS = 100  # in one statement
_SELECT = "SELECT id, relay_id, host, uri, body, received_at FROM relay_arrivals"


# The queue ------------------------------------------------------------------------------------------------------------
def put(tx: Tx, relay: int, coming: Iterable[Coming]) -> None:
    """Let things wait, as many as possible in one statement: each would give whoever reads meanwhile a jolt."""
    now, left = ms(tx.now), list(coming)
    while left:
        some, left = left[:_ROWS], left[_ROWS:]
        cells = [cell for one in some for cell in (relay, one.host, one.urgent, one.body, now)]
        rows = ", ".join(["(?, ?, ?, ?, ?)"] * len(some))
        tx.run(f"INSERT INTO relay_arrivals (relay_id, host, urgent, body, received_at) VALUES {rows}", *cells)


def trim(tx: Tx, relay: int, *, most: int) -> int:
    """Let the oldest go that nobody has looked at, so that no more than ``most`` wait; return how many these were."""
    beyond = waiting(tx, relay) - most
    if beyond <= 0:
        return 0
    return tx.run(
        "DELETE FROM relay_arrivals WHERE id IN (SELECT id FROM relay_arrivals WHERE relay_id = ? AND uri IS NULL"
        " ORDER BY urgent, id LIMIT ?)",
        relay,
        beyond,
    )


def waiting(tx: Tx, relay: int) -> int:
    """Return how many wait of a relay."""
    return int(tx.one("SELECT count(*) FROM relay_arrivals WHERE relay_id = ?", relay)[0])


def fresh(tx: Tx, *, limit: int, enough: int) -> list[Arrival]:
    """Return some that nobody has looked at, of each relay the urgent ones first, then the oldest.

    Of a relay of which ``enough`` posts are to be read, nothing but these: most of what comes too fast is never
    looked at, and no relay is in the way of another.
    """
    wanted = "SELECT count(*) FROM relay_arrivals WHERE relay_id = ? AND uri IS NOT NULL"
    found = list[Arrival]()
    for (relay,) in tx.all("SELECT id FROM relays ORDER BY id"):
        is_enough = tx.one(wanted, relay)[0] >= enough
        found += map(_arrival, tx.all(_FRESH, relay, is_enough, limit))
    return found


_FRESH = f"{_SELECT} WHERE relay_id = ? AND uri IS NULL AND urgent >= ? ORDER BY urgent DESC, id LIMIT ?"


def ready(tx: Tx, *, limit: int, busy: Collection[str], tired: Collection[int]) -> list[Arrival]:
    """Return the oldest that is to be read at each host that is not ``busy``, of relays that are not ``tired``."""
    rows = tx.all(
        f"""{_SELECT} WHERE id IN (SELECT min(id) FROM relay_arrivals WHERE uri IS NOT NULL
            AND host NOT IN (SELECT value FROM json_each(?)) AND relay_id NOT IN (SELECT value FROM json_each(?))
            GROUP BY host) ORDER BY id LIMIT ?""",
        listed(busy),
        listed(tired),
        limit,
    )
    return [_arrival(row) for row in rows]


def is_awaited(tx: Tx, uri: str) -> bool:
    """Whether a post waits to be read already."""
    return tx.one("SELECT 1 FROM relay_arrivals WHERE uri = ?", uri) is not None


def want(tx: Tx, arrival: int, *, uri: str, host: str) -> None:
    """Note which post is to be read; nothing, when what brought it had to go meanwhile."""
    tx.run("UPDATE relay_arrivals SET uri = ?, host = ? WHERE id = ?", uri, host, arrival)


def settle(tx: Tx, arrivals: Collection[int]) -> None:
    """Be done with some."""
    tx.run("DELETE FROM relay_arrivals WHERE id IN (SELECT value FROM json_each(?))", listed(arrivals))


def clear(tx: Tx, relay: int) -> int:
    """Let all that waits of a relay go; return how many there were."""
    return tx.run("DELETE FROM relay_arrivals WHERE relay_id = ?", relay)


def _arrival(row: tuple[int, int, str, str | None, bytes, int]) -> Arrival:
    id_, relay, host, uri, body, received = row
    return Arrival(id=id_, relay_id=relay, host=host, uri=uri, body=body, received_at=moment(received))


# The posts ------------------------------------------------------------------------------------------------------------
def keep(tx: Tx, post: int, relay: int) -> None:
    """Note that a post is here because of a relay."""
    tx.run("INSERT OR IGNORE INTO relayed (post_id, relay_id) VALUES (?, ?)", post, relay)


def relay_of(tx: Tx, post: int) -> int | None:
    """Return the relay that brought a post, or None."""
    row = tx.one("SELECT relay_id FROM relayed WHERE post_id = ?", post)
    return None if row is None else int(row[0])


def relay_of_author(tx: Tx, account: int) -> int | None:
    """Return the relay that brought the newest post of somebody that a relay brought, or None."""
    row = tx.one(
        "SELECT r.relay_id FROM posts p JOIN relayed r ON r.post_id = p.id WHERE p.account_id = ?"
        " ORDER BY p.id DESC LIMIT 1",
        account,
    )
    return None if row is None else int(row[0])


def mark_read(tx: Tx, posts: Collection[int]) -> dict[int, int]:
    """Note that apps were shown some posts; return how many of them, by relay, are read for the first time."""
    rows = tx.all(
        "UPDATE relayed SET read = 1 WHERE NOT read AND post_id IN (SELECT value FROM json_each(?)) RETURNING relay_id",
        listed(posts),
    )
    counts: dict[int, int] = {}
    for (relay,) in rows:
        counts[relay] = counts.get(relay, 0) + 1
    return counts
