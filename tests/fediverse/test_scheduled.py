"""Posts for later are published at their hour, once, whatever happens to the house before, then or after."""

from datetime import timedelta

import pytest
from trio.testing import MockClock

from tests.fediverse.houses import Fediverse, House
from tests.fediverse.test_restart import How, stop

PATH = "/api/v1/scheduled_statuses"


async def _later(house: House, text: str, **parameters: object) -> str:
    """Write something for in an hour, unless told otherwise."""
    assert house.app is not None
    at = house.app.parts.clock.now() + timedelta(hours=int(str(parameters.pop("hours", 1))))
    kept = await house.post("/api/v1/statuses", status=text, scheduled_at=at.isoformat(), **parameters)
    return str(kept["id"])


@pytest.mark.parametrize("how", ["told", "killed"])
async def test_a_house_that_stands_still_at_the_hour(autojump_clock: MockClock, fediverse: Fediverse, how: How) -> None:
    """What was due in the meantime is published after the start, what is due later at its hour."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    for hours in (1, 3, 6):
        await _later(alice, f"in {hours}", hours=hours)

    await fediverse.wait(hours=2)
    before = await bob.read()
    await stop(alice, how)
    await fediverse.wait(hours=2)
    await alice.begin()
    await fediverse.wait(minutes=5)
    after_the_start = await bob.read()
    await fediverse.wait(hours=30)

    assert before == ["in 1"]
    assert after_the_start == ["in 1", "in 3"]
    assert await bob.read() == ["in 1", "in 3", "in 6"]
    assert await alice.get(PATH) == []


async def test_a_house_that_is_killed_at_the_very_moment(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Again and again while it looks for who is mentioned: nothing is published by halves, nor twice."""
    alice, bob, _ = await fediverse.houses("alice@a.example", "bob@b.example", "carol@slow.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    fediverse.wire.delay["slow.example"] = 20.0
    await _later(alice, "Hello @carol@slow.example")

    await fediverse.wait(minutes=59, seconds=55)  # it took five seconds to look for carol, and will again
    for _ in range(3):
        await fediverse.wait(seconds=2)
        await alice.kill()
        await alice.begin()
    between = (await bob.read(), len(await alice.get(PATH)))
    await fediverse.wait(hours=30)

    assert between == ([], 1)
    assert await bob.read() == ["Hello @carol@slow.example"]
    assert await alice.get(PATH) == []


async def test_what_cannot_be_published_waits_for_its_owner(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Also through a restart; the others are not held up, and a new hour tries anew."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    said = await alice.say("first")
    kept = await _later(alice, "an answer", in_reply_to_id=said["id"])
    await _later(alice, "another")
    await alice.delete(said)

    await fediverse.wait(hours=2)
    await alice.kill()
    await alice.begin()
    halted = await alice.get(f"{PATH}/{kept}")
    await fediverse.wait(hours=1)

    assert await bob.read() == ["another"]
    assert (halted["params"]["text"], halted["draft"]) == ("an answer", False)
    assert halted["problem"] == "The post you are trying to reply to does not appear to exist."
    assert [one["id"] for one in await alice.get(PATH)] == [kept]
