"""Checking: damage, broken references, contradictions, files."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smallfed.runtime.clock import chance
from smallfed.store.checking import RULES, Finding, Kind, check, check_files
from smallfed.store.opening import open_reader, open_writer
from smallfed.store.tx import Tx
from tests import world
from tests.prepared import prepared

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a prepared, empty database is."""
    prepared(tmp_path / "smallfed.db")
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


NOTIFICATION = "INSERT INTO notifications (id, type, account_id, group_key, newest, oldest, created_at) VALUES"
CARD = """INSERT INTO cards (id, url, page, type, title, description, author_name, author_url, provider_name,
    provider_url, html, width, height, image, image_description, embed_url, language, creator, created_at)
    VALUES (1, 'https://x.example', '', 'link', '', '', '', '', '', '', '', 0, 0, '', '', '', '', '', 0)"""


@pytest.mark.parametrize(
    ("statements", "where", "what"),
    [
        (
            ["""INSERT INTO scheduled_posts (id, wish, scheduled_at, created_at) VALUES (1, '{"media": [5]}', 9, 0)"""],
            "scheduled_posts",
            "1 rows will show uploads that are gone",
        ),
        (
            [CARD],
            "cards",
            "1 rows are shown by no post",
        ),
        (
            ["INSERT INTO searchables VALUES (POST, 0, 'word', 'any')"],
            "searchables",
            "1 rows are not in the index",
        ),
        (
            ["INSERT INTO search_index (rowid, words, marks) VALUES (7, 'word', 'any')"],
            "search_index",
            "1 rows are of posts that it should have forgotten",
        ),
        (
            [
                "INSERT INTO correspondences (id, thread, people, unread) VALUES (1, 7, '[1]', 0), (2, 8, '[1]', 0)",
                "INSERT INTO correspondence_posts VALUES (POST, 1)",
            ],
            "correspondences",
            "1 rows do not know their newest post",
        ),
        (
            [
                f"{NOTIFICATION} (1, 'follow', BOB, 'a', 0, 1, 0), (2, 'status', BOB, 'a', 1, 0, 0),"
                " (3, 'follow_request', BOB, 'b', 1, 1, 0), (4, 'update', BOB, 'b', 1, 0, 0)",
            ],
            "notifications",
            "1 rows are the newest or the oldest of a group, and another is marked so",
        ),
    ],
)
def test_what_cannot_be_true(path: Path, statements: list[str], where: str, what: str) -> None:
    with closing(open_writer(path)) as sql:
        tx = Tx(sql, now=NOW, dice=chance)
        bob = world.acquaint(tx, "bob@far.example")
        post = world.say(tx, bob)
    change(path, *(each.replace("POST", str(post.id)).replace("BOB", str(bob.id)) for each in statements))

    assert findings(path) == [Finding(kind=Kind.CONTRADICTION, where=where, what=what)]


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
