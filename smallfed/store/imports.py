"""Imports: files that the owner brought, whose lines are worked through one by one.

Spec: PROTOCOL §8.2. What waits is due; what failed can be told to wait again.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from msgspec import Struct, json

from smallfed.domain.bulk import Kind, Line
from smallfed.store import ids
from smallfed.store.moments import moment, ms
from smallfed.store.rows import listed
from smallfed.store.tx import Tx


class Waiting(Struct, frozen=True, kw_only=True):
    """A line to work on; ``attempts`` are those made before."""

    id: int
    kind: Kind
    line: Line
    attempts: int


class Progress(Struct, frozen=True, kw_only=True):
    """How far an import has got."""

    id: int
    kind: str
    overwrite: bool
    created_at: datetime
    started: bool
    waiting: int
    done: int
    failed: int


class Failure(Struct, frozen=True, kw_only=True):
    """A line that did not work, or not yet."""

    kind: str
    number: int
    address: str
    state: str
    attempts: int
    reason: str


_line = json.Decoder(Line)


def put(tx: Tx, kind: Kind, *, overwrite: bool) -> int:
    """Begin an import, and return its number."""
    number = ids.fresh(tx, "imports")
    tx.run(
        "INSERT INTO imports (id, kind, overwrite, created_at) VALUES (?, ?, ?, ?)", number, kind, overwrite, ms(tx.now)
    )
    return number


def find(tx: Tx, import_: int) -> tuple[str, bool, bool] | None:
    """Return (kind, overwrite, started), or None."""
    row = tx.one("SELECT kind, overwrite, started_at IS NOT NULL FROM imports WHERE id = ?", import_)
    return None if row is None else (row[0], bool(row[1]), bool(row[2]))


def add(tx: Tx, import_: int, new: Iterable[Line]) -> None:
    """Add lines of the file; nothing happens to them before ``start``."""
    tx.sql.executemany(
        "INSERT INTO import_lines (import_id, number, address, host, wanted) VALUES (?, ?, ?, ?, ?)",
        [(import_, line.number, line.address, line.host, json.encode(line).decode()) for line in new],
    )


def lines(tx: Tx, import_: int) -> list[Line]:
    """Return all lines of the file."""
    rows = tx.all("SELECT wanted FROM import_lines WHERE import_id = ? ORDER BY id", import_)
    return [_line.decode(wanted) for (wanted,) in rows]


def start(tx: Tx, import_: int) -> int:
    """Let the lines be worked on; return how many there are."""
    tx.run("UPDATE imports SET started_at = ? WHERE id = ?", ms(tx.now), import_)
    return tx.run("UPDATE import_lines SET due = ? WHERE import_id = ?", ms(tx.now), import_)


def again(tx: Tx) -> int:
    """Let everything that failed be tried again; return how much that is."""
    return tx.run("UPDATE import_lines SET state = 'waiting', due = ?, attempts = 0 WHERE state = 'failed'", ms(tx.now))


def due(tx: Tx, *, busy: Collection[str], limit: int) -> list[Waiting]:
    """Return what is due, the first of each host, of none that is ``busy``."""
    rows = tx.all(
        "SELECT l.id, i.kind, l.wanted, l.attempts FROM import_lines l JOIN imports i ON i.id = l.import_id"
        " WHERE l.id IN (SELECT min(id) FROM import_lines WHERE state = 'waiting' AND due <= ?"
        " AND host NOT IN (SELECT value FROM json_each(?)) GROUP BY host) ORDER BY l.id LIMIT ?",
        ms(tx.now),
        listed(busy),
        limit,
    )
    return [Waiting(id=row[0], kind=row[1], line=_line.decode(row[2]), attempts=row[3]) for row in rows]


def next_due(tx: Tx, *, busy: Collection[str]) -> datetime | None:
    """Return when something is due for a host that is not ``busy``, None when nothing is."""
    found: int | None = tx.one(
        "SELECT min(due) FROM import_lines WHERE state = 'waiting' AND host NOT IN (SELECT value FROM json_each(?))",
        listed(busy),
    )[0]
    return moment(found)


def settle(tx: Tx, line: int, *, failed: str | None = None) -> None:
    """Be done with a line, or give it up with the reason."""
    tx.run(
        "UPDATE import_lines SET state = ?, reason = ?, attempts = attempts + 1 WHERE id = ?",
        "done" if failed is None else "failed",
        failed,
        line,
    )


def postpone(tx: Tx, line: int, *, due: datetime, reason: str) -> None:
    """Try a line again at ``due``."""
    tx.run("UPDATE import_lines SET due = ?, reason = ?, attempts = attempts + 1 WHERE id = ?", ms(due), reason, line)


def progress(tx: Tx, limit: int = 20) -> list[Progress]:
    """Return how far the newest imports have got."""
    rows = tx.all(
        "SELECT i.id, i.kind, i.overwrite, i.created_at, i.started_at IS NOT NULL,"
        " count(*) FILTER (WHERE l.state = 'waiting'), count(*) FILTER (WHERE l.state = 'done'),"
        " count(*) FILTER (WHERE l.state = 'failed') FROM imports i LEFT JOIN import_lines l ON l.import_id = i.id"
        " GROUP BY i.id ORDER BY i.id DESC LIMIT ?",
        limit,
    )
    return [
        Progress(
            id=row[0],
            kind=row[1],
            overwrite=bool(row[2]),
            created_at=moment(row[3]),
            started=bool(row[4]),
            waiting=row[5],
            done=row[6],
            failed=row[7],
        )
        for row in rows
    ]


def failures(tx: Tx, limit: int = 200) -> list[Failure]:
    """Return what did not work, and what waits to be tried again."""
    rows = tx.all(
        "SELECT i.kind, l.number, l.address, l.state, l.attempts, l.reason FROM import_lines l"
        " JOIN imports i ON i.id = l.import_id WHERE l.state <> 'done' AND l.reason IS NOT NULL ORDER BY l.id LIMIT ?",
        limit,
    )
    names = ("kind", "number", "address", "state", "attempts", "reason")
    return [Failure(**dict(zip(names, row, strict=True))) for row in rows]
