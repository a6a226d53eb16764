"""Servers that are away for days miss nothing, and keep nobody else waiting."""

import pytest
from trio.testing import MockClock

from tests.fediverse.houses import Fediverse
from tests.fediverse.test_groups import Lemmy
from tests.fediverse.wire import Trouble


@pytest.mark.parametrize("trouble", ["refused", "silent", "broken"])
async def test_three_days_away_and_nothing_is_lost(
    autojump_clock: MockClock, fediverse: Fediverse, trouble: Trouble
) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)

    fediverse.wire.trouble["b.example"] = trouble
    said = []
    for number in range(6):
        said.append(f"number {number}")
        await alice.say(said[-1])
        await fediverse.wait(hours=12)
    read_meanwhile = await bob.read()
    del fediverse.wire.trouble["b.example"]
    await fediverse.wait(days=3)

    assert read_meanwhile == []
    assert await bob.read() == said  # once each, in the order they were said
    assert len(fediverse.wire.posts("b.example")) < 200  # nor was it asked all the time


async def test_who_writes_to_us_is_back(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await alice.follow(bob)
    await fediverse.wait(minutes=1)
    fediverse.wire.trouble["b.example"] = "refused"
    await alice.say("while you were away")
    await fediverse.wait(days=3)

    del fediverse.wire.trouble["b.example"]
    await bob.say("I am back")
    await fediverse.wait(minutes=10)

    assert "while you were away" in await bob.read()


async def test_healthy_hosts_do_not_wait_for_the_silent(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    for each in (bob, carol):
        await each.follow(alice)
    await fediverse.wait(minutes=1)
    fediverse.wire.trouble["b.example"] = "silent"

    for number in range(10):
        await alice.say(f"number {number}")
        await fediverse.wait(seconds=0.5)

    assert await carol.read() == [f"number {number}" for number in range(10)]
    assert await bob.read() == []


@pytest.mark.parametrize("gone", [True, False])
async def test_whose_inbox_is_gone_is_looked_at(autojump_clock: MockClock, fediverse: Fediverse, gone: bool) -> None:
    """And forgotten when their own server says that they are gone, too: nobody told us."""
    far = Lemmy(fediverse, "far.example", "none")
    hal = far.user("hal")
    alice = await fediverse.house("alice@a.example")
    account = await alice.look_up("hal@far.example")
    await far.send(alice, far.does("Follow", hal, alice.actor))
    await fediverse.wait(minutes=1)
    before = (await alice.get("/api/v1/accounts/verify_credentials"))["followers_count"]
    if gone:
        far.serve(hal, type="Tombstone")
    far.inboxes = 410
    far.asked.clear()

    await alice.say("hello?")
    await fediverse.wait(minutes=1)

    after = (await alice.get("/api/v1/accounts/verify_credentials"))["followers_count"]
    status, _ = await alice.ask("GET", f"/api/v1/accounts/{account['id']}/statuses")
    assert (before, after) == (1, 0 if gone else 1)
    assert far.asked.count("/u/hal") == 1
    assert status == (404 if gone else 200)
