"""Rebuffs: the lines of the ledger (``store/refusals``) of what was not let in because of whom it is by.

That is by the block of a server or of somebody, or because lists of others name somebody.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from smallfed.domain.refusal import Refusal
from smallfed.domain.uris import host
from smallfed.store.moments import ms
from smallfed.store.refusals import BY_BLOCK, BY_LISTS, BY_PERSON, COLUMNS, read
from smallfed.store.rows import listed
from smallfed.store.tx import Tx


def by(tx: Tx, domains: Iterable[str], since: datetime) -> list[Refusal]:
    """Return what the rows for these domains have turned away since then and was not let in, in the order it came."""
    rows = tx.all(
        f"SELECT {COLUMNS} FROM refusals WHERE rule IN (SELECT value FROM json_each(?)) AND released_at IS NULL"
        " AND id >= ? ORDER BY id",
        listed([BY_BLOCK + domain for domain in domains]),
        ms(since) << 16,
    )
    return [read(row) for row in rows]


def of_people(tx: Tx, actors: Collection[str], rule: str = BY_LISTS) -> list[Refusal]:
    """Return what was turned away of these people by ``rule``, and was not let in, in the order it came."""
    rows = tx.all(
        f"SELECT {COLUMNS} FROM refusals INDEXED BY refusals_actor"
        " WHERE actor IN (SELECT value FROM json_each(?)) AND rule = ? AND released_at IS NULL ORDER BY id",
        listed(actors),
        rule,
    )
    return [read(row) for row in rows]


def about(tx: Tx, uri: str) -> list[Refusal]:
    """Return what was turned away and not let in that is ``uri``, or is about it."""
    rows = tx.all(
        f"SELECT {COLUMNS} FROM refusals WHERE object = ?1 AND object <> '' AND released_at IS NULL UNION ALL"
        f" SELECT {COLUMNS} FROM refusals WHERE host = ?2 AND activity = ?1 AND object <> ?1 AND released_at IS NULL",
        uri,
        host(uri) or "",
    )
    by_person = (BY_LISTS, BY_PERSON)
    return [line for line in map(read, rows) if line.rule in by_person or line.rule.startswith(BY_BLOCK)]


def release(tx: Tx, lines: Iterable[Refusal]) -> None:
    """Note that what these lines are about was let in."""
    tx.run(
        "UPDATE refusals SET released_at = ? WHERE id IN (SELECT value FROM json_each(?))",
        ms(tx.now),
        listed([line.id for line in lines]),
    )
