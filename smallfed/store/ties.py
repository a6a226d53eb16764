"""Ties: the names under which those go who follow the owner, are followed, or ask to; frozen or not.

So do the servers of the owner's relays, and those where lists are read: none of it ends without the owner's word.
"""

from collections.abc import Collection, Iterable

from smallfed.domain.blocklist import is_person
from smallfed.domain.uris import host
from smallfed.policy.domains import EVERYBODY, chain
from smallfed.store import houses
from smallfed.store.tx import Tx


def names(tx: Tx) -> frozenset[str]:
    """Return those of people: handles (``@user@host``, in lower case) and ids, their servers and what is above."""
    return _people(tx) | _above(_homes(tx))


def those(tx: Tx, subjects: Collection[str]) -> frozenset[str]:
    """Return those of ``subjects`` that are such names, of people or servers."""
    found = _above(_homes(tx) | _servers(tx)).intersection(subjects)
    return found | _people(tx).intersection(subjects) if any(map(is_person, subjects)) else found


def _above(hosts: Iterable[str]) -> frozenset[str]:
    return frozenset(name for each in hosts for name in chain(each)) - {EVERYBODY}


def places(tx: Tx) -> list[tuple[str, str, str]]:
    """Return where the owner's relays are and where lists are read: ("relays" or "lists", address, host)."""
    rows = tx.all(
        """SELECT 'relays', address, host FROM relays
            UNION ALL SELECT 'lists', url, url FROM blocklists WHERE url IS NOT NULL AND state <> 'gone' ORDER BY 2"""
    )
    return [(what, address, host(where) or where) for what, address, where in rows]


def _servers(tx: Tx) -> set[str]:
    return {where for _, _, where in places(tx)}


_TIED = """FROM follows f JOIN accounts a ON a.id = iif(f.follower_id = ?1, f.target_id, f.follower_id)
    WHERE ?1 IN (f.follower_id, f.target_id)"""


def _homes(tx: Tx) -> set[str]:
    rows = tx.all(f"SELECT DISTINCT a.host, a.origin {_TIED}", houses.owner_id(tx))
    return {name.lower() for row in rows for name in row}


def _people(tx: Tx) -> frozenset[str]:
    rows = tx.all(f"SELECT '@' || a.username || '@' || a.host, a.uri {_TIED}", houses.owner_id(tx))
    return frozenset(name for handle, uri in rows for name in (handle.lower(), uri))
