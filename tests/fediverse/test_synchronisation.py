"""Two servers disagree about who follows whom, because something got lost; the next post heals it (FEP-8fcf)."""

from trio.testing import MockClock

from smallfed.services import queueing
from tests.fediverse.houses import Fediverse, House

LIST = "/users/bob/followers_synchronization"


async def lose(fediverse: Fediverse, house: House, *, for_: House) -> None:
    """Let what waits for another house be lost, which can be reached again then."""
    await fediverse.wait(minutes=1)
    assert house.app is not None
    dropped = await house.app.parts.db.write(queueing.drop, host=for_.name)
    assert dropped["dropped"] == 1
    del fediverse.wire.trouble[for_.name]


async def followers(house: House) -> int:
    return int((await house.look_up(house.handle))["followers_count"])


async def test_a_lost_undo(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Bob still counts alice, who left long ago: she says so again when he tells her."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await alice.follow(bob)
    await fediverse.wait(minutes=1)
    fediverse.wire.trouble["b.example"] = "refused"
    await alice.unfollow(bob)
    await lose(fediverse, alice, for_=bob)
    before = await followers(bob)

    await bob.say("to my follower", visibility="private")
    await fediverse.wait(minutes=5)

    assert before == 1
    assert await followers(bob) == 0
    assert (await alice.relation(bob))["following"] is False
    assert await alice.read() == []
    assert [each.status for each in fediverse.wire.asked if each.path == LIST] == [200]


async def test_a_lost_accept(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Alice asked and never heard that she was let in: that she is on bob's list is as good."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await alice.look_up(bob.handle)
    await bob.look_up(alice.handle)
    fediverse.wire.trouble["a.example"] = "refused"
    await alice.follow(bob)
    await lose(fediverse, bob, for_=alice)
    before = await alice.relation(bob)

    await bob.say("to my follower")
    await fediverse.wait(minutes=5)
    await bob.say("and another word")
    await fediverse.wait(minutes=5)

    assert (before["following"], before["requested"]) == (False, True)
    after = await alice.relation(bob)
    assert (after["following"], after["requested"]) == (True, False)
    assert "and another word" in await alice.read()


async def test_a_lost_reject(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Bob put alice out, who did not hear of it: what is for followers must not be shown to her."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await alice.follow(bob)
    await fediverse.wait(minutes=1)
    fediverse.wire.trouble["a.example"] = "refused"
    her = await bob.look_up(alice.handle)
    await bob.post(f"/api/v1/accounts/{her['id']}/remove_from_followers")
    await lose(fediverse, bob, for_=alice)
    before = await alice.relation(bob)

    await bob.say("Good bye, @alice@a.example", visibility="private")
    await fediverse.wait(minutes=5)

    assert before["following"] is True
    assert (await alice.relation(bob))["following"] is False


async def test_who_agrees_asks_nothing(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await alice.follow(bob)
    await fediverse.wait(minutes=1)

    for number in range(3):
        await bob.say(f"number {number}", visibility="private")
    await fediverse.wait(minutes=5)

    assert (await alice.relation(bob))["following"] is True
    assert [each for each in fediverse.wire.asked if each.path == LIST] == []
