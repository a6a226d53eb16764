"""Domain blocks: what holds for whole servers, by the owner's word, by that of lists, or by the mode of the house.

What is below a domain is covered with it; which row holds is said by ``policy/domains``. A row of another severity than
``suspend`` is no block: it limits a server, or is what the owner noted of it.
"""

from collections.abc import Collection, Iterable

from smallfed.domain import uris
from smallfed.domain.domain_block import DomainBlock, Origin
from smallfed.errors import NotFound
from smallfed.policy import domains
from smallfed.policy.domains import EVERYBODY, Domains, chain
from smallfed.store import domain_allows, ids
from smallfed.store.moments import ms
from smallfed.store.paging import Page, cut
from smallfed.store.rows import Shape, each, listed
from smallfed.store.tx import Tx
from smallfed.store.visibility import away, covered

SHAPE = Shape(DomainBlock, "domain_blocks")
_SELECT = f"SELECT {SHAPE.columns('d')} FROM domain_blocks d "
_CUTS = "severity = 'suspend'"
_OWN = "origin = 'owner'"


def covers(tx: Tx, host: str) -> bool:
    """Whether ``host`` (lower case, perhaps with a port) is on a blocked domain."""
    return holding(tx, host) is not None


def holding(tx: Tx, host: str, by: str = _CUTS, *, but: int = 0) -> str | None:
    """Return the name of the nearest row that holds for ``host`` (lower case, perhaps with a port), or None.

    ``by``: the condition for rows that count; ``but``: the id of a row that does not.
    """
    names = list(chain(host))
    wanted = listed(names)
    rows = tx.all(
        f"SELECT domain, origin FROM domain_blocks WHERE domain IN (SELECT value FROM json_each(?)) AND {by}"
        " AND id <> ?",
        wanted,
        but,
    )
    if not rows:
        return None
    return domains.holding(names, _origins(rows), domain_allows.of(tx, wanted), closed=is_closed(tx))


def cutting(tx: Tx, actor: str, *, but: int = 0) -> str | None:
    """Return the name of the row, not the one with the id ``but``, by which an actor is cut off, or None.

    It holds for the host of its id, or of the handle under which it is known here.
    """
    served_by = uris.host(actor) or ""
    found = holding(tx, served_by, but=but)
    row = None if found is not None else tx.one("SELECT host FROM accounts WHERE uri = ? AND NOT local", actor)
    return found if row is None or row[0] == served_by else holding(tx, row[0], but=but)


def _origins(rows: Iterable[tuple[str, str]]) -> dict[str, tuple[Origin, ...]]:
    found: dict[str, tuple[Origin, ...]] = {}
    for domain, origin in rows:
        one, known = _ALONE[origin], found.get(domain)
        found[domain] = one if known is None else known + one
    return found


_ALONE = {origin.value: (origin,) for origin in Origin}  # lists are long, and nearly all that is blocked is so by one


def is_closed(tx: Tx) -> bool:
    """Whether the house federates only with whom it allows."""
    return tx.one("SELECT 1 FROM domain_blocks WHERE origin = 'mode'") is not None


def covers_account(tx: Tx, account: int) -> bool:
    """Whether an account's handle or id is on a blocked domain, or lists keep it away: see ``store/cut_offs``."""
    known: dict[int, bool] = tx.known.setdefault("cut off", {})
    if account not in known:
        known[account] = bool(tx.one(f"SELECT {away('?')}", account)[0])
    return known[account]


def has(tx: Tx, domain: str) -> bool:
    """Whether the owner blocks this very domain."""
    return tx.one(f"SELECT 1 FROM domain_blocks WHERE domain = ? AND {_OWN} AND {_CUTS}", domain) is not None


def some(tx: Tx) -> str | None:
    """Return the name of a row that cuts off, or None where there is no such row."""
    row = tx.one(f"SELECT domain FROM domain_blocks WHERE {_CUTS} LIMIT 1")
    return None if row is None else str(row[0])


