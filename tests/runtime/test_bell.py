"""A bell loops listen to."""

import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smallfed.runtime.bell import Bell


async def test_a_ring_wakes_the_listener_at_once(autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    bell = Bell()
    heard: list[tuple[bool, float]] = []

    async def listen() -> None:
        heard.append((await bell.listen(60), trio.current_time()))

    nursery.start_soon(listen)
    await trio.sleep(5)
    bell.ring()
    await wait_all_tasks_blocked()

    assert heard == [(True, 5.0)]


async def test_without_a_ring_the_listener_returns_in_time(autojump_clock: MockClock) -> None:
    bell = Bell()

    heard = await bell.listen(60)

    assert (heard, trio.current_time()) == (False, 60.0)


async def test_a_ring_before_listening_is_kept_once(autojump_clock: MockClock) -> None:
    bell = Bell()
    bell.ring()
    bell.ring()

    heard = [await bell.listen(60), await bell.listen(60)]

    assert (heard, trio.current_time()) == ([True, False], 60.0)


async def test_a_ring_while_a_listener_works_is_kept(autojump_clock: MockClock) -> None:
    bell = Bell()
    bell.ring()

    await bell.listen(60)
    bell.ring()

    assert await bell.listen(60) is True


async def test_one_ring_wakes_all_listeners(autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    bell = Bell()
    heard: list[bool] = []

    async def listen() -> None:
        heard.append(await bell.listen(60))

    for _ in range(3):
        nursery.start_soon(listen)
    await wait_all_tasks_blocked()
    bell.ring()
    await wait_all_tasks_blocked()

    assert heard == [True, True, True]


async def test_a_ring_between_the_waking_of_two_listeners_is_not_lost(nursery: trio.Nursery) -> None:
    bell = Bell()

    async def listen_and_ring() -> None:
        await bell.listen(60)
        bell.ring()

    nursery.start_soon(listen_and_ring)
    nursery.start_soon(bell.listen, 60)
    await wait_all_tasks_blocked()
    bell.ring()
    await wait_all_tasks_blocked()

    assert await bell.listen(0) is True


async def test_a_cancelled_listener_takes_no_ring_with_it(autojump_clock: MockClock) -> None:
    bell = Bell()

    with trio.CancelScope() as scope:
        scope.cancel()
        bell.ring()
        await bell.listen(60)

    assert scope.cancelled_caught
    assert await bell.listen(60) is True


async def test_listening_for_no_time_is_a_look(autojump_clock: MockClock) -> None:
    bell = Bell()

    assert await bell.listen(-1) is False
