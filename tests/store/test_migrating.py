"""Migrations of a database that is lived in: rows in every table, before each step, and nothing is lost."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from smallfed.store import accounts, likes, migrations, posts
from smallfed.store.tx import Tx
from tests.world import NOW

_CHOICE = re.compile(r"(\w+) IN \(('[^']+'|\d+)")
_MEANT: dict[tuple[str, str], object] = {
    ("posts", "kind"): "Announce",  # the only post is a boost of itself
    ("copies", "file"): None,  # the only copy is of something that was never kept
    ("copies", "preview"): None,
    ("cut_off_hosts", "host"): "https://far.example/hosts/host",  # the only host there is
}
Columns = dict[str, tuple[tuple[object, ...], ...]]


@pytest.fixture
def sql() -> Iterator[sqlite3.Connection]:
    """Return an empty database."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as sql:
        sql.execute("PRAGMA foreign_keys = ON")
        yield sql


def tables(sql: sqlite3.Connection) -> list[str]:
    """Return the names of all tables that hold facts; those that search keeps for itself are not among them."""
    rows = sql.execute("SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE '%sqlite_%'")
    return sorted(name for name, kind in rows if kind == "table")


def columns(sql: sqlite3.Connection) -> Columns:
    """Return what each table consists of."""
    return {name: tuple(sorted(row[1:] for row in sql.execute(f"PRAGMA table_info({name})"))) for name in tables(sql)}


def counts(sql: sqlite3.Connection) -> dict[str, int]:
    return {name: sql.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables(sql)}


def fill(sql: sqlite3.Connection) -> None:
    """Put a row into every table that has none. All refer to each other by the number 1."""
    sql.execute("PRAGMA foreign_keys = OFF")
    for table in tables(sql):
        if sql.execute(f"SELECT 1 FROM {table}").fetchone() is None:
            row = _row(sql, table)
            marks = ", ".join("?" * len(row))
            sql.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
    sql.execute("PRAGMA foreign_keys = ON")
    assert sql.execute("PRAGMA foreign_key_check").fetchall() == []


def _row(sql: sqlite3.Connection, table: str) -> dict[str, object]:
    """Return a value for each column that allows one: of those it is limited to, the first."""
    (written,) = sql.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    chosen = {name: value.strip("'") for name, value in _CHOICE.findall(written)}
    row: dict[str, object] = {}
    for _, name, type_, _, default, _ in sql.execute(f"PRAGMA table_info({table})"):
        if default is not None:
            continue  # what code before this column would have left
        value = {"INTEGER": 1, "REAL": 1.0, "BLOB": b"\0"}.get(type_, f"https://far.example/{table}/{name}")
        row[name] = _MEANT.get((table, name), chosen.get(name, value))
    return row


def test_every_step_takes_a_database_that_is_lived_in(sql: sqlite3.Connection) -> None:
    steps = migrations.steps()
    migrations.apply(sql, steps[:2])

    for upto in range(3, len(steps) + 1):
        fill(sql)
        before = counts(sql)
        migrations.apply(sql, steps[:upto])

        after = counts(sql)
        assert {name: after.get(name) for name in before} == before, steps[upto - 1].name
        assert sql.execute("PRAGMA foreign_key_check").fetchall() == [], steps[upto - 1].name
        assert sql.execute("PRAGMA integrity_check").fetchall() == [("ok",)], steps[upto - 1].name


def test_it_becomes_what_a_new_one_is(sql: sqlite3.Connection) -> None:
    """The same tables, columns and indexes, and what was there before can be read."""
    migrations.apply(sql, migrations.steps()[:2])
    fill(sql)
    migrations.apply(sql, migrations.steps())

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        migrations.apply(fresh, migrations.steps())
        assert columns(sql) == columns(fresh)
        assert indexes(sql) == indexes(fresh)
    tx = Tx(sql, now=NOW, dice=lambda bits: 0)
    assert posts.get(tx, 1).account_id == accounts.get(tx, 1).id == 1
    assert likes.find(tx, 1, 1) is not None


def indexes(sql: sqlite3.Connection) -> set[tuple[str, str]]:
    return set(sql.execute("SELECT name, tbl_name FROM sqlite_schema WHERE type = 'index'"))
