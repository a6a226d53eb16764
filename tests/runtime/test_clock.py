"""Time and chance."""

from datetime import UTC, datetime, timedelta

import trio
from trio.testing import MockClock

from smallfed.runtime.clock import Clock, VirtualClock, chance, seeded


async def test_virtual_time_moves_with_trios_clock(autojump_clock: MockClock) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    clock = VirtualClock(start)

    before = clock.now()
    await clock.sleep(86400)
    await trio.sleep(0.5)

    assert (before, clock.now()) == (start, start + timedelta(days=1, seconds=0.5))
    assert clock.monotonic() == 86400.5


async def test_a_sleep_into_the_past_is_none(autojump_clock: MockClock) -> None:
    clock = Clock()

    await clock.sleep(-5)

    assert clock.monotonic() == 0.0


async def test_the_wall_clock_is_aware_and_in_utc() -> None:
    assert Clock().now().utcoffset() == timedelta(0)


def test_chance_stays_below_its_bits() -> None:
    drawn = {chance(2) for _ in range(200)}

    assert drawn == {0, 1, 2, 3}


def test_seeded_dice_fall_the_same_way_again() -> None:
    one, same, other = seeded(7), seeded(7), seeded(8)

    rolls = [one(16) for _ in range(20)]

    assert rolls == [same(16) for _ in range(20)]
    assert rolls != [other(16) for _ in range(20)]
    assert all(0 <= roll < 65536 for roll in rolls)
