"""Domain blocks: of whose servers the house wants nothing. What is below a blocked domain is blocked with it."""

from smallfed.store import ids
from smallfed.store.moments import ms
from smallfed.store.paging import Page, cut
from smallfed.store.rows import listed
from smallfed.store.tx import Tx
from smallfed.store.visibility import from_blocked_domain


def covers(tx: Tx, host: str) -> bool:
    """Whether ``host`` (lower case, perhaps with a port) is on a blocked domain."""
    labels = host.partition(":")[0].split(".")
    names = listed(".".join(labels[start:]) for start in range(len(labels)))
    return tx.one("SELECT 1 FROM domain_blocks WHERE domain IN (SELECT value FROM json_each(?))", names) is not None


def covers_account(tx: Tx, account: int) -> bool:
    """Whether an account's handle or id is on a blocked domain."""
    statement = f"SELECT 1 FROM accounts a WHERE a.id = ? AND {from_blocked_domain('a')}"
    return tx.one(statement, account) is not None


def has(tx: Tx, domain: str) -> bool:
    """Whether this very domain is blocked."""
    return tx.one("SELECT 1 FROM domain_blocks WHERE domain = ?", domain) is not None


def put(tx: Tx, domain: str) -> bool:
    """Block a domain; False when it was blocked already."""
    statement = "INSERT INTO domain_blocks (id, domain, created_at) VALUES (?, ?, ?) ON CONFLICT (domain) DO NOTHING"
    return tx.run(statement, ids.fresh(tx, "domain_blocks"), domain, ms(tx.now)) > 0


def drop(tx: Tx, domain: str) -> bool:
    """Lift a block; False when there was none of this very domain."""
    return tx.run("DELETE FROM domain_blocks WHERE domain = ?", domain) > 0


def blocked(tx: Tx, page: Page) -> list[tuple[int, str]]:
    """Return (id of the block, domain), newest first; page by the first."""
    return [(row[0], row[1]) for row in cut(tx, "SELECT id, domain FROM domain_blocks WHERE 1", {}, page, by="id")]


def every(tx: Tx) -> frozenset[str]:
    """Return all blocked domains."""
    return frozenset(domain for (domain,) in tx.all("SELECT domain FROM domain_blocks"))
