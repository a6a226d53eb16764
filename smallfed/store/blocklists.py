"""Lists of others to which the owner has subscribed, and when each is read next."""

from datetime import datetime

from smallfed.domain.blocklist import Blocklist, State, address
from smallfed.errors import NotFound
from smallfed.policy.quorum import Terms
from smallfed.store.moments import moment, ms
from smallfed.store.rows import Shape, each
from smallfed.store.tx import Tx

SHAPE = Shape(Blocklist, "blocklists")
_SELECT = f"SELECT {SHAPE.columns('l')} FROM blocklists l "


def every(tx: Tx) -> list[Blocklist]:
    """Return all that there are, by name."""
    return list(each(SHAPE.read, tx.all(_SELECT + "WHERE l.state <> 'gone' ORDER BY l.name")))


def find(tx: Tx, name: str) -> Blocklist | None:
    """Return the one of this name, address or id, or None."""
    row = tx.one(_SELECT + "WHERE ? IN (l.name, l.url, CAST(l.id AS TEXT)) AND l.state <> 'gone'", address(name))
    return None if row is None else SHAPE.read(row)


def get(tx: Tx, name: str) -> Blocklist:
    """Return the one of this name, address or id; NotFound."""
    found = find(tx, name)
    if found is None:
        raise NotFound(f"there is no list {name!r}; `smallfed lists` shows those there are")
    return found


def put(tx: Tx, new: Blocklist) -> None:
    """Store a new one; sqlite3.IntegrityError when its name or address is taken."""
    SHAPE.insert(tx, new)


def change(tx: Tx, number: int, **fields: object) -> None:
    """Change some columns."""
    SHAPE.change(tx, number, **fields)


def due(tx: Tx) -> Blocklist | None:
    """Return the one that should be read now, the longest waiting first, or None."""
    row = tx.one(_SELECT + "WHERE l.due IS NOT NULL AND l.due <= ? ORDER BY l.due LIMIT 1", ms(tx.now))
    return None if row is None else SHAPE.read(row)


def next_due(tx: Tx) -> datetime | None:
    """Return when the next one is to be read, None for never."""
    row = tx.one("SELECT due FROM blocklists WHERE due IS NOT NULL ORDER BY due LIMIT 1")
    return None if row is None else moment(row[0])


def gone(tx: Tx) -> list[int]:
    """Return those that the owner wants no more, and of which something may be left."""
    return [number for (number,) in tx.all("SELECT id FROM blocklists WHERE state = ?", State.GONE)]


def taken_back(tx: Tx) -> list[int]:
    """Return those that have something to take back yet."""
    rows = tx.all(
        """SELECT l.id FROM blocklists l WHERE l.state = ? AND EXISTS
            (SELECT 1 FROM blocklist_entries e WHERE e.list_id = l.id AND e.retracted_at IS NULL)""",
        State.BACK,
    )
    return [number for (number,) in rows]


def drop(tx: Tx, number: int) -> None:
    """Forget one of which nothing is left."""
    tx.run("DELETE FROM blocklists WHERE id = ?", number)


def terms(tx: Tx) -> Terms:
    """Return how much has to come together."""
    row = tx.one("SELECT block_at, limit_at FROM quorums")
    return Terms() if row is None else Terms(block_at=row[0], limit_at=row[1])


def agree(tx: Tx, terms: Terms) -> None:
    """Note how much has to come together."""
    tx.run("INSERT OR REPLACE INTO quorums (id, block_at, limit_at) VALUES (1, ?, ?)", terms.block_at, terms.limit_at)
