"""Block lists as tables: Mastodon's, and what others make of it.

Spec: PROTOCOL §9.3.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, dropwhile

from smallfed.errors import Invalid
from smallfed.translate.blocklists.said import NAMES, SEVERITIES, Said

BLANK = "\ufeff \t\r\n"
_DELIMITERS = ",;\t"


def looks_like_one(text: str) -> bool:
    """Whether a text is a table: its first line names columns, or has several cells."""
    line = _first(text)
    try:
        cells = next(csv.reader([line], delimiter=_delimiter(line)), [])
    except csv.Error:
        return False
    return _columns(cells) is not None or (len(cells) > 1 and not line.startswith(("#", "//")))


def read(lines: Iterable[str]) -> Iterator[Said]:
    """Yield what its lines say, which are with their ends; Invalid where it is no table.

    With and without a line that names the columns, ``#`` before their names or not, in any order; separated by commas,
    semicolons or tabs. Without names the first cell is who is meant, the second a severity or else a comment.
    """
    rest = dropwhile(is_blank, lines)
    first = next(rest, "").lstrip(BLANK)
    reader = csv.reader(chain([first], rest), delimiter=_delimiter(_first(first)))
    columns: dict[int, str] | None = None
    try:
        for number, row in enumerate(reader):
            if number == 0 and (columns := _columns(row)) is not None:
                continue
            if not any(map(str.strip, row)) or (columns is None and row[0].lstrip().startswith("#")):
                continue
            yield _named(row, columns) if columns is not None else _unnamed(row)
    except csv.Error as error:
        raise Invalid(f"this is no table: {error}") from error


def is_blank(line: str) -> bool:
    """Whether nothing stands on a line."""
    return not line.strip(BLANK)


def _first(text: str) -> str:
    return text.partition("\n")[0].strip()


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _columns(row: Sequence[str]) -> dict[int, str] | None:
    """Return what the columns mean, by their places; None when this is no line of names."""
    named = [cell.strip().lstrip("#").strip().lower().replace(" ", "_") for cell in row]
    found = {place: NAMES[name] for place, name in enumerate(named) if name in NAMES}
    return found if {"name", "person"} & set(found.values()) else None


def _named(row: Sequence[str], columns: dict[int, str]) -> Said:
    cells = {meaning: row[place] for place, meaning in columns.items() if place < len(row)}
    who = cells.get("name") or cells.get("person") or ""
    person = "person" in columns.values() and "name" not in columns.values()
    return Said(who, cells, person=person or None)


def _unnamed(row: Sequence[str]) -> Said:
    second = row[1] if len(row) > 1 else ""
    meaning = "severity" if second.strip().lower() in SEVERITIES else "comment"
    return Said(row[0], {meaning: second})
