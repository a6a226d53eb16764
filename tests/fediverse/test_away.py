"""We do not run for days: what was said meanwhile is not missed, whoever gave up on us."""

import pytest
from msgspec import structs
from trio.testing import MockClock

from smallfed.config import Away
from smallfed.store import deliveries, gaps
from smallfed.store.deliveries import Which
from tests.fediverse.houses import Fediverse, House


async def give_up(house: House) -> None:
    """Let a house stop trying to deliver, as GoToSocial does after four minutes."""
    assert house.app is not None
    await house.app.parts.db.write(deliveries.drop, Which(), why="gave up")


async def friends(fediverse: Fediverse) -> tuple[House, House]:
    """Return two houses that have followed each other for a while."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await alice.follow(bob)
    await bob.follow(alice)
    await fediverse.wait(hours=1)
    return alice, bob


@pytest.mark.parametrize("how", ["killed", "ended"])
async def test_four_days_away_from_a_server_that_gives_up(
    autojump_clock: MockClock, fediverse: Fediverse, how: str
) -> None:
    """Everything comes home in its place, mentions are told, once; also what would have come late."""
    alice, bob = await friends(fediverse)
    early = await bob.say("before")
    await fediverse.wait(minutes=1)

    await (alice.kill() if how == "killed" else alice.end())
    said = ["before"]
    for number in range(24):
        said.append(f"number {number}")
        await bob.say(said[-1])
        await fediverse.wait(hours=4)
    await bob.say("@alice@a.example are you there?")
    await bob.edit(early, "before, edited")
    await fediverse.wait(hours=10)
    await give_up(bob)
    await alice.begin()
    at_once = await alice.read()
    await fediverse.wait(minutes=30)
    read = await alice.read()

    assert at_once == ["before"]
    assert read[:-1] == ["before, edited", *said[1:]]
    assert "are you there?" in read[-1]
    assert [kind for kind, _ in await alice.notified()] == ["follow", "mention"]
    assert fediverse.wire.posts("a.example", asker="b.example")[-1].status is None  # nothing was sent again


async def test_what_is_sent_late_after_all_is_told_once(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Their server tries again hours after we have read it."""
    alice, bob = await friends(fediverse)
    await alice.end()
    await bob.say("@alice@a.example hello?")
    await fediverse.wait(hours=3)

    await alice.begin()
    await fediverse.wait(minutes=30)
    told = [kind for kind, _ in await alice.notified()]
    await fediverse.wait(hours=12)

    assert told == ["follow", "mention"]
    assert [post.status for post in fediverse.wire.posts("a.example", asker="b.example")][-1] == 202
    assert [kind for kind, _ in await alice.notified()] == ["follow", "mention"]
    assert len(await alice.read()) == 1


async def test_who_sends_by_themselves_is_not_asked(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await friends(fediverse)
    await alice.end()
    await bob.say("while you were away")
    await fediverse.wait(minutes=20)
    fediverse.wire.asked.clear()

    await alice.begin()
    await bob.app.parts.db.write(deliveries.hasten, Which())  # type: ignore[union-attr] # it happens to try just now
    bob.app.parts.deliveries.ring()  # type: ignore[union-attr]
    await fediverse.wait(hours=1)

    assert await alice.read() == ["while you were away"]
    assert [each.path for each in fediverse.wire.asked if "outbox" in each.path] == []


async def test_catching_up_survives_a_restart_and_a_server_that_is_down(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    alice, bob = await friends(fediverse)
    await alice.end()
    await bob.say("one")
    await fediverse.wait(days=1)
    await give_up(bob)
    fediverse.wire.trouble["b.example"] = "refused"

    await alice.begin()
    await fediverse.wait(minutes=20)
    await alice.kill()
    await alice.begin()
    del fediverse.wire.trouble["b.example"]
    await fediverse.wait(hours=8)

    assert await alice.read() == ["one"]
    assert alice.app is not None
    assert await alice.app.parts.db.read(gaps.waiting) == 0


async def test_one_request_a_second(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """To a server, whatever is to be read there."""
    alice, bob = await friends(fediverse)
    await alice.end()
    for number in range(70):
        await bob.say(f"number {number}")
        await fediverse.wait(minutes=10)
    await give_up(bob)
    fediverse.wire.asked.clear()

    await alice.begin()
    await fediverse.wait(minutes=30)
    times = [each.at for each in fediverse.wire.asked if each.asker == "a.example" and "outbox" in each.path]

    assert len(times) == 5  # the collection and four pages
    assert (times[-1] - times[0]).total_seconds() >= len(times) - 2
    assert len(await alice.home()) == 40


async def test_nothing_is_asked_after_a_short_restart_or_when_it_is_switched_off(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    alice, bob = await friends(fediverse)
    fediverse.wire.asked.clear()

    await alice.end()
    await fediverse.wait(minutes=3)
    await alice.begin()
    await fediverse.wait(hours=1)
    await alice.end()
    alice.config = structs.replace(alice.config, away=Away(catch_up=False))
    await bob.say("one")
    await fediverse.wait(hours=1)
    await give_up(bob)
    await alice.begin()
    await fediverse.wait(hours=1)

    assert [each.path for each in fediverse.wire.asked if "outbox" in each.path] == []
    assert await alice.read() == []


async def test_servers_that_are_silent_for_days_are_asked_once_a_day(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    """Their deliveries do not reach us, although we run; while nothing is new the collection is all we ask for."""
    alice, bob = await friends(fediverse)
    fediverse.wire.trouble["a.example"] = "refused"
    await bob.say("one")
    await fediverse.wait(hours=1)
    await give_up(bob)
    await fediverse.wait(days=4)
    fediverse.wire.asked.clear()
    await fediverse.wait(days=2)
    asked = [each.path for each in fediverse.wire.asked if each.asker == "a.example" and "outbox" in each.path]

    assert await alice.read() == ["one"]
    assert asked == ["/users/bob/outbox"] * 2
