"""Places for requests in flight, in virtual time."""

import random
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio
from trio.testing import MockClock

from smallfed.runtime.places import Places

Done = dict[str, float]


@asynccontextmanager
async def place(places: Places, host: str) -> AsyncIterator[None]:
    """Hold a place."""
    ticket = await places.take(host)
    try:
        yield
    finally:
        places.leave(ticket)


async def visit(places: Places, host: str, seconds: float, done: Done) -> None:
    """Talk to a host for some seconds and note when it is over."""
    async with place(places, host):
        await trio.sleep(seconds)
    done[host] = trio.current_time()


async def visits(places: Places, slow: int, healthy: int) -> Done:
    """Talk to slow and healthy hosts at once, and return when the healthy ones were done, counted from now."""
    done: Done = {}
    began = trio.current_time()
    async with trio.open_nursery() as nursery:
        for number in range(slow):
            nursery.start_soon(visit, places, f"slow{number}", 30, done)
        await trio.testing.wait_all_tasks_blocked()
        for number in range(healthy):
            nursery.start_soon(visit, places, f"healthy{number}", 0.02, done)
    return {host: moment - began for host, moment in done.items() if host.startswith("healthy")}


async def test_two_requests_at_a_time_to_one_host_in_the_order_of_asking(autojump_clock: MockClock) -> None:
    places, order = Places(), list[tuple[int, float]]()

    async def ask(number: int) -> None:
        async with place(places, "one.example"):
            order.append((number, trio.current_time()))
            await trio.sleep(5)

    async with trio.open_nursery() as nursery:
        for number in range(5):
            nursery.start_soon(ask, number)
            await trio.testing.wait_all_tasks_blocked()

    assert sorted(order) == [(0, 0.0), (1, 0.0), (2, 5.0), (3, 5.0), (4, 10.0)]


async def test_who_waits_for_its_host_takes_no_place_from_others(autojump_clock: MockClock) -> None:
    places, done = Places(working=2, waiting=2), Done()

    async with trio.open_nursery() as nursery:
        for _ in range(40):
            nursery.start_soon(visit, places, "busy.example", 0.5, Done())
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(visit, places, "free.example", 0.01, done)

    assert done == {"free.example": pytest.approx(0.06)}


async def test_a_hundred_slow_hosts_that_are_known_delay_healthy_ones_not_at_all(autojump_clock: MockClock) -> None:
    places = Places()
    await visits(places, slow=100, healthy=0)

    crowded = await visits(places, slow=100, healthy=30)

    assert crowded == {f"healthy{number}": pytest.approx(0.02) for number in range(30)}


async def test_a_hundred_slow_hosts_never_seen_before_delay_healthy_ones_by_a_blink(autojump_clock: MockClock) -> None:
    crowded = await visits(Places(), slow=100, healthy=30)

    assert len(crowded) == 30
    assert max(crowded.values()) < 0.25


async def test_without_the_early_move_the_first_second_is_the_bound(autojump_clock: MockClock) -> None:
    crowded = await visits(Places(pressed=1.0), slow=100, healthy=28)

    assert list(crowded.values()) == pytest.approx([3.02] * 28)


async def test_a_host_that_became_fast_begins_on_a_working_place_again(autojump_clock: MockClock) -> None:
    places = Places(working=1, waiting=2, per_host=1)
    for seconds in (30, 0.1):
        await visit(places, "moody.example", seconds, Done())

    async with place(places, "moody.example"):
        began = trio.current_time()
        async with place(places, "other.example"):
            waited = trio.current_time() - began

    assert waited == pytest.approx(0.05)


async def test_when_every_place_is_taken_the_next_waits_for_one(autojump_clock: MockClock) -> None:
    places, done = Places(working=2, waiting=3), Done()

    async with trio.open_nursery() as nursery:
        for number in range(5):
            nursery.start_soon(visit, places, f"slow{number}", 30 + number, Done())
            await trio.sleep(0.1)
        nursery.start_soon(visit, places, "healthy.example", 1, done)
        await trio.sleep(15)
        in_flight = places.in_flight

    assert in_flight == 5
    assert done == {"healthy.example": pytest.approx(31)}


async def test_known_slow_hosts_never_take_all_waiting_places(autojump_clock: MockClock) -> None:
    places = Places(working=2, waiting=6)
    await visits(places, slow=20, healthy=0)

    crowded = await visits(places, slow=20, healthy=2)

    assert crowded == {"healthy0": pytest.approx(0.02), "healthy1": pytest.approx(0.02)}


async def test_a_cancelled_request_leaves_nothing_behind(autojump_clock: MockClock) -> None:
    places, done = Places(working=1, waiting=1, per_host=1), Done()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(visit, places, "a.example", 60, Done())
        nursery.start_soon(visit, places, "b.example", 60, Done())
        await trio.sleep(5)
        for host in ("a.example", "c.example", "c.example", "d.example"):
            with trio.move_on_after(3) as scope:
                await visit(places, host, 1, done)
            assert scope.cancelled_caught
        nursery.cancel_scope.cancel()
    await visit(places, "c.example", 1, done)

    assert (places.in_flight, list(done)) == (0, ["c.example"])
    assert places.hosts == 0


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_is_cancelled_the_limits_hold_and_all_places_come_back(
    seed: int, autojump_clock: MockClock
) -> None:
    places, dice = Places(working=3, waiting=5), random.Random(seed)
    most: dict[str, int] = defaultdict(int)
    running: dict[str, int] = defaultdict(int)

    async def visit_and_count(host: str, seconds: float, patience: float) -> None:
        with trio.move_on_after(patience):
            async with place(places, host):
                for key in (host, "all"):
                    running[key] += 1
                    most[key] = max(most[key], running[key])
                try:
                    await trio.sleep(seconds)
                finally:
                    running[host] -= 1
                    running["all"] -= 1

    async with trio.open_nursery() as nursery:
        for _ in range(300):
            host = f"{dice.randrange(12)}.example"
            nursery.start_soon(visit_and_count, host, dice.choice([0.01, 0.2, 4]), dice.choice([0.1, 1, 30, 9999]))
            await trio.sleep(dice.choice([0, 0, 0.02]))

    assert most.pop("all") == 8
    assert max(most.values()) == 2
    assert (places.in_flight, places.hosts) == (0, 0)


async def test_memory_of_slow_hosts_is_bounded(autojump_clock: MockClock) -> None:
    places = Places(remembered=2, working=1, waiting=2)
    for host in ("a", "b", "c"):
        await visit(places, host, 30, Done())

    assert [places.is_slow(host) for host in ("a", "b", "c")] == [False, True, True]
