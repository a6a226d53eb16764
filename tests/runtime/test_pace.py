"""Pace: loops rest while many wait at the doors, and no longer than that."""

from contextlib import ExitStack

import pytest
import trio
import trio.testing
from trio.testing import MockClock

from smallfed.runtime.pace import BREATH, CALM, LONGEST, MANY, SHARE, STEP, Pace


async def test_few_who_wait_are_no_reason_to_rest(autojump_clock: MockClock) -> None:
    pace = Pace()
    await pace.rest()

    with ExitStack() as waiting:
        for _ in range(MANY - 1):
            waiting.enter_context(pace.hurry())
        await trio.sleep(0.05)
        begun = trio.current_time()
        await pace.rest()

    assert trio.current_time() == begun


async def test_who_is_made_to_wait_is_no_reason_to_rest(autojump_clock: MockClock) -> None:
    """A relay's requests are answered a second later; meanwhile nothing is to be done for them."""
    pace = Pace()
    await pace.rest()

    with ExitStack() as waiting:
        for _ in range(2 * MANY):
            waiting.enter_context(pace.hurry())
            waiting.enter_context(pace.unhurried())
        await trio.sleep(0.05)
        begun = trio.current_time()
        await pace.rest()
        calm = trio.current_time()
    with ExitStack() as waiting:
        for _ in range(MANY):
            waiting.enter_context(pace.hurry())
        await trio.sleep(0.05)
        await pace.rest()

    assert calm == begun
    assert trio.current_time() > calm + 0.05


async def test_a_rest_is_some_times_the_work_but_never_long(autojump_clock: MockClock) -> None:
    pace = Pace()
    rests = []

    with ExitStack() as waiting:
        for _ in range(MANY):
            waiting.enter_context(pace.hurry())
        await pace.rest()
        for work in (0.02, 5.0):
            await trio.sleep(work)
            begun = trio.current_time()
            await pace.rest()
            rests.append(round(trio.current_time() - begun, 6))

    assert rests == [0.02 * SHARE, LONGEST]


async def test_a_rest_ends_when_few_wait_for_longer_than_a_moment(autojump_clock: MockClock) -> None:
    pace = Pace()

    async def crowd(seconds: float) -> None:
        with ExitStack() as waiting:
            for _ in range(MANY):
                waiting.enter_context(pace.hurry())
            await trio.sleep(seconds)

    async with trio.open_nursery() as nursery:
        await trio.sleep(5)  # of work: a whole rest is earned
        begun = trio.current_time()
        nursery.start_soon(crowd, 2.5 * STEP)
        await trio.testing.wait_all_tasks_blocked()
        await pace.rest()

    assert round((trio.current_time() - begun) / STEP) == 2 + CALM


async def test_what_comes_in_quick_succession_is_gathered_for_a_breath(autojump_clock: MockClock) -> None:
    pace = Pace()
    ends = []

    for work in (5.0, BREATH / 4, 0.0, 2 * BREATH):
        await trio.sleep(work)
        begun = trio.current_time()
        await pace.rest()
        ends.append(round((trio.current_time() - begun) / BREATH, 6))

    assert ends == [0, 0.75, 1, 0]


async def test_what_nobody_waits_for_takes_its_time_whoever_waits(autojump_clock: MockClock) -> None:
    pace, rests = Pace(), []

    for work in (0.02, 5.0):
        begun = trio.current_time()
        await trio.sleep(work)
        done = trio.current_time()
        await pace.stroll(begun)
        rests.append(trio.current_time() - done)

    assert rests == pytest.approx([SHARE * 0.02, LONGEST])
