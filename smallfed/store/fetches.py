"""Fetches: what shall be fetched from other servers when there is time.

Spec: RULINGS 9, 18.
"""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from smallfed.store.moments import moment, ms
from smallfed.store.tx import Tx

LEASE = timedelta(minutes=5)
Kind = Literal["object", "counts", "featured", "followers", "poll"]
"""``object``: the thing itself, whatever it is; ``counts``: the sizes of an actor's collections; ``featured``: what the
actor has pinned; ``followers``: which of its followers are ours, by its own server's word (``synchronizations``);
``poll``: how the poll of a post stands."""


class Fetch(Struct, frozen=True, kw_only=True):
    """A leased row. ``depth`` is how many steps it is from what caused it; ``attempts`` counts this one too."""

    uri: str
    kind: Kind
    depth: int
    attempts: int


def put(tx: Tx, uri: str, *, kind: Kind = "object", depth: int = 0) -> bool:
    """Ask for ``uri`` to be fetched soon; False when that is asked for already."""
    return bool(
        tx.run(
            "INSERT INTO fetches (uri, kind, depth, due, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            uri,
            kind,
            depth,
            ms(tx.now),
            ms(tx.now),
        )
    )


def claim(tx: Tx, *, limit: int) -> list[Fetch]:
    """Lease what is due, the longest waiting first."""
    rows = tx.all(
        "UPDATE fetches SET due = ?, attempts = attempts + 1 WHERE (uri, kind) IN"
        " (SELECT uri, kind FROM fetches WHERE due <= ? ORDER BY due LIMIT ?)"
        " RETURNING uri, kind, depth, attempts",
        ms(tx.now + LEASE),
        ms(tx.now),
        limit,
    )
    return [Fetch(uri=uri, kind=kind, depth=depth, attempts=attempts) for uri, kind, depth, attempts in sorted(rows)]


def next_due(tx: Tx) -> datetime | None:
    """Return when the next row is due, None when there is none."""
    due: int | None = tx.one("SELECT min(due) FROM fetches")[0]
    return moment(due)


def settle(tx: Tx, fetch: Fetch) -> None:
    """Forget a row: it was fetched, or never will be."""
    tx.run("DELETE FROM fetches WHERE uri = ? AND kind = ?", fetch.uri, fetch.kind)


def postpone(tx: Tx, fetch: Fetch, *, due: datetime, reason: str) -> None:
    """Try again at ``due``."""
    tx.run("UPDATE fetches SET due = ?, reason = ? WHERE uri = ? AND kind = ?", ms(due), reason, fetch.uri, fetch.kind)


def waiting(tx: Tx) -> int:
    """Return how many rows there are."""
    return int(tx.one("SELECT count(*) FROM fetches")[0])
