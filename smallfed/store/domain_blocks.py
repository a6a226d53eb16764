"""Domain blocks: of whose servers the house wants nothing. What is below a blocked domain is blocked with it.

A row of another severity than ``suspend`` is no block: it limits a server, or is what the owner noted of it.
"""

from collections.abc import Collection

from msgspec import Struct

from smallfed.domain.domain_block import DomainBlock
from smallfed.errors import NotFound
from smallfed.store import ids
from smallfed.store.moments import ms
from smallfed.store.paging import Page, cut
from smallfed.store.rows import Shape, each, listed
from smallfed.store.tx import Tx
from smallfed.store.visibility import from_blocked_domain, limited, without_pictures

SHAPE = Shape(DomainBlock, "domain_blocks")
_SELECT = f"SELECT {SHAPE.columns('d')} FROM domain_blocks d "
_CUTS = "severity = 'suspend'"


def covers(tx: Tx, host: str) -> bool:
    """Whether ``host`` (lower case, perhaps with a port) is on a blocked domain."""
    labels = host.partition(":")[0].split(".")
    names = listed(".".join(labels[start:]) for start in range(len(labels)))
    statement = f"SELECT 1 FROM domain_blocks WHERE domain IN (SELECT value FROM json_each(?)) AND {_CUTS}"
    return tx.one(statement, names) is not None


def covers_account(tx: Tx, account: int) -> bool:
    """Whether an account's handle or id is on a blocked domain."""
    statement = f"SELECT 1 FROM accounts a WHERE a.id = ? AND {from_blocked_domain('a')}"
    return tx.one(statement, account) is not None


def has(tx: Tx, domain: str) -> bool:
    """Whether this very domain is blocked."""
    return tx.one(f"SELECT 1 FROM domain_blocks WHERE domain = ? AND {_CUTS}", domain) is not None


def put(tx: Tx, domain: str) -> bool:
    """Block a domain; False when it was blocked already."""
    statement = (
        "INSERT INTO domain_blocks (id, domain, created_at) VALUES (?, ?, ?)"
        f" ON CONFLICT (domain) DO UPDATE SET severity = 'suspend' WHERE NOT {_CUTS}"
    )
    return tx.run(statement, ids.fresh(tx, "domain_blocks"), domain, ms(tx.now)) > 0


def drop(tx: Tx, domain: str) -> bool:
    """Lift a block; False when there was none of this very domain."""
    return tx.run(f"DELETE FROM domain_blocks WHERE domain = ? AND {_CUTS}", domain) > 0


def blocked(tx: Tx, page: Page) -> list[tuple[int, str]]:
    """Return (id of the block, domain), newest first; page by the first."""
    rows = cut(tx, f"SELECT id, domain FROM domain_blocks WHERE {_CUTS}", {}, page, by="id")
    return [(row[0], row[1]) for row in rows]


def every(tx: Tx) -> frozenset[str]:
    """Return all blocked domains."""
    return frozenset(domain for (domain,) in tx.all(f"SELECT domain FROM domain_blocks WHERE {_CUTS}"))


def every_public(tx: Tx) -> list[DomainBlock]:
    """Return what is to be known of the domains that are limited or cut off, the limited ones first, by name."""
    rows = tx.all(_SELECT + "WHERE d.severity <> 'noop' ORDER BY d.severity, d.domain")
    return list(each(SHAPE.read, rows))


# What is limited -----------------------------------------------------------------------------------------------------
class Standing(Struct, frozen=True, kw_only=True):
    """What holds for people on a server: whether it is ``limited``, and whether they are shown ``without_pictures``."""

    limited: bool = False
    without_pictures: bool = False


FREE = Standing()


def standings(tx: Tx, accounts: Collection[int]) -> dict[int, Standing]:
    """Return what holds for those of these accounts for whom anything does, by id."""
    if tx.one("SELECT 1 FROM domain_blocks WHERE severity = 'silence' OR reject_media LIMIT 1") is None:
        return {}
    statement = f"""SELECT a.id, {limited("a")} AS limited, {without_pictures("a")} AS bare FROM accounts a
        WHERE a.id IN (SELECT value FROM json_each(?)) AND NOT a.local AND (limited OR bare)"""
    rows = tx.all(statement, listed(accounts))
    return {number: Standing(limited=bool(limit), without_pictures=bool(bare)) for number, limit, bare in rows}


def limits(tx: Tx, account: int) -> bool:
    """Whether an account lives on a server that the owner has limited."""
    return standings(tx, [account]).get(account, FREE).limited


def hides_pictures(tx: Tx, account: int) -> bool:
    """Whether the owner wants no pictures of the server of an account."""
    return standings(tx, [account]).get(account, FREE).without_pictures


# Of every severity ----------------------------------------------------------------------------------------------------
def newest(tx: Tx, page: Page) -> list[DomainBlock]:
    """Return a page of what the owner noted of domains, newest first."""
    return list(each(SHAPE.read, cut(tx, f"{_SELECT}WHERE 1", {}, page, by="d.id")))


def get(tx: Tx, number: int) -> DomainBlock:
    """Return what the owner noted under this id; NotFound."""
    row = tx.one(_SELECT + "WHERE d.id = ?", number)
    if row is None:
        raise NotFound("Record not found")
    return SHAPE.read(row)


def of(tx: Tx, domain: str) -> DomainBlock | None:
    """Return what the owner noted of this very domain, or None."""
    row = tx.one(_SELECT + "WHERE d.domain = ?", domain)
    return None if row is None else SHAPE.read(row)


def note(tx: Tx, block: DomainBlock) -> None:
    """Store what the owner notes of a domain; sqlite3.IntegrityError when there is something already."""
    SHAPE.insert(tx, block)


def change(tx: Tx, number: int, **fields: object) -> None:
    """Change what the owner noted."""
    SHAPE.change(tx, number, **fields)


def forget(tx: Tx, number: int) -> None:
    """Forget what the owner noted."""
    tx.run("DELETE FROM domain_blocks WHERE id = ?", number)


def wants_no_reports(tx: Tx, host: str) -> bool:
    """Whether the owner wants no complaints from ``host``, or from a domain above it."""
    labels = host.partition(":")[0].split(".")
    names = listed(".".join(labels[start:]) for start in range(len(labels)))
    statement = "SELECT 1 FROM domain_blocks WHERE domain IN (SELECT value FROM json_each(?)) AND reject_reports"
    return tx.one(statement, names) is not None
