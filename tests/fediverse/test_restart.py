"""A house that ends in the middle of its work goes on where it stopped."""

from typing import Literal

import pytest
from trio.testing import MockClock

from tests.fediverse.houses import Fediverse, House

How = Literal["told", "killed"]


async def stop(house: House, how: How) -> None:
    await (house.end() if how == "told" else house.kill())


@pytest.mark.parametrize("how", ["told", "killed"])
async def test_what_was_to_be_delivered_is_delivered_after_the_restart(
    autojump_clock: MockClock, fediverse: Fediverse, how: How
) -> None:
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    for each in (bob, carol):
        await each.follow(alice)
    await fediverse.wait(minutes=1)
    fediverse.wire.delay["b.example"] = 5.0
    said = [f"number {number}" for number in range(5)]

    for text in said:
        await alice.say(text)
        await fediverse.wait(seconds=1.5)
    on_the_way = await bob.read()
    await stop(alice, how)
    await fediverse.wait(minutes=5)
    await alice.begin()
    await fediverse.wait(hours=1)

    assert on_the_way == ["number 0"]
    assert sorted(await bob.read()) == sorted(await carol.read()) == said


@pytest.mark.parametrize("how", ["told", "killed"])
async def test_what_was_accepted_is_understood_after_the_restart(
    autojump_clock: MockClock, fediverse: Fediverse, how: How
) -> None:
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    await bob.follow(alice)
    await alice.follow(carol)
    await fediverse.wait(minutes=1)
    posts = [await carol.say(f"number {number}") for number in range(3)]
    await fediverse.wait(minutes=1)
    fediverse.wire.delay["c.example"] = 20.0  # what is boosted takes a while to be fetched

    for post in posts:
        await alice.post(f"/api/v1/statuses/{(await alice.here(post))['id']}/reblog")
    await fediverse.wait(seconds=10)
    accepted = [each.status for each in fediverse.wire.posts("b.example", asker="a.example")]
    read = await bob.read()
    await stop(bob, how)
    await fediverse.wait(hours=1)
    del fediverse.wire.delay["c.example"]
    await bob.begin()
    await fediverse.wait(hours=1)

    assert accepted == [202, 202, 202, 202]  # the Accept of the follow, and three boosts
    assert read == []
    assert sorted(each["reblog"]["uri"] for each in await bob.home()) == sorted(post["uri"] for post in posts)


async def test_a_house_is_away_while_it_does_not_run(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)

    await bob.end()
    await alice.say("Are you there?")
    await fediverse.wait(days=1)
    await bob.begin()
    await fediverse.wait(days=2)

    assert await bob.read() == ["Are you there?"]
    assert await bob.notified() == []
