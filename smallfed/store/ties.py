"""Ties: the names under which those go who follow the owner, are followed, or ask to; frozen or not."""

from collections.abc import Collection, Iterator

from smallfed.policy.domains import EVERYBODY, chain
from smallfed.store import houses
from smallfed.store.tx import Tx


def names(tx: Tx) -> frozenset[str]:
    """Return all of them: their handles (``@user@host``, in lower case) and ids, their servers and what is above."""
    return frozenset(_names(tx)) - {EVERYBODY}


def those(tx: Tx, subjects: Collection[str]) -> frozenset[str]:
    """Return those of ``subjects`` that are such names."""
    return names(tx).intersection(subjects)


def _names(tx: Tx) -> Iterator[str]:
    rows = tx.all(
        """SELECT a.username, a.host, a.origin, a.uri FROM follows f
            JOIN accounts a ON a.id = iif(f.follower_id = ?1, f.target_id, f.follower_id)
            WHERE ?1 IN (f.follower_id, f.target_id)""",
        houses.owner_id(tx),
    )
    hosts: set[str] = set()
    for username, host, origin, uri in rows:
        hosts |= {host.lower(), origin.lower()}
        yield f"@{username}@{host}".lower()
        yield uri
    for host in hosts:
        yield from chain(host)
