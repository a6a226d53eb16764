"""Checking: damage, broken references, contradictions, files."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smallfed.store.checking import RULES, Finding, Kind, check, check_files
from smallfed.store.opening import open_reader, open_writer, prepare

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a prepared, empty database is."""
    prepare(tmp_path / "smallfed.db", now=NOW)
    return tmp_path / "smallfed.db"


def change(path: Path, *statements: str) -> None:
    with closing(open_writer(path)) as sql:
        sql.execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            sql.execute(statement)


def findings(path: Path) -> list[Finding]:
    with closing(open_reader(path)) as sql:
        return check(sql)


def test_a_fresh_database_is_whole(path: Path) -> None:
    assert findings(path) == []


def test_every_rule_can_be_asked(path: Path) -> None:
    with closing(open_reader(path)) as sql:
        assert [sql.execute(f"SELECT count(*) {rule.rows}").fetchone() for rule in RULES] == [(0,)] * len(RULES)


def test_broken_references(path: Path) -> None:
    change(path, "INSERT INTO pins VALUES (1, 5, 0), (2, 6, 0)")

    assert findings(path) == [
        Finding(kind=Kind.REFERENCE, where="pins", what="2 rows refer to posts that are not there")
    ]


def test_mail_that_nobody_would_carry(path: Path) -> None:
    change(
        path,
        "INSERT INTO bodies (id, activity, type, body, created_at) VALUES (1, 'a', 'Create', x'00', 0)",
        "INSERT INTO hosts (host, next_due) VALUES ('seen.example', 5), ('forgotten.example', NULL)",
        "INSERT INTO deliveries (body_id, inbox, host, due, created_at)"
        " VALUES (1, 'a', 'seen.example', 5, 0), (1, 'b', 'forgotten.example', 5, 0),"
        " (1, 'c', 'unknown.example', 5, 0)",
    )

    assert findings(path) == [
        Finding(kind=Kind.CONTRADICTION, where="deliveries", what="2 rows wait for a host that is never looked at")
    ]


def test_damage(path: Path) -> None:
    change(path, "INSERT INTO tombstones VALUES ('https://far.example/1', 'https://far.example/bob', 0)")
    with closing(sqlite3.connect(path)) as sql:
        (page,) = sql.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'tombstones'").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 100)

    assert {finding.kind for finding in findings(path)} == {Kind.DAMAGE}


def test_files(tmp_path: Path) -> None:
    (tmp_path / "ab").mkdir()
    for name in ("ab/known.png", "ab/stray.png", "stray.jpg"):
        (tmp_path / name).touch()

    assert [(f.kind, f.where) for f in check_files(tmp_path, ["ab/known.png", "ab/gone.png"])] == [
        (Kind.STRAY, "ab/stray.png"),
        (Kind.STRAY, "stray.jpg"),
        (Kind.MISSING, "ab/gone.png"),
    ]
