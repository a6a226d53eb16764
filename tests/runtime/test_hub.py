"""The hub: order, bells, and listeners that do not keep up."""

import trio
from trio.testing import wait_all_tasks_blocked

from smallfed.domain.events import Event
from smallfed.runtime.bell import Bell
from smallfed.runtime.hub import Hub


class Happened(Event):
    """Something happened."""

    n: int


class Other(Event):
    """Something else happened."""


def happened(*numbers: int) -> list[Event]:
    return [Happened(n=n) for n in numbers]


async def test_everybody_hears_everything_in_order() -> None:
    hub = Hub()
    heard: list[list[Event]] = [[], []]

    async def listen(to: list[Event]) -> None:
        with hub.subscribe() as events:
            async for event in events:
                to.append(event)  # noqa: PERF401 - it must be there at once

    async with trio.open_nursery() as nursery:
        for to in heard:
            nursery.start_soon(listen, to)
        await wait_all_tasks_blocked()
        hub.publish(happened(1, 2))
        hub.publish(happened(3))
        await wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()

    assert heard == [happened(1, 2, 3)] * 2


async def test_who_does_not_keep_up_is_left_behind_alone() -> None:
    """It still gets, without a gap, what there was room for; the others get everything."""
    hub = Hub()
    with hub.subscribe(2) as slow, hub.subscribe(10) as quick:
        hub.publish(happened(1))
        hub.publish(happened(2, 3, 4))
        hub.publish(happened(5))

        assert [event async for event in slow] == happened(1, 2)
        assert (slow.behind, quick.behind) == (True, False)
        assert [await anext(quick) for _ in range(5)] == happened(1, 2, 3, 4, 5)


async def test_who_has_left_is_forgotten() -> None:
    hub = Hub()
    with hub.subscribe() as events:
        pass

    hub.publish(happened(1))

    assert [event async for event in events] == []


async def test_bells_are_rung_for_their_kind() -> None:
    hub = Hub()
    mine, other, every = Bell(), Bell(), Bell()
    hub.on(Happened, mine)
    hub.on(Other, other)
    hub.on(Event, every)

    hub.publish(happened(1, 2))

    assert [await bell.listen(0) for bell in (mine, other, every)] == [True, False, True]
    assert not await mine.listen(0)


async def test_who_listens_to_some_kinds_has_no_place_taken_by_others() -> None:
    hub = Hub()
    events = hub.begin(2, {Happened})

    hub.publish([Other(), *happened(1), Other(), *happened(2)])

    assert await events.some(10) == happened(1, 2)
    hub.publish(happened(3, 4, 5))
    assert [await events.some(1), await events.some(10), await events.some(10)] == [happened(3), happened(4), []]
    assert events.behind


async def test_an_ended_one_gives_nothing_more() -> None:
    hub = Hub()
    events = hub.begin()

    hub.end(events)
    hub.publish(happened(1))

    assert await events.some(10) == []
