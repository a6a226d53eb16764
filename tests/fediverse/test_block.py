"""A block ends what was between two people, on both sides, and hides the one from the other."""

from trio.testing import MockClock

from tests.fediverse.houses import Fediverse


async def test_a_block_ends_following_both_ways_and_silences(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await alice.follow(bob)
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    blocked = (await alice.look_up(bob.handle))["id"]

    await alice.post(f"/api/v1/accounts/{blocked}/block")
    await fediverse.wait(minutes=1)
    relation = await alice.relation(bob)
    other_side = await bob.relation(alice)
    await bob.say("@alice@a.example why?")
    await alice.say("to those who are left")
    await fediverse.wait(minutes=5)

    assert (relation["blocking"], relation["following"], relation["followed_by"]) == (True, False, False)
    assert (other_side["following"], other_side["followed_by"]) == (False, False)
    assert await alice.notified("mention") == []
    assert "to those who are left" not in await bob.read()


async def test_who_is_blocked_cannot_follow_until_the_block_is_lifted(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    blocked = (await alice.look_up(bob.handle))["id"]
    await alice.post(f"/api/v1/accounts/{blocked}/block")
    await fediverse.wait(minutes=1)

    await bob.ask("POST", f"/api/v1/accounts/{(await bob.look_up(alice.handle))['id']}/follow")
    await fediverse.wait(minutes=1)
    while_blocked = (await alice.relation(bob))["followed_by"]
    await alice.post(f"/api/v1/accounts/{blocked}/unblock")
    await fediverse.wait(minutes=1)
    await bob.follow(alice)
    await fediverse.wait(minutes=1)

    assert while_blocked is False
    assert (await alice.relation(bob))["followed_by"] is True
