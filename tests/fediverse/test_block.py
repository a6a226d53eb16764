"""A block ends what was between two people, on both sides, and hides the one from the other."""

from trio.testing import MockClock

from smallfed.store.tx import Tx
from tests.fediverse.houses import Fediverse, plain


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


def _heed_no_block(tx: Tx) -> None:
    """Be a server that sends all the same to whoever blocks its people."""
    tx.run("DELETE FROM blocks")


async def test_what_they_wrote_to_the_owner_meanwhile_comes_when_the_block_is_lifted(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    """As when the block of a server is lifted; what was for others does not."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await alice.follow(bob)
    await fediverse.wait(minutes=1)
    blocked = (await alice.look_up(bob.handle))["id"]
    await alice.post(f"/api/v1/accounts/{blocked}/block")
    await fediverse.wait(minutes=1)
    assert bob.app is not None
    await bob.app.parts.db.write(_heed_no_block)
    await bob.say("@alice@a.example for you alone", visibility="direct")
    await bob.say("@alice@a.example look here")
    await bob.say("for all who follow")
    await fediverse.wait(minutes=5)
    before = await alice.get("/api/v1/conversations"), await alice.notified("mention")

    await alice.post(f"/api/v1/accounts/{blocked}/unblock")
    await fediverse.wait(minutes=10)

    (talk,) = await alice.get("/api/v1/conversations")
    assert before == ([], [])
    assert plain(talk["last_status"]).endswith("for you alone")
    assert [(said.rpartition("</a></span> ")[2], who) for said, who in await alice.notified("mention")] == [
        ("for you alone", bob.handle),
        ("look here", bob.handle),
    ]
    assert "for all who follow" not in await alice.read()
