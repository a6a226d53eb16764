"""Days of an owner's notifications: crowds stand together, strangers wait at the door, walls are told of."""

from typing import Any

from trio.testing import MockClock

from tests.fediverse.houses import Fediverse, House


async def groups(house: House, **query: object) -> list[tuple[str, int, list[str]]]:
    """Return (type, how many, whose) of the notifications in groups, newest first."""
    found: dict[str, Any] = await house.get("/api/v2/notifications", **query)
    names = {account["id"]: account["acct"] for account in found["accounts"]}
    return [
        (group["type"], group["notifications_count"], [names[number] for number in group["sample_account_ids"]])
        for group in found["notification_groups"]
    ]


async def test_a_crowd_stands_together_for_half_a_day(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    for each in (bob, carol):
        await each.follow(alice)
        await fediverse.wait(minutes=1)
    post = await alice.say("Look at this")
    await fediverse.wait(minutes=1)

    seen = await bob.here(post)
    await bob.post(f"/api/v1/statuses/{seen['id']}/favourite")
    await fediverse.wait(hours=3)
    await bob.say("@alice@a.example Fine", in_reply_to_id=seen["id"])
    await fediverse.wait(hours=3)
    also = await carol.here(post)
    await carol.post(f"/api/v1/statuses/{also['id']}/favourite")
    await fediverse.wait(minutes=1)
    within = await groups(alice)
    unread = await alice.get("/api/v2/notifications/unread_count")
    await bob.post(f"/api/v1/statuses/{seen['id']}/unfavourite")
    await fediverse.wait(hours=12)
    await bob.post(f"/api/v1/statuses/{seen['id']}/favourite")
    await fediverse.wait(minutes=1)

    assert within == [
        ("favourite", 2, ["carol@c.example", "bob@b.example"]),
        ("mention", 1, ["bob@b.example"]),
        ("follow", 2, ["carol@c.example", "bob@b.example"]),
    ]
    assert unread == {"count": 3}
    assert (await groups(alice))[:2] == [
        ("favourite", 1, ["bob@b.example"]),
        ("favourite", 1, ["carol@c.example"]),
    ]


async def test_a_stranger_waits_until_the_owner_wants_to_hear(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    await alice.follow(carol)
    await fediverse.wait(minutes=1)
    await alice.post("/api/v1/markers", notifications={"last_read_id": "0"})
    changed, _ = await alice.ask("PATCH", "/api/v2/notifications/policy", for_not_following="filter")
    for each in (bob, carol):
        await each.say("@alice@a.example Listen")
    await fediverse.wait(minutes=5)

    told = await alice.notified()
    (request,) = await alice.get("/api/v1/notifications/requests")
    summary = (await alice.get("/api/v2/notifications/policy"))["summary"]
    await alice.post(f"/api/v1/notifications/requests/{request['id']}/accept")
    await bob.say("@alice@a.example Thank you")
    await fediverse.wait(minutes=5)

    assert changed == 200
    assert told == [("mention", "carol@c.example")]
    assert (request["account"]["acct"], request["notifications_count"]) == ("bob@b.example", "1")
    assert request["last_status"]["content"].endswith("Listen</p>")
    assert summary == {"pending_requests_count": 1, "pending_notifications_count": 1}
    assert sorted(await alice.notified()) == [
        ("mention", "bob@b.example"),
        ("mention", "bob@b.example"),
        ("mention", "carol@c.example"),
    ]
    assert await alice.get("/api/v1/notifications/requests") == []


async def test_an_answer_to_a_private_word_is_never_kept_back(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await alice.ask("PATCH", "/api/v2/notifications/policy", for_private_mentions="filter")
    asked = await alice.say("@bob@b.example Are you there?", visibility="direct")
    await fediverse.wait(minutes=1)

    (mention,) = await bob.get("/api/v1/notifications")
    answer = await bob.say("@alice@a.example I am", visibility="direct", in_reply_to_id=mention["status"]["id"])
    await bob.say("@alice@a.example Buy this", visibility="direct")
    await fediverse.wait(minutes=5)

    (told,) = await alice.get("/api/v1/notifications")
    assert mention["status"]["uri"] == asked["uri"]
    assert (told["type"], told["status"]["uri"]) == ("mention", answer["uri"])
    (request,) = await alice.get("/api/v1/notifications/requests")
    assert request["last_status"]["content"].endswith("Buy this</p>")


async def test_a_wall_is_told_with_what_it_cut(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await alice.follow(bob)
    await bob.follow(alice)
    await fediverse.wait(minutes=1)

    await alice.post("/api/v1/domain_blocks", domain="b.example")
    await fediverse.wait(minutes=1)

    (told,) = await alice.get("/api/v1/notifications")
    assert (told["type"], told["account"]["acct"]) == ("severed_relationships", "alice")
    assert {name: told["event"][name] for name in ("type", "target_name", "followers_count", "following_count")} == {
        "type": "user_domain_block",
        "target_name": "b.example",
        "followers_count": 1,
        "following_count": 1,
    }
    assert (await bob.relation(alice))["following"] is True  # nothing is said before the block is final
