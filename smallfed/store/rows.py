"""Rows and Structs: a table whose columns are the fields of a Struct, both ways."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from types import UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin

from msgspec import Struct, json, structs

from smallfed.store.moments import moment, ms
from smallfed.store.tx import Tx

log = logging.getLogger(__name__)

T = TypeVar("T", bound=Struct)
R = TypeVar("R")


class Shape(Generic[T]):
    """The columns of ``table`` that are the fields of ``struct``: moments, flags, words and JSON are turned both ways.

    ``columns(alias)`` is what to SELECT for ``read``, and ``row`` what to store. The struct's ``id`` is the key.
    """

    def __init__(self, struct: type[T], table: str) -> None:
        self.table = table
        self.names = tuple(field.name for field in structs.fields(struct))
        readers = [_reader(field.type) for field in structs.fields(struct)]
        self._readers = tuple((index, reader) for index, reader in enumerate(readers) if reader is not None)
        writers = [_writer(field.type) for field in structs.fields(struct)]
        self._writers = tuple((index, writer) for index, writer in enumerate(writers) if writer is not None)
        given, named = ", ".join(self.names), ", ".join(f"{name}={name}" for name in self.names)
        # Written out, as namedtuple does it: a dict of the fields takes three times as long, for each row of a page.
        self._made: Callable[..., T] = eval(f"lambda {given}: struct({named})", {"struct": struct})  # noqa: S307
        marks = ", ".join("?" * len(self.names))
        self._insert = f"INSERT INTO {table} ({', '.join(self.names)}) VALUES ({marks})"

    def columns(self, alias: str) -> str:
        """Return the columns to select, of the table under ``alias``."""
        return ", ".join(f"{alias}.{name}" for name in self.names)

    def read(self, row: Iterable[Any]) -> T:
        """Make the Struct of a row of ``columns``."""
        values = list(row)
        for index, reader in self._readers:
            if values[index] is not None:
                values[index] = reader(values[index])
        return self._made(*values)

    def row(self, item: T) -> list[Any]:
        """Return the columns of a Struct, in the order of ``names``."""
        row = list(structs.astuple(item))
        for index, writer in self._writers:
            if row[index] is not None:
                row[index] = writer(row[index])
        return row

    def insert(self, tx: Tx, item: T) -> list[Any]:
        """Store a new row and return its columns; sqlite3.IntegrityError when its id, or what is unique, is taken."""
        row = self.row(item)
        tx.run(self._insert, *row)
        return row

    def insert_all(self, tx: Tx, items: Iterable[T]) -> None:
        """Store many new rows; as ``insert`` otherwise."""
        tx.sql.executemany(self._insert, map(self.row, items))

    def kept(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return fields as they will be read: moments are kept to the millisecond."""
        return {name: moment(ms(value)) if isinstance(value, datetime) else value for name, value in fields.items()}

    def change(self, tx: Tx, key: int, **fields: Any) -> None:
        """Change some columns of the row ``key``; the values are those of the Struct."""
        unknown = fields.keys() - set(self.names)
        if unknown:
            raise KeyError(f"{self.table} has no column {', '.join(sorted(unknown))}")
        sets = ", ".join(f"{name} = ?" for name in fields)
        tx.run(f"UPDATE {self.table} SET {sets} WHERE id = ?", *map(column, fields.values()), key)


def column(value: Any) -> Any:
    """Return a field as a column holds it."""
    match value:
        case datetime():
            return ms(value)
        case tuple():
            return listed(value)
        case _:
            return value


def _writer(annotation: Any) -> Callable[[Any], Any] | None:
    """Return what turns a field of this type into a column, or None where nothing is to be done."""
    annotation = _present(annotation)
    if get_origin(annotation) is tuple:
        return listed
    return ms if annotation is datetime else None


def _present(annotation: Any) -> Any:
    """Return the type of a field where it is not None."""
    if get_origin(annotation) in (Union, UnionType):
        return next(part for part in get_args(annotation) if part is not type(None))
    return annotation


def _reader(annotation: Any) -> Callable[[Any], Any] | None:
    """Return what turns a column into a field of this type, or None where nothing is to be done."""
    annotation = _present(annotation)
    if get_origin(annotation) is tuple:
        decode = json.Decoder(annotation).decode
        return lambda text: () if text == "[]" else decode(text)
    if annotation is datetime:
        return moment
    if annotation is bool or (isinstance(annotation, type) and issubclass(annotation, StrEnum)):
        return annotation
    return None


def each(read: Callable[[Any], R], rows: Iterable[Any]) -> Iterator[R]:
    """Read rows, leaving out those that cannot be read: one bad row never breaks a list. The log tells of it."""
    for row in rows:
        try:
            yield read(row)
        except Exception:
            log.exception("the row that begins with %r cannot be read", row[0])


def listed(values: Iterable[Any]) -> str:
    """Return values for ``IN (SELECT value FROM json_each(?))``: one statement, however many there are."""
    return json.encode(list(values)).decode()
