"""Supervising: what crashes starts again, later and later; what cannot start does not pretend to."""

import pytest
import trio
from trio.testing import MockClock

from smallfed.runtime.supervise import Backoff, supervise

BACKOFF = Backoff(first=1, longest=4, healthy=100)


class Loop:
    """Does one thing of ``script`` at each start: crash after so many seconds, or return (None)."""

    def __init__(self, *script: float | None) -> None:
        self.script = iter(script)
        self.starts: list[float] = []

    async def run(self, *, task_status: trio.TaskStatus[None]) -> None:
        self.starts.append(trio.current_time())
        task_status.started()
        lasts = next(self.script)
        if lasts is not None:
            await trio.sleep(lasts)
            raise ZeroDivisionError


async def test_a_crashed_loop_starts_again_later_and_later(
    autojump_clock: MockClock, caplog: pytest.LogCaptureFixture
) -> None:
    loop = Loop(0, 0, 0, 0, 0, None)

    await supervise("intake", loop.run, backoff=BACKOFF)

    assert loop.starts == [0, 1, 3, 7, 11, 15]
    assert caplog.messages[:2] == ["intake crashed and starts again in 1 s", "intake crashed and starts again in 2 s"]
    assert caplog.records[0].exc_info is not None


async def test_a_loop_that_ran_well_is_not_held_back(autojump_clock: MockClock) -> None:
    loop = Loop(0, 0, 100, None)

    await supervise("intake", loop.run, backoff=BACKOFF)

    assert loop.starts == [0, 1, 3, 104]


async def test_readiness_is_passed_on_once(autojump_clock: MockClock) -> None:
    loop = Loop(5, 5, None)

    async with trio.open_nursery() as nursery:
        await nursery.start(supervise, "intake", loop.run)
        assert loop.starts == [0]


async def test_what_cannot_start_says_so() -> None:
    async def broken(*, task_status: trio.TaskStatus[None]) -> None:
        raise ZeroDivisionError

    with pytest.RaisesGroup(ZeroDivisionError):
        async with trio.open_nursery() as nursery:
            await nursery.start(supervise, "intake", broken)


async def test_cancelling_ends_it(autojump_clock: MockClock) -> None:
    loop = Loop(0, 0, 0)

    with trio.move_on_after(2) as scope:
        await supervise("intake", loop.run, backoff=BACKOFF)

    assert scope.cancelled_caught
    assert loop.starts == [0, 1]


async def test_a_crash_of_several_tasks_is_a_crash(autojump_clock: MockClock) -> None:
    starts = 0

    async def run(*, task_status: trio.TaskStatus[None]) -> None:
        nonlocal starts
        starts += 1
        task_status.started()
        if starts > 1:
            return
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.sleep_forever)
            raise ZeroDivisionError

    await supervise("intake", run, backoff=BACKOFF)

    assert starts == 2
