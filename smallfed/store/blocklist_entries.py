"""What lists of others say, an entry for each subject; what one does not say any more is kept a while."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, json, structs

from smallfed.domain.blocklist import HIDDEN, Entry, State
from smallfed.domain.domain_block import Severity
from smallfed.policy.quorum import Vote
from smallfed.store.moments import moment, ms
from smallfed.store.rows import column, listed
from smallfed.store.tx import Tx

_FIELDS = tuple(field.name for field in structs.fields(Entry))
_COLUMNS = ", ".join(f"e.{name}" for name in _FIELDS)
_WORDS = ", ".join(f"e.{name}" for name in _FIELDS[1:])  # all but the subject
_LABELS = json.Decoder(tuple[str, ...])
_COUNTS = f"l.state NOT IN ('{State.BACK}', '{State.GONE}')"


class Word(Struct, frozen=True, kw_only=True):
    """What one list says, or said until ``retracted_at``, of a subject. ``counts``: it is among the votes."""

    list: str
    weight: int
    entry: Entry
    counts: bool
    first_seen: datetime
    last_seen: datetime | None
    retracted_at: datetime | None = None


def said(tx: Tx, number: int, subjects: Collection[str]) -> dict[str, Entry]:
    """Return what a list says of these subjects, by subject."""
    rows = tx.all(
        f"""SELECT {_COLUMNS} FROM blocklist_entries e WHERE e.list_id = ?
            AND e.subject IN (SELECT value FROM json_each(?)) AND e.retracted_at IS NULL""",
        number,
        listed(subjects),
    )
    return {row[0]: _entry(row) for row in rows}


def subjects(tx: Tx, number: int) -> set[str]:
    """Return all that a list names. For a thread."""
    rows = tx.sql.execute("SELECT subject FROM blocklist_entries WHERE list_id = ? AND retracted_at IS NULL", (number,))
    return {subject for (subject,) in rows}


def _entry(row: Sequence[Any]) -> Entry:
    subject, severity, reject_media, reject_reports, comment, note, obfuscate, labels = row
    return Entry(
        subject=subject,
        severity=Severity(severity),
        reject_media=bool(reject_media),
        reject_reports=bool(reject_reports),
        comment=comment,
        note=note,
        obfuscate=bool(obfuscate),
        labels=() if labels == "[]" else _LABELS.decode(labels),
    )


def put(tx: Tx, number: int, entries: Iterable[Entry]) -> None:
    """Note what a list says now; since when it does stays, unless it had taken it back."""
    columns = ", ".join(_FIELDS)
    marks = ", ".join("?" * len(_FIELDS))
    sets = ", ".join(f"{name} = excluded.{name}" for name in _FIELDS[1:])
    tx.sql.executemany(
        f"""INSERT INTO blocklist_entries ({columns}, list_id, first_seen) VALUES ({marks}, ?, ?)
            ON CONFLICT (subject, list_id) DO UPDATE SET {sets},
            first_seen = iif(retracted_at IS NULL, first_seen, excluded.first_seen), retracted_at = NULL""",
        [(*_row(one), number, ms(tx.now)) for one in entries],
    )


def _row(entry: Entry) -> tuple[Any, ...]:
    *cells, labels = structs.astuple(entry)
    return (*cells, column(labels))


def retract(tx: Tx, number: int, subjects: Iterable[str]) -> None:
    """Note that a list does not say this any more."""
    tx.run(
        """UPDATE blocklist_entries SET retracted_at = ? WHERE list_id = ? AND retracted_at IS NULL
            AND subject IN (SELECT value FROM json_each(?))""",
        ms(tx.now),
        number,
        listed(subjects),
    )


def retract_some(tx: Tx, number: int, limit: int) -> int:
    """Note that a list says nothing any more, of so many subjects at most; return how many there were."""
    return tx.run(
        f"""UPDATE blocklist_entries SET retracted_at = ? WHERE (subject, list_id) IN ({_SOME} AND retracted_at IS NULL
            LIMIT ?)""",
        ms(tx.now),
        number,
        limit,
    )


def drop_some(tx: Tx, number: int, limit: int) -> int:
    """Forget what a list says, of so many subjects at most; return how many there were."""
    return tx.run(f"DELETE FROM blocklist_entries WHERE (subject, list_id) IN ({_SOME} LIMIT ?)", number, limit)


_SOME = "SELECT subject, list_id FROM blocklist_entries WHERE list_id = ?"


def votes(tx: Tx, subjects: Collection[str], *, but: int | None = None) -> dict[str, list[Vote]]:
    """Return what lists, ``but`` for one, say of these subjects now, the list first that was subscribed to first."""
    rows = tx.all(
        f"""SELECT e.subject, l.name, l.weight, l.ceiling, l.automatic, l.labels, e.first_seen, {_WORDS}
            FROM blocklist_entries e JOIN blocklists l ON l.id = e.list_id
            WHERE e.subject IN (SELECT value FROM json_each(?)) AND e.retracted_at IS NULL AND {_COUNTS}
            AND l.id IS NOT ? ORDER BY l.id""",
        listed(subjects),
        but,
    )
    found: dict[str, list[Vote]] = {}
    votes: dict[tuple[Any, ...], Vote | None] = {}  # a list says the same of thousands
    for subject, *said in rows:
        key = tuple(said)
        if key not in votes:
            votes[key] = _vote(subject, *said)
        if (vote := votes[key]) is not None:
            found.setdefault(subject, []).append(vote)
    return found


def _vote(
    subject: str, name: str, weight: int, ceiling: str, automatic: int, labels: str, since: int, *words: Any
) -> Vote | None:
    entry = _entry((subject, *words))
    if labels != "[]" and not entry.says & set(_LABELS.decode(labels)):
        return None
    return cast_vote(
        entry,
        name=name,
        weight=weight,
        ceiling=Severity(ceiling),
        automatic=bool(automatic),
        since=moment(since),
    )


def cast_vote(entry: Entry, *, name: str, weight: int, ceiling: Severity, automatic: bool, since: datetime) -> Vote:
    """Return the vote that an entry of a list is."""
    return Vote(
        name=name,
        weight=weight,
        ceiling=ceiling,
        automatic=automatic,
        severity=entry.severity,
        reject_media=entry.reject_media,
        reject_reports=entry.reject_reports,
        obfuscate=entry.obfuscate,
        comment=entry.comment,
        since=since,
    )


def words(tx: Tx, subject: str) -> list[Word]:
    """Return what lists say of a subject, or have said lately, and since when."""
    rows = tx.all(
        f"""SELECT l.name, l.weight, l.labels, l.state, l.read_at, e.first_seen, e.retracted_at, {_COLUMNS}
            FROM blocklist_entries e JOIN blocklists l ON l.id = e.list_id
            WHERE e.subject = ? AND l.state <> 'gone' ORDER BY l.id""",
        subject,
    )
    found: list[Word] = []
    for name, weight, labels, state, read_at, first_seen, retracted_at, *cells in rows:
        entry = _entry(cells)
        wanted = state != State.BACK and (labels == "[]" or bool(entry.says & set(_LABELS.decode(labels))))
        last = retracted_at if retracted_at is not None else read_at
        found.append(
            Word(
                list=name,
                weight=weight,
                entry=entry,
                counts=wanted and retracted_at is None,
                first_seen=moment(first_seen),
                last_seen=None if last is None else moment(last),
                retracted_at=None if retracted_at is None else moment(retracted_at),
            )
        )
    return found


def naming(tx: Tx, subjects: Collection[str]) -> frozenset[str]:
    """Return the names of the lists that name one of these."""
    rows = tx.all(
        f"""SELECT DISTINCT l.name FROM blocklist_entries e JOIN blocklists l ON l.id = e.list_id
            WHERE e.subject IN (SELECT value FROM json_each(?)) AND e.retracted_at IS NULL AND {_COUNTS}""",
        listed(subjects),
    )
    return frozenset(name for (name,) in rows)


def below(tx: Tx, domain: str) -> list[str]:
    """Return the subjects, of lists or found, that are below ``domain``. Looks at all there are."""
    rows = tx.all(
        """SELECT subject FROM blocklist_entries WHERE subject LIKE '%.' || ?1
            UNION SELECT subject FROM findings WHERE subject LIKE '%.' || ?1""",
        domain,
    )
    return [subject for (subject,) in rows]


# Hidden names ---------------------------------------------------------------------------------------------------------
def hidden(tx: Tx) -> list[str]:
    """Return the subjects of which only a digest is known."""
    rows = tx.all(f"SELECT DISTINCT subject {_HIDDEN} AND retracted_at IS NULL", HIDDEN, HIDDEN + "g")
    return [subject for (subject,) in rows]


_HIDDEN = "FROM blocklist_entries WHERE subject >= ? AND subject < ?"


def hides(tx: Tx) -> bool:
    """Whether any list hides a name that is not known yet."""
    return tx.one(f"SELECT 1 {_HIDDEN} LIMIT 1", HIDDEN, HIDDEN + "g") is not None


def hidden_among(tx: Tx, digests: Collection[str]) -> list[str]:
    """Return those of these digests that stand in a list."""
    rows = tx.all(
        "SELECT DISTINCT subject FROM blocklist_entries WHERE subject IN (SELECT value FROM json_each(?))",
        listed(digests),
    )
    return [subject for (subject,) in rows]


def reveal(tx: Tx, hidden: str, name: str) -> None:
    """Put the name in the place of its digest."""
    tx.run("UPDATE OR IGNORE blocklist_entries SET subject = ? WHERE subject = ?", name, hidden)
    tx.run("DELETE FROM blocklist_entries WHERE subject = ?", hidden)  # where the list says the name elsewhere


def known_names(tx: Tx) -> set[str]:
    """Return all names of servers that were met here or stand in a list. For a thread."""
    bare = "lower(substr({0}, 1, instr({0} || ':', ':') - 1))"
    rows = tx.sql.execute(
        f"""SELECT DISTINCT {bare.format("host")} FROM accounts WHERE NOT local
            UNION SELECT DISTINCT {bare.format("origin")} FROM accounts WHERE NOT local
            UNION SELECT {bare.format("host")} FROM hosts
            UNION SELECT subject FROM blocklist_entries WHERE subject NOT GLOB '*[@:]*'"""
    )
    return {name for (name,) in rows if name}
