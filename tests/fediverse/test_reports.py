"""The owner complains to another server; and somebody tries to follow a server. Servers speak for themselves."""

import logging
import random
import sqlite3

import pytest
from trio.testing import MockClock

from tests.fediverse.crowds import Crowd
from tests.fediverse.houses import Fediverse


async def test_a_report_arrives_without_who_made_it(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await alice.follow(bob)
    await fediverse.wait(minutes=1)
    said = await bob.say("something rude")
    await fediverse.wait(minutes=1)
    here, account = await alice.here(said), await alice.look_up(bob.handle)

    await alice.post("/api/v1/reports", account_id=account["id"], status_ids=[here["id"]], comment="rude", forward=True)
    await fediverse.wait(minutes=1)

    (told,) = await bob.get("/api/v1/notifications", **{"types[]": "admin.report"})
    (flag,) = (each.body for each in fediverse.wire.posts("b.example") if b'"Flag"' in each.body)
    report = told["report"]
    assert (report["comment"], report["status_ids"], report["target_account"]["acct"]) == (
        "rude\n\n(a.example)",
        [said["id"]],
        "bob",
    )
    assert b"alice" not in flag


async def test_who_complains_is_named_nowhere(
    autojump_clock: MockClock, fediverse: Fediverse, caplog: pytest.LogCaptureFixture
) -> None:
    """Where their server speaks in their name: neither in the books nor in the log, whatever it is to write."""
    caplog.set_level(logging.DEBUG)
    (alice,) = await fediverse.houses("alice@a.example")
    crowd = Crowd(fediverse.wire, random.Random(1))
    reporter, other = crowd.join("far.example"), crowd.join("far.example")
    named = [alice.actor, *(f"{other.uri}/posts/{number}" for number in range(500))]

    taken = [
        await crowd.send(alice, {**crowd.does(reporter, "Flag", objects), "content": "rude"})
        for objects in (named, [f"{alice.actor}/notes/1"], [reporter.uri])
    ]
    await fediverse.wait(minutes=1)
    await crowd.send(alice, crowd.does(other, "Like", alice.actor))

    (told,) = await alice.get("/api/v1/notifications", **{"types[]": "admin.report"})
    logged = str([vars(record) for record in caplog.records])
    assert alice.app is not None
    alice.app.parts.db.empty_log()
    assert (taken, told["report"]["comment"], told["report"]["status_ids"]) == ([202] * 3, "rude\n\n(far.example)", [])
    assert (reporter.uri in logged, other.uri in logged) == (False, True)
    with sqlite3.connect(alice.config.data / "smallfed.db") as sql:
        assert reporter.uri not in "".join(sql.iterdump())


async def test_whom_they_answered_hears_of_it_too(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob, cem = await fediverse.houses("alice@a.example", "bob@b.example", "cem@c.example")
    for one, other in ((alice, bob), (alice, cem), (bob, cem)):
        await one.follow(other)
    await fediverse.wait(minutes=1)
    said = await cem.say("hello")
    await fediverse.wait(minutes=1)
    rude = await bob.say("@cem@c.example go away", in_reply_to_id=(await bob.here(said))["id"])
    await fediverse.wait(minutes=1)
    account = await alice.look_up(bob.handle)
    here = (await alice.get(f"/api/v1/accounts/{account['id']}/statuses"))[0]

    await alice.post(
        "/api/v1/reports",
        account_id=account["id"],
        status_ids=[here["id"]],
        forward=True,
        forward_to_domains=["b.example", "c.example"],
    )
    await fediverse.wait(minutes=1)

    flags = [
        [each.body for each in fediverse.wire.posts(name) if b'"Flag"' in each.body]
        for name in ("b.example", "c.example")
    ]
    assert [[rude["uri"].encode() in body for body in each] for each in flags] == [[True], [True]]
    (told,) = await bob.get("/api/v1/notifications", **{"types[]": "admin.report"})
    assert told["report"]["status_ids"] == [rude["id"]]
    assert await cem.get("/api/v1/notifications", **{"types[]": "admin.report"}) == []


async def test_a_server_cannot_be_followed(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    server = await bob.look_up("a.example@a.example")

    await bob.post(f"/api/v1/accounts/{server['id']}/follow")
    asked = await bob.get("/api/v1/accounts/relationships", **{"id[]": server["id"]})
    await fediverse.wait(minutes=1)

    (rejected,) = (each.body for each in fediverse.wire.posts("b.example") if b'"Reject"' in each.body)
    (now,) = await bob.get("/api/v1/accounts/relationships", **{"id[]": server["id"]})
    assert asked[0]["requested"]
    assert (now["requested"], now["following"]) == (False, False)
    assert b"alice" not in rejected
    assert alice.app is not None
