"""Checking: whether the database and the media folder are whole, as far as they can tell themselves.

Nothing is changed. What foreign keys and CHECKs cannot say is a query in ``RULES``.

Spec: https://www.sqlite.org/pragma.html#pragma_integrity_check
"""

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from smallfed.store.trouble import code


class Kind(StrEnum):
    """What sort of thing is wrong."""

    DAMAGE = "damage"  # the file itself: restore a backup
    REFERENCE = "reference"  # a row refers to one that is not there
    CONTRADICTION = "contradiction"  # rows that cannot both be true, or that no loop would ever pick up
    STRAY = "stray"  # a file that nothing refers to
    BUCKET = "bucket"  # it cannot be used
    MISSING = "missing"  # a file that is referred to and not there


class Finding(Struct, frozen=True, kw_only=True):
    """Something that is wrong ``where`` (a table or a file), ``what`` in words for the owner."""

    kind: Kind
    where: str
    what: str


class Rule(Struct, frozen=True):
    """``rows`` selects what is wrong in ``table``; ``what`` says it of them."""

    table: str
    what: str
    rows: str


RULES = (
    Rule(
        "deliveries",
        "wait for a host that is never looked at",
        "FROM deliveries WHERE state = 'waiting' AND host NOT IN (SELECT host FROM hosts WHERE next_due IS NOT NULL)",
    ),
    Rule(
        "inbound",
        "wait without their body",
        "FROM inbound WHERE state IN ('waiting', 'parked') AND id NOT IN (SELECT inbound_id FROM letters)",
    ),
    Rule(
        "posts",
        "disagree with their author about being ours",
        "FROM posts p JOIN accounts a ON a.id = p.account_id WHERE p.local <> a.local",
    ),
    Rule("posts", "have a parent and no address of it", "FROM posts WHERE in_reply_to IS NULL AND in_reply_to_id"),
    Rule(
        "owners",
        "are not a local account",
        "FROM owners o JOIN accounts a ON a.id = o.account_id WHERE NOT a.local",
    ),
    Rule(
        "scheduled_posts",
        "will show uploads that are gone",
        "FROM scheduled_posts WHERE problem = '' AND EXISTS (SELECT 1 FROM json_each(wish, '$.media')"
        " WHERE value NOT IN (SELECT id FROM media))",
    ),
    Rule("cards", "are shown by no post", "FROM cards WHERE id NOT IN (SELECT card_id FROM card_posts)"),
    Rule(
        "searchables",
        "are not in the index",
        "FROM searchables WHERE post_id NOT IN (SELECT id FROM search_index_docsize)",
    ),
    Rule(
        "search_index",
        "are of posts that it should have forgotten",
        "FROM search_index_docsize WHERE id NOT IN (SELECT post_id FROM searchables)"
        " AND id NOT IN (SELECT post_id FROM search_leavings)",
    ),
    Rule(
        "correspondences",
        "do not know their newest post",
        "FROM correspondences c WHERE last_post_id IS NULL OR last_post_id IS NOT (SELECT max(post_id)"
        " FROM correspondence_posts WHERE correspondence_id = c.id)",
    ),
    Rule(
        "notifications",
        "are the newest or the oldest of a group, and another is marked so",
        "FROM (SELECT 1 FROM notifications WHERE group_key IS NOT NULL GROUP BY group_key HAVING sum(newest) <> 1"
        " OR sum(oldest) <> 1 OR max(id) <> max(iif(newest, id, 0)) OR min(id) <> max(iif(oldest, id, 0)))",
    ),
)


def check(sql: sqlite3.Connection) -> list[Finding]:
    """Return everything wrong with the database; reads all of it, so it takes its time."""
    try:
        return [*_damage(sql), *_references(sql), *_contradictions(sql)]
    except sqlite3.DatabaseError as error:
        if code(error) not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise
        return [Finding(kind=Kind.DAMAGE, where="database", what=str(error))]


def check_files(folder: Path, known: Collection[str]) -> list[Finding]:
    """Compare the files under ``folder`` with the ``known`` ones, given as paths relative to it with ``/``."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    return [
        *(Finding(kind=Kind.STRAY, where=name, what="no row refers to this file") for name in sorted(there - {*known})),
        *(Finding(kind=Kind.MISSING, where=name, what="this file is gone") for name in sorted({*known} - there)),
    ]


def _damage(sql: sqlite3.Connection) -> Iterator[Finding]:
    for (line,) in sql.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield Finding(kind=Kind.DAMAGE, where="database", what=line)


def _references(sql: sqlite3.Connection) -> Iterator[Finding]:
    broken = Counter((table, parent) for table, _, parent, _ in sql.execute("PRAGMA foreign_key_check"))
    for (table, parent), count in sorted(broken.items()):
        yield Finding(kind=Kind.REFERENCE, where=table, what=f"{count} rows refer to {parent} that are not there")


def _contradictions(sql: sqlite3.Connection) -> Iterator[Finding]:
    for rule in RULES:
        (count,) = sql.execute(f"SELECT count(*) {rule.rows}").fetchone()
        if count:
            yield Finding(kind=Kind.CONTRADICTION, where=rule.table, what=f"{count} rows {rule.what}")
