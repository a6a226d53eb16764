"""Domain allows: with whom the owner federates whatever lists say, and whom a house that is closed lets in."""

from smallfed.domain.domain_block import DomainAllow
from smallfed.errors import NotFound
from smallfed.store.paging import Page, cut
from smallfed.store.rows import Shape, each
from smallfed.store.tx import Tx

SHAPE = Shape(DomainAllow, "domain_allows")
_SELECT = f"SELECT {SHAPE.columns('d')} FROM domain_allows d "


def newest(tx: Tx, page: Page) -> list[DomainAllow]:
    """Return a page, newest first."""
    return list(each(SHAPE.read, cut(tx, f"{_SELECT}WHERE 1", {}, page, by="d.id")))


def find(tx: Tx, domain: str) -> DomainAllow | None:
    """Return that of this very domain, or None."""
    row = tx.one(_SELECT + "WHERE d.domain = ?", domain)
    return None if row is None else SHAPE.read(row)


def of(tx: Tx, names: str) -> list[str]:
    """Return which of ``names`` (a JSON list) are allowed."""
    rows = tx.all("SELECT domain FROM domain_allows WHERE domain IN (SELECT value FROM json_each(?))", names)
    return [domain for (domain,) in rows]


def every(tx: Tx) -> frozenset[str]:
    """Return all that is allowed."""
    return frozenset(domain for (domain,) in tx.all("SELECT domain FROM domain_allows"))


def get(tx: Tx, number: int) -> DomainAllow:
    """Return that with this id; NotFound."""
    row = tx.one(_SELECT + "WHERE d.id = ?", number)
    if row is None:
        raise NotFound("Record not found")
    return SHAPE.read(row)


def put(tx: Tx, allow: DomainAllow) -> None:
    """Store a new one."""
    SHAPE.insert(tx, allow)


def drop(tx: Tx, number: int) -> None:
    """Forget one."""
    tx.run("DELETE FROM domain_allows WHERE id = ?", number)
