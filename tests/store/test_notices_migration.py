"""Notifications of a database from before groups are grouped as if they had been made so."""

import sqlite3
from contextlib import closing

from smallfed.policy.notifying import group_keys
from smallfed.store import migrations, notification_groups
from smallfed.store.moments import moment, ms
from smallfed.store.notifications import Choice
from smallfed.store.paging import Page
from smallfed.store.tx import Tx
from tests import world

MINUTE = 60_000
START = ms(world.NOW) or 0
ROWS = [
    ("favourite", 11, 1, 0),
    ("favourite", 12, 1, 11 * 60 + 59),
    ("favourite", 13, 1, 12 * 60),
    ("favourite", 11, 2, 5),
    ("reblog", 11, 1, 6),
    ("follow", 11, None, 7),
    ("follow", 12, None, 8),
    ("mention", 13, 1, 9),
    ("mention", 14, 1, 10),
]
"""(type, account, post, minutes after the start); the last is of somebody on a blocked domain."""


def before(sql: sqlite3.Connection) -> None:
    """Fill a database that knows no groups."""
    number = next(step.number for step in migrations.steps() if step.name.endswith("_notices"))
    migrations.apply(sql, migrations.steps()[: number - 1])
    for account, host in [(11, "a.example"), (12, "a.example"), (13, "b.example"), (14, "deep.bad.example")]:
        sql.execute(
            "INSERT INTO accounts (id, uri, kind, username, host, inbox, created_at)"
            " VALUES (?, ?, 'Person', 'u', ?, '', 0)",
            (account, f"https://{host}/{account}", host),
        )
    for post in (1, 2):
        sql.execute(
            "INSERT INTO posts (id, uri, account_id, local, kind, visibility, published_at, received_at)"
            " VALUES (?, ?, 11, 0, 'Note', 'public', 0, 0)",
            (post, f"https://a.example/p/{post}"),
        )
    sql.execute("INSERT INTO domain_blocks (id, domain, created_at) VALUES (1, 'bad.example', 0)")
    for type_, account, about, minutes in ROWS:
        at = START + minutes * MINUTE
        sql.execute(
            "INSERT INTO notifications (id, type, account_id, post_id, created_at) VALUES (?, ?, ?, ?, ?)",
            (minutes * MINUTE << 12 | account, type_, account, about, at),
        )


def test_old_ones_are_grouped() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as sql:
        before(sql)

        migrations.apply(sql, migrations.steps())

        tx = Tx(sql, now=world.NOW, dice=lambda bits: 0)
        found = notification_groups.newest(tx, Page(), Choice())
        assert [(group.key, group.samples) for group in found] == [
            (_key("favourite", 1, 12 * 60), (13,)),
            (_key("favourite", 1, 0), (12, 11)),
            (f"ungrouped-{9 * MINUTE << 12 | 13}", (13,)),
            (_key("follow", None, 7), (12, 11)),
            (_key("reblog", 1, 6), (11,)),
            (_key("favourite", 2, 5), (11,)),
        ]
        up = notification_groups.newest(tx, Page(min_id=0), Choice())
        assert {(group.key, group.count) for group in up} == {(group.key, group.count) for group in found}
        sql.execute("DELETE FROM posts WHERE id = 1")
        assert len(notification_groups.newest(tx, Page(), Choice())) == 2


def _key(type_: str, post: int | None, minutes: int) -> str:
    """Return the key of a group that began so many minutes after the start."""
    begun = moment(START + minutes * MINUTE)
    return group_keys(type_, post, begun)[0]
