"""Who is cut off is written down by account: after every change, and of a database that did not know it yet."""

import sqlite3
from contextlib import closing

import pytest

from smallfed.domain.account import Account
from smallfed.domain.domain_block import Origin, Severity
from smallfed.domain.finding import Finding, Stand
from smallfed.services import blocking, moderating
from smallfed.store import cut_offs, domain_blocks, findings, follows, likes, migrations, visibility
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know
from tests.store.test_plans import plan

PEOPLE = [  # of bad.example is everybody but the last three
    (11, "https://bad.example/11", "bob", "bad.example"),
    (12, "https://deep.BAD.example:444/12", "cem", "good.example"),
    (13, "https://good.example/13", "dora", "deep.bad.example:8443"),
    (14, "https://good.example/14", "Erin", "good.example"),
    (15, "https://good.example/15", "fay", "good.example"),
    (16, "https://notbad.example/16", "gil", "ok.bad.example"),
]


def test_of_an_older_database_it_is_found_out() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as sql:
        number = next(step.number for step in migrations.steps() if step.name.endswith("_cut_offs"))
        migrations.apply(sql, migrations.steps()[: number - 1])
        for person in PEOPLE:
            sql.execute(
                "INSERT INTO accounts (id, uri, kind, username, host, inbox, created_at)"
                " VALUES (?, ?, 'Person', ?, ?, '', 0)",
                person,
            )
        sql.execute("INSERT INTO domain_blocks (id, domain, origin, created_at) VALUES (1, 'bad.example', 'owner', 0)")
        sql.execute("INSERT INTO domain_allows (id, domain, created_at) VALUES (1, 'ok.bad.example', 0)")
        for subject in ("@erin@good.example", "https://good.example/15", "https://bad.example/11"):
            sql.execute(
                "INSERT INTO findings (subject, person, holds, state, created_at, changed_at)"
                " VALUES (?, 1, 'suspend', 'holding', 0, 0)",
                (subject,),
            )
        sql.execute("INSERT INTO hosts (host) VALUES ('bad.example'), ('good.example'), ('ok.bad.example')")

        migrations.apply(sql, migrations.steps())

        tx = Tx(sql, now=world.NOW, dice=lambda bits: 0)
        assert written(tx) == {11: 0, 12: 0, 13: 0, 14: 1, 15: 1}
        assert tx.all("SELECT host FROM cut_off_hosts") == [("bad.example",)]
        assert cut_offs.settle(tx, "*") == []
        assert written(tx) == {11: 0, 12: 0, 13: 0, 14: 1, 15: 1}


def written(tx: Tx) -> dict[int, int]:
    return dict(tx.all("SELECT account_id, named FROM cut_off_accounts"))


def name(tx: Tx, subject: str, holds: Severity | None) -> None:
    """Let lists say something of somebody."""
    found = Finding(
        subject=subject, person=True, holds=holds, state=Stand.HOLDING, created_at=tx.now, changed_at=tx.now
    )
    findings.put(tx, [found])


def test_a_name_and_a_server_hold_each_by_itself(tx: Tx, owner: Account, know: Know) -> None:
    """Who is named stays away when the server is let in again, and the other way round."""
    bob, cem = know("bob@far.example"), know("cem@far.example")
    name(tx, "@bob@far.example", Severity.SUSPEND)

    assert cut_offs.settle(tx, "other.example") == [bob.id]
    domain_blocks.put(tx, "far.example")
    assert sorted(cut_offs.settle(tx, "far.example")) == sorted([bob.id, cem.id])
    assert written(tx) == {bob.id: 0, cem.id: 0}
    domain_blocks.forget_all(tx, [one.id for one in domain_blocks.covering(tx, "far.example")])
    assert set(cut_offs.settle(tx, "*")) == {bob.id, cem.id}
    assert written(tx) == {bob.id: 1}
    name(tx, "@bob@far.example", Severity.SILENCE)
    assert cut_offs.settle(tx, "*") == [bob.id]
    assert written(tx) == {}


@pytest.mark.parametrize("closed", [True, False])
def test_whoever_comes_is_written_down(tx: Tx, owner: Account, know: Know, closed: bool) -> None:
    """By handle, id or name; where only those are let in who are allowed, everybody else, but for the owner."""
    domain_blocks.put(tx, "*" if closed else "far.example", Origin.MODE if closed else Origin.OWNER)
    name(tx, "https://near.example/users/dora", Severity.SUSPEND)

    bob = know("bob@sub.far.example")
    cem = know("cem@good.example", uri="https://far.example/cem")
    dora = know("dora@near.example")
    erin = know("erin@near.example")

    cut_offs.settle(tx, "*")
    named = {} if closed else {dora.id: 1}
    assert written(tx) == {bob.id: 0, cem.id: 0} | ({dora.id: 0, erin.id: 0} if closed else named)


def test_it_is_looked_up_by_number(tx: Tx, owner: Account) -> None:
    """However many are cut off, and are counted."""
    steps = plan(tx, likes.counts, "[1, 2]")

    assert "USING ROWID SEARCH ON TABLE cut_off_accounts FOR IN-OPERATOR" in steps, steps
    posts = f"SELECT 1 FROM posts p WHERE {visibility.seen('p')}"
    steps = [row[3] for row in tx.sql.execute(f"EXPLAIN QUERY PLAN {posts}", {"viewer": owner.id, "owner": owner.id})]
    assert not [step for step in steps if "SCAN cut_off_accounts" in step]


def test_settling_searches_for_the_servers_concerned(tx: Tx, owner: Account, know: Know) -> None:
    """Servers are listed by an index, and nobody is looked at but those on the ones that change."""
    know("bob@far.example")
    domain_blocks.put(tx, "far.example")

    steps = plan(tx, cut_offs.settle, "far.example")

    assert "SCAN accounts USING INDEX accounts_server" in steps, steps
    assert "SEARCH a USING INDEX accounts_server (host=? AND origin=?)" in steps
    assert [step for step in steps if step.startswith("SCAN a ")] == []


def test_their_own_server_hears_of_frozen_followers(tx: Tx, owner: Account, know: Know) -> None:
    """It may be free while the domain of their handle is not: left out, they would be made to end their follow."""
    bob = know("bob@far.example", uri="https://social.example/bob")
    cem = know("cem@other.example", uri="https://social.example/cem")
    for person in (bob, cem):
        world.befriend(tx, person, owner)
    world.befriend(tx, know("dora@third.example", uri="https://social.example/dora"), owner, accepted=False)

    blocking.block_domain(tx, "far.example")

    assert follows.uris(tx, owner.id, followers=True, limit=-1) == [cem.uri]
    assert follows.count(tx, owner.id, followers=True) == 1
    assert sorted(follows.standing(tx, owner.id)) == [bob.uri, cem.uri]
    assert sorted(follows.standing_at(tx, owner.id, "https://social.example", limit=10)) == [bob.uri, cem.uri]
    moderating.finish(tx, "far.example")
    assert follows.standing(tx, owner.id) == [cem.uri]