def put(tx: Tx, domain: str, origin: Origin = Origin.OWNER) -> bool:
    """Block a domain; False when it was blocked already. Nobody is frozen by this alone: see ``services/freezing``."""
    statement = (
        "INSERT INTO domain_blocks (id, domain, origin, cut_at, created_at) VALUES (?1, ?2, ?3, ?4, ?4)"
        f" ON CONFLICT (domain, origin) DO UPDATE SET severity = 'suspend', cut_at = excluded.cut_at, final_at = NULL"
        f" WHERE NOT {_CUTS}"
    )
    return tx.run(statement, ids.fresh(tx, "domain_blocks"), domain, origin, ms(tx.now)) > 0


def close(tx: Tx, *, closed: bool) -> bool:
    """Federate only with whom is allowed, or (not ``closed``) with everybody; False when it is so already."""
    if not closed:
        return tx.run("DELETE FROM domain_blocks WHERE origin = 'mode'") > 0
    return put(tx, EVERYBODY, Origin.MODE)


def blocked(tx: Tx, page: Page) -> list[tuple[int, str]]:
    """Return (id of the block, domain) of what the owner blocks, newest first; page by the first."""
    rows = cut(tx, f"SELECT id, domain FROM domain_blocks WHERE {_CUTS} AND {_OWN}", {}, page, by="id")
    return [(row[0], row[1]) for row in rows]


def suspended(tx: Tx, hosts: Iterable[str]) -> Domains:
    """Return what cuts off any of ``hosts`` (lower case, perhaps with a port), to be asked about these only.

    Nothing is read but what is about them or above them: lists of others are long.
    """
    wanted = listed({name for host in hosts for name in chain(host)})
    rows = tx.all(
        f"SELECT domain, origin FROM domain_blocks WHERE domain IN (SELECT value FROM json_each(?)) AND {_CUTS}", wanted
    )
    return Domains(rows=_origins(rows), allows=frozenset(domain_allows.of(tx, wanted)) if rows else frozenset())


def every_public(tx: Tx) -> list[DomainBlock]:
    """Return what is to be known of the domains that are limited or cut off, the limited ones first, by name.

    Of a domain that the owner and lists speak of, the strictest.
    """
    rows = tx.all(_SELECT + "WHERE d.severity <> 'noop' AND d.origin <> 'mode' ORDER BY d.severity, d.domain, d.origin")
    found = {one.domain: one for one in each(SHAPE.read, rows)}  # silence comes before suspend
    return sorted(found.values(), key=lambda one: (one.severity.value, one.domain))


def own(tx: Tx) -> list[DomainBlock]:
    """Return what the owner has decided about servers by name, of which others can be told; by name."""
    said = "(d.severity <> 'noop' OR d.reject_media OR d.reject_reports)"
    rows = tx.all(_SELECT + f"WHERE d.{_OWN} AND d.domain NOT LIKE '*.%' AND {said} ORDER BY d.domain")
    return list(each(SHAPE.read, rows))


# What else is unwanted ------------------------------------------------------------------------------------------------
def hosts_without_pictures(tx: Tx, hosts: Collection[str]) -> frozenset[str]:
    """Return those of ``hosts`` (lower case, perhaps with a port) that are blocked, or whose pictures are unwanted."""
    unwanted = covered("j.value", by=f"(reject_media OR {_CUTS})")
    rows = tx.all(f"SELECT j.value FROM json_each(?) j WHERE {unwanted}", listed(hosts))
    return frozenset(host for (host,) in rows)


def gives_no_pictures(tx: Tx, host: str) -> bool:
    """Whether the owner wants no pictures from ``host``, or nothing at all: none is even asked for."""
    return holding(tx, host, f"(reject_media OR {_CUTS})") is not None


def takes_no_relay(tx: Tx, host: str) -> bool:
    """Whether the owner wants nothing of ``host`` that a relay brings."""
    return holding(tx, host, f"(no_relay OR {_CUTS})") is not None


def wants_no_reports(tx: Tx, host: str) -> bool:
    """Whether the owner wants no complaints from ``host``, or from a domain above it."""
    return holding(tx, host, "reject_reports") is not None


