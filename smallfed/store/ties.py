"""Ties: the names under which those go who follow the owner, are followed, or ask to; frozen or not.

So do the servers of the owner's relays, and those where lists are read: none of it ends without the owner's word.
"""

from collections.abc import Collection, Iterator

from smallfed.domain.uris import host
from smallfed.policy.domains import EVERYBODY, chain
from smallfed.store import houses
from smallfed.store.tx import Tx


def names(tx: Tx) -> frozenset[str]:
    """Return those of people: handles (``@user@host``, in lower case) and ids, their servers and what is above."""
    return frozenset(_names(tx)) - {EVERYBODY}


def those(tx: Tx, subjects: Collection[str]) -> frozenset[str]:
    """Return those of ``subjects`` that are such names, of people or servers."""
    return (names(tx) | _servers(tx)).intersection(subjects)


def _servers(tx: Tx) -> frozenset[str]:
    rows = tx.all("SELECT host FROM relays UNION SELECT url FROM blocklists WHERE url IS NOT NULL AND state <> 'gone'")
    hosts = {host(found) or found for (found,) in rows}
    return frozenset(name for each in hosts for name in chain(each)) - {EVERYBODY}


def _names(tx: Tx) -> Iterator[str]:
    rows = tx.all(
        """SELECT a.username, a.host, a.origin, a.uri FROM follows f
            JOIN accounts a ON a.id = iif(f.follower_id = ?1, f.target_id, f.follower_id)
            WHERE ?1 IN (f.follower_id, f.target_id)""",
        houses.owner_id(tx),
    )
    hosts: set[str] = set()
    for username, name, origin, uri in rows:
        hosts |= {name.lower(), origin.lower()}
        yield f"@{username}@{name}".lower()
        yield uri
    for each in hosts:
        yield from chain(each)
