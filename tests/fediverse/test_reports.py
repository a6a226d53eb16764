"""The owner complains to another server; and somebody tries to follow a server. Servers speak for themselves."""

from trio.testing import MockClock

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
