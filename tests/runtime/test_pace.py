"""Pace: loops rest while many wait at the doors, and never for long."""

from contextlib import ExitStack

import trio
from trio.testing import MockClock

from smallfed.runtime.pace import LONGEST, MANY, SHARE, Pace


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
