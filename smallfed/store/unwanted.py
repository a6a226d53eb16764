"""Unwanted: the newest posts that relays brought and that were turned away, so that it can be said why.

A relay brings so much that each line of it is no row of the ledger: here it has a place of its own, of ``KEPT`` posts
for each relay. What was turned away before these is only counted (``store/relay_days``).
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, json

from smallfed.store.moments import moment, ms
from smallfed.store.rows import listed
from smallfed.store.tx import Tx

KEPT = 5000  # of one relay: about a megabyte


class Unwanted(Struct, frozen=True, kw_only=True):
    """One post. ``url`` and ``author`` are None where they are not known."""

    uri: str
    url: str | None = None
    author: str | None = None
    reason: str
    came_at: datetime


class Known(Struct, frozen=True, kw_only=True):
    """How many of what a relay (``address``) brought are known by name, and since when."""

    relay: int
    address: str
    count: int
    since: datetime | None


def put(tx: Tx, relay: int, posts: Sequence[Unwanted]) -> None:
    """Remember what was turned away of a relay; the oldest makes room. Nothing, when the relay is gone."""
    (newest,) = tx.one("SELECT ifnull(max(number), 0) FROM relay_unwanted WHERE relay_id = ?", relay)
    rows = [
        (one.uri, None if one.url == one.uri else one.url, one.author, one.reason, ms(one.came_at)) for one in posts
    ]
    tx.run(  # in one statement: each would give whoever reads meanwhile a jolt
        """INSERT INTO relay_unwanted (relay_id, number, uri, url, author, reason, came_at)
            SELECT r.id, ? + w.key + 1, w.value ->> 0, w.value ->> 1, w.value ->> 2, w.value ->> 3, w.value ->> 4
            FROM relays r CROSS JOIN json_each(?) w WHERE r.id = ?""",
        newest,
        json.encode(rows).decode(),
        relay,
    )
    tx.run("DELETE FROM relay_unwanted WHERE relay_id = ? AND number <= ?", relay, newest + len(posts) - KEPT)


def about(tx: Tx, names: Collection[str], *, limit: int) -> list[tuple[str, Unwanted]]:
    """Return what is known of posts, or of whom they are by: (address of the relay, post), the newest first.

    Looks at all there are: for a thread.
    """
    rows = tx.all(
        """SELECT r.address, u.uri, u.url, u.author, u.reason, u.came_at FROM relay_unwanted u
            JOIN relays r ON r.id = u.relay_id JOIN json_each(?) w ON w.value IN (u.uri, u.url, u.author)
            ORDER BY u.came_at DESC, u.number DESC LIMIT ?""",
        listed(names),
        limit,
    )
    return [
        (address, Unwanted(uri=uri, url=url, author=author, reason=reason, came_at=moment(came)))
        for address, uri, url, author, reason, came in rows
    ]


def known(tx: Tx) -> list[Known]:
    """Return how much is known of each relay. Looks at all there are: for a thread."""
    rows = tx.all(
        """SELECT r.id, r.address, count(u.number), min(u.came_at) FROM relays r
            LEFT JOIN relay_unwanted u ON u.relay_id = r.id GROUP BY r.id ORDER BY r.id"""
    )
    return [
        Known(relay=relay, address=address, count=count, since=None if since is None else moment(since))
        for relay, address, count, since in rows
    ]


def expire(tx: Tx, age: timedelta) -> int:
    """Forget what came that long ago; return how many went."""
    return tx.run("DELETE FROM relay_unwanted WHERE came_at < ?", ms(tx.now - age))
