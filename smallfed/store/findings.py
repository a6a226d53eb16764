"""Findings: what lists of others come to together, and what of it holds or waits for the owner."""

from collections.abc import Collection, Iterable

from smallfed.domain.domain_block import Severity
from smallfed.domain.finding import Finding, Stand
from smallfed.store.rows import Shape, each, listed
from smallfed.store.tx import Tx

SHAPE = Shape(Finding, "findings")
_SELECT = f"SELECT {SHAPE.columns('f')} FROM findings f "


def several(tx: Tx, subjects: Collection[str]) -> dict[str, Finding]:
    """Return those there are of these subjects."""
    rows = tx.all(_SELECT + "WHERE f.subject IN (SELECT value FROM json_each(?))", listed(subjects))
    return {one.subject: one for one in each(SHAPE.read, rows)}


def find(tx: Tx, subject: str) -> Finding | None:
    """Return that of a subject, or None."""
    return several(tx, [subject]).get(subject)


def waiting(tx: Tx, limit: int = -1) -> list[Finding]:
    """Return what waits for the owner's word, by subject, at most so much."""
    rows = tx.all(_SELECT + "WHERE f.state = 'waiting' ORDER BY f.subject LIMIT ?", limit)
    return list(each(SHAPE.read, rows))


def drafts(tx: Tx) -> dict[str, Severity]:
    """Return what the lists come to of which something waits, by subject. Lists are long: for a thread."""
    rows = tx.sql.execute("SELECT subject, severity FROM findings WHERE state = 'waiting' AND severity IS NOT NULL")
    return {subject: _SEVERITIES[severity] for subject, severity in rows}


_SEVERITIES = {severity.value: severity for severity in Severity}


def decided(tx: Tx, limit: int = -1) -> list[Finding]:
    """Return of what the owner has said something, the latest first. Looks at all there are: for a thread."""
    which = _SELECT + "WHERE f.state IN (?, ?) ORDER BY f.changed_at DESC, f.subject LIMIT ?"
    return list(each(SHAPE.read, tx.all(which, Stand.IGNORED, Stand.TOUCHED, limit)))


def people(tx: Tx, limit: int) -> list[Finding]:
    """Return for whom something holds by their own name."""
    which = _SELECT + "WHERE f.person AND f.holds IS NOT NULL LIMIT ?"
    return list(each(SHAPE.read, tx.all(which, limit)))


def put(tx: Tx, findings: Iterable[Finding]) -> None:
    """Store findings, instead of what was found before."""
    tx.known.pop("findings", None)
    marks = ", ".join("?" * len(SHAPE.names))
    tx.sql.executemany(
        f"INSERT OR REPLACE INTO findings ({', '.join(SHAPE.names)}) VALUES ({marks})",
        map(SHAPE.row, findings),
    )


def drop(tx: Tx, subjects: Iterable[str]) -> None:
    """Forget findings."""
    tx.known.pop("findings", None)
    tx.run("DELETE FROM findings WHERE subject IN (SELECT value FROM json_each(?))", listed(subjects))


def agree(tx: Tx, subjects: Collection[str]) -> list[str]:
    """Note that the owner agrees to what waits of these subjects; return which."""
    tx.known.pop("findings", None)
    rows = tx.all(
        """UPDATE findings SET state = 'agreed' WHERE state = 'waiting'
            AND subject IN (SELECT value FROM json_each(?)) RETURNING subject""",
        listed(subjects),
    )
    return [subject for (subject,) in rows]


def agree_but(tx: Tx, but: Collection[str], limit: int) -> list[str]:
    """Note that the owner agrees to so much that waits at most, ``but`` not of some subjects; return of which."""
    rows = tx.all(
        """SELECT subject FROM findings WHERE state = 'waiting' AND subject NOT IN (SELECT value FROM json_each(?))
            ORDER BY subject LIMIT ?""",
        listed(but),
        limit,
    )
    return agree(tx, [subject for (subject,) in rows])


def ignore(tx: Tx, subject: str) -> None:
    """Note that the owner wants nothing of what lists say of a subject."""
    tx.known.pop("findings", None)
    tx.run("UPDATE findings SET state = ?, holds = NULL WHERE subject = ?", Stand.IGNORED, subject)


def names_people(tx: Tx) -> bool:
    """Whether anything holds for anybody by their own name; asked once in each call."""
    known: bool | None = tx.known.get("findings")
    if known is None:
        statement = "SELECT 1 FROM findings WHERE person AND holds IS NOT NULL LIMIT 1"
        known = tx.known["findings"] = tx.one(statement) is not None
    return known


def shunning(tx: Tx, names: Collection[str]) -> Finding | None:
    """Return what keeps somebody away who goes by these names (an id, ``@user@host``), or None."""
    found = several(tx, names).values()
    return next((one for one in found if one.holds is Severity.SUSPEND), None)


def count_waiting(tx: Tx) -> int:
    """Return how much waits for the owner's word."""
    return int(tx.one("SELECT count(*) FROM findings WHERE state = 'waiting'")[0])


def counts(tx: Tx) -> dict[str, int]:
    """Return how many there are in each state."""
    return dict(tx.all("SELECT state, count(*) FROM findings GROUP BY state"))
