"""Follow, read, unfollow: what a subscription is."""

from trio.testing import MockClock

from tests.fediverse.houses import Fediverse


async def test_followers_read_what_is_said_until_they_unfollow(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.say("before anybody followed")

    await alice.follow(bob)
    await fediverse.wait(minutes=1)
    relation, notified = await alice.relation(bob), await bob.notified()
    await bob.say("to my follower")
    await fediverse.wait(minutes=1)
    read = await alice.read()
    await alice.unfollow(bob)
    await fediverse.wait(minutes=1)
    await bob.say("to nobody")
    await fediverse.wait(minutes=1)

    assert (relation["following"], relation["requested"]) == (True, False)
    assert notified == [("follow", "alice@a.example")]
    assert read == ["before anybody followed", "to my follower"]  # what was written until then is read there
    assert (await alice.relation(bob))["following"] is False
    assert [post for post in await alice.read() if post == "to nobody"] == []
    assert (await bob.look_up(bob.handle))["followers_count"] == 0


async def test_two_houses_follow_each_other(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")

    await alice.follow(bob)
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    relation = await alice.relation(bob)
    await alice.say("from a")
    await bob.say("from b")
    await fediverse.wait(minutes=1)

    assert (relation["following"], relation["followed_by"]) == (True, True)
    assert sorted(await alice.read()) == sorted(await bob.read()) == ["from a", "from b"]
