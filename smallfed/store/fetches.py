"""Fetches: what shall be fetched from other servers when there is time.

Spec: RULINGS 9, 18.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from smallfed.store import purges
from smallfed.store.moments import moment, ms
from smallfed.store.rows import listed
from smallfed.store.tx import Tx

LEASE = timedelta(minutes=5)
Kind = Literal[
    "object",
    "counts",
    "featured",
    "tags",
    "followers",
    "moderators",
    "poll",
    "conversation",
    "outbox",
    "quote",
    "namesake",
    "card",
    "relay",
    "lifted",
]
"""``object``: the thing itself, whatever it is; ``counts``: the sizes of an actor's collections; ``featured``: what
the actor has pinned; ``tags``: which hashtags it features; ``followers``: which of its followers are ours, by its
own server's word (``synchronizations``); ``moderators``: who moderates the group; ``poll``: how the poll of a post
stands; ``conversation``: what is above and below a post; ``outbox``: the newest of what an actor wrote;
``quote``: what the post quotes, and whether it may; ``namesake``: whether an account is still there whose handle is now
somebody else's; ``card``: what a page says that posts link to; ``relay``: what is at the address of a relay;
``lifted``: what the block of a server has turned away, which is lifted."""


class Fetch(Struct, frozen=True, kw_only=True):
    """A leased row. ``depth`` is how many steps it is from what caused it; ``attempts`` counts this one too."""

    uri: str
    kind: Kind
    depth: int
    attempts: int


def put(tx: Tx, uri: str, *, kind: Kind = "object", depth: int = 0, after: timedelta = timedelta(0)) -> bool:
    """Ask for ``uri`` to be fetched soon, or ``after`` a while; False when that is asked for already, or was purged."""
    if purges.holds(tx, uri):
        return False
    return bool(
        tx.run(
            "INSERT INTO fetches (uri, kind, depth, due, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            uri,
            kind,
            depth,
            ms(tx.now + after),
            ms(tx.now),
        )
    )


def drop(tx: Tx, uri: str, *kinds: Kind) -> None:
    """Do not ask any more for what is of one of these ``kinds``."""
    tx.run("DELETE FROM fetches WHERE uri = ? AND kind IN (SELECT value FROM json_each(?))", uri, listed(kinds))


def failed(tx: Tx, uri: str, kind: Kind) -> bool:
    """Whether ``uri`` could not be had when it was last asked for, and waits to be asked for again."""
    return tx.one("SELECT 1 FROM fetches WHERE uri = ? AND kind = ? AND reason IS NOT NULL", uri, kind) is not None


def claim(tx: Tx, *, limit: int, without: Collection[Kind] = ()) -> list[Fetch]:
    """Lease what is due and of no kind in ``without``, the longest waiting first."""
    rows = tx.all(
        "UPDATE fetches SET due = ?, attempts = attempts + 1 WHERE (uri, kind) IN"
        " (SELECT uri, kind FROM fetches WHERE due <= ? AND kind NOT IN (SELECT value FROM json_each(?))"
        " ORDER BY due LIMIT ?) RETURNING uri, kind, depth, attempts",
        ms(tx.now + LEASE),
        ms(tx.now),
        listed(without),
        limit,
    )
    return [Fetch(uri=uri, kind=kind, depth=depth, attempts=attempts) for uri, kind, depth, attempts in sorted(rows)]


def next_due(tx: Tx, *, without: Collection[Kind] = ()) -> datetime | None:
    """Return when the next row of no kind in ``without`` is due, None when there is none."""
    row = tx.one(
        "SELECT due FROM fetches WHERE kind NOT IN (SELECT value FROM json_each(?)) ORDER BY due LIMIT 1",
        listed(without),
    )
    return None if row is None else moment(row[0])


def settle(tx: Tx, fetch: Fetch) -> None:
    """Forget a row: it was fetched, or never will be."""
    tx.run("DELETE FROM fetches WHERE uri = ? AND kind = ?", fetch.uri, fetch.kind)


def postpone(tx: Tx, fetch: Fetch, *, due: datetime, reason: str) -> None:
    """Try again at ``due``."""
    tx.run("UPDATE fetches SET due = ?, reason = ? WHERE uri = ? AND kind = ?", ms(due), reason, fetch.uri, fetch.kind)


def waiting(tx: Tx) -> int:
    """Return how many rows there are."""
    return int(tx.one("SELECT count(*) FROM fetches")[0])
