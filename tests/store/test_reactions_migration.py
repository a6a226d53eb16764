"""Likes of a database from before reactions are plain favourites."""

import sqlite3
from contextlib import closing

from smallfed.store import migrations


def test_likes_stay() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as sql:
        migrations.apply(sql, migrations.steps()[:2])
        sql.execute(
            "INSERT INTO accounts (id, uri, kind, username, host, inbox, created_at)"
            " VALUES (1, 'https://a.example/u', 'Person', 'u', 'a.example', 'https://a.example/u/inbox', 0)"
        )
        sql.execute(
            "INSERT INTO posts (id, uri, account_id, local, kind, visibility, published_at, received_at)"
            " VALUES (2, 'https://a.example/p', 1, 0, 'Note', 'public', 0, 0)"
        )
        sql.execute("INSERT INTO likes (id, account_id, post_id, uri, created_at) VALUES (3, 1, 2, 'urn:like', 5)")

        migrations.apply(sql, migrations.steps())

        likes = sql.execute("SELECT id, account_id, post_id, emoji, picture, uri, created_at FROM likes").fetchall()
        assert likes == [(3, 1, 2, "", None, "urn:like", 5)]
        sql.execute("DELETE FROM posts WHERE id = 2")
        assert sql.execute("SELECT count(*) FROM likes").fetchone() == (0,)
        assert sql.execute("PRAGMA foreign_key_check").fetchall() == []
        names = {name for (name,) in sql.execute("SELECT name FROM sqlite_schema WHERE tbl_name = 'likes'")}
        assert {"likes_account", "likes_uri"} <= names
        assert not {name for (name,) in sql.execute("SELECT name FROM sqlite_schema") if name.endswith("_before")}
