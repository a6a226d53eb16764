"""An account that is asked before it is followed."""

from trio.testing import MockClock

from tests.fediverse.houses import Fediverse, House


async def lock(house: House) -> None:
    status, account = await house.ask("PATCH", "/api/v1/accounts/update_credentials", locked=True)
    assert (status, account["locked"]) == (200, True)


async def test_a_follow_waits_for_the_owner_who_agrees(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await lock(alice)

    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    waiting, notified = await bob.relation(alice), await alice.notified()
    await alice.say("for followers", visibility="private")
    await fediverse.wait(minutes=1)
    (request,) = await alice.get("/api/v1/follow_requests")
    await alice.post(f"/api/v1/follow_requests/{request['id']}/authorize")
    await fediverse.wait(minutes=1)
    accepted = await bob.relation(alice)
    await alice.say("for followers again", visibility="private")
    await fediverse.wait(minutes=1)

    assert notified == [("follow_request", "bob@b.example")]
    assert (waiting["following"], waiting["requested"]) == (False, True)
    assert (accepted["following"], accepted["requested"]) == (True, False)
    assert await bob.read() == ["for followers again"]


async def test_a_follow_that_is_rejected_is_over(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await lock(alice)
    await bob.follow(alice)
    await fediverse.wait(minutes=1)

    (request,) = await alice.get("/api/v1/follow_requests")
    await alice.post(f"/api/v1/follow_requests/{request['id']}/reject")
    await fediverse.wait(minutes=1)
    relation = await bob.relation(alice)

    assert (relation["following"], relation["requested"]) == (False, False)
    assert await alice.get("/api/v1/follow_requests") == []