# Of every severity ----------------------------------------------------------------------------------------------------
def newest(tx: Tx, page: Page, origin: Origin | None = None) -> list[DomainBlock]:
    """Return a page of what holds for domains, newest first; ``origin``: only by whose word."""
    which = "d.origin <> 'mode'" if origin is None else "d.origin = :origin"
    return list(each(SHAPE.read, cut(tx, f"{_SELECT}WHERE {which}", {"origin": origin}, page, by="d.id")))


def count(tx: Tx, origin: Origin) -> int:
    """Return for how many domains something holds by somebody's word."""
    return int(tx.one("SELECT count(*) FROM domain_blocks WHERE origin = ?", origin)[0])


def get(tx: Tx, number: int) -> DomainBlock:
    """Return what the owner noted under this id; NotFound."""
    row = tx.one(_SELECT + "WHERE d.id = ? AND d.origin <> 'mode'", number)
    if row is None:
        raise NotFound("Record not found")
    return SHAPE.read(row)


def of(tx: Tx, domain: str, origin: Origin = Origin.OWNER) -> DomainBlock | None:
    """Return what holds for this very domain by the owner's word, or another's, or None."""
    row = tx.one(_SELECT + "WHERE d.domain = ? AND d.origin = ?", domain, origin)
    return None if row is None else SHAPE.read(row)


def by_lists(tx: Tx, domains: Collection[str]) -> dict[str, DomainBlock]:
    """Return what holds for these very domains by the word of lists, by name."""
    wanted = _SELECT + "WHERE d.domain IN (SELECT value FROM json_each(?)) AND d.origin = ?"
    return {one.domain: one for one in each(SHAPE.read, tx.all(wanted, listed(domains), Origin.LISTS))}


def cuts(tx: Tx, domains: Collection[str]) -> dict[str, int]:
    """Return by which row each of these very domains is cut off that is, the owner's before that of lists."""
    rows = tx.all(
        f"SELECT domain, id FROM domain_blocks WHERE {_CUTS} AND origin <> 'mode'"
        " AND domain IN (SELECT value FROM json_each(?)) ORDER BY origin",
        listed(domains),
    )
    return dict(rows)


def spoken(tx: Tx, domains: Collection[str]) -> frozenset[str]:
    """Return those of these very domains of which the owner has said something."""
    statement = f"SELECT domain FROM domain_blocks WHERE {_OWN} AND domain IN (SELECT value FROM json_each(?))"
    return frozenset(domain for (domain,) in tx.all(statement, listed(domains)))


def covering(tx: Tx, host: str) -> list[DomainBlock]:
    """Return every row about ``host`` or what is above it, the nearest first, also what an allow overrides."""
    names = list(chain(host))
    rows = tx.all(_SELECT + "WHERE d.domain IN (SELECT value FROM json_each(?))", listed(names))
    return sorted(each(SHAPE.read, rows), key=lambda one: (names.index(one.domain), one.origin))


def frozen(tx: Tx) -> list[DomainBlock]:
    """Return what the owner has cut off and is not final, the longest first. By lists nothing becomes final."""
    rows = tx.all(f"{_SELECT}WHERE d.{_CUTS} AND d.final_at IS NULL AND d.{_OWN} ORDER BY d.cut_at, d.id")
    return list(each(SHAPE.read, rows))


def note(tx: Tx, block: DomainBlock) -> None:
    """Store what the owner notes of a domain; sqlite3.IntegrityError when there is something already."""
    SHAPE.insert(tx, block)


def note_all(tx: Tx, blocks: Iterable[DomainBlock]) -> None:
    """Store many; as ``note`` otherwise."""
    SHAPE.insert_all(tx, blocks)


def change(tx: Tx, number: int, **fields: object) -> None:
    """Change what the owner noted."""
    SHAPE.change(tx, number, **fields)


def forget(tx: Tx, number: int) -> None:
    """Forget what the owner noted."""
    tx.run("DELETE FROM domain_blocks WHERE id = ?", number)


def forget_all(tx: Tx, numbers: Iterable[int]) -> None:
    """Forget many."""
    tx.run("DELETE FROM domain_blocks WHERE id IN (SELECT value FROM json_each(?))", listed(numbers))
