"""What comes within a moment is stored at once, and each is told what became of it."""

from collections.abc import Sequence

import pytest
import trio
from trio.testing import MockClock

from smallfed.errors import Unavailable
from smallfed.runtime.clock import Clock
from smallfed.runtime.together import Together

Said = dict[int, str]


class Shelf:
    """Stores numbers, but for what is in ``broken``: that takes down whatever comes with it."""

    def __init__(self, *broken: int) -> None:
        self.broken = set(broken)
        self.batches = list[list[int]]()
        self.together = Together[int, str](self._store, Clock(), seconds=0.1, most=1.0)

    async def _store(self, numbers: Sequence[int]) -> Sequence[str]:
        self.batches.append([*numbers])
        if self.broken & {*numbers}:
            raise ValueError("broken")
        return [f"stored {number}" for number in numbers]

    async def put(self, said: Said, number: int, *, after: float = 0.0) -> None:
        await trio.sleep(after)
        try:
            said[number] = await self.together.put(number)
        except (Unavailable, ValueError) as error:
            said[number] = type(error).__name__


async def test_each_hears_of_its_own(autojump_clock: MockClock) -> None:
    """Three come in one moment, a fourth later."""
    shelf, said = Shelf(), Said()

    async with trio.open_nursery() as nursery:
        for number in (1, 2, 3):
            nursery.start_soon(shelf.put, said, number)
        nursery.start_soon(lambda: shelf.put(said, 4, after=0.2))

    assert sorted(map(sorted, shelf.batches)) == [[1, 2, 3], [4]]
    assert said == {number: f"stored {number}" for number in (1, 2, 3, 4)}


async def test_the_more_comes_the_longer_it_waits(autojump_clock: MockClock) -> None:
    """Fifty a second end in a commit a second, whose answers come one by one; one now and then is stored soon."""
    shelf, said = Shelf(), Said()
    moments = list[float]()

    async def put(number: int, after: float) -> None:
        await shelf.put(said, number, after=after)
        moments.append(trio.current_time())

    async with trio.open_nursery() as nursery:
        for number in range(500):
            nursery.start_soon(put, number, 1 + number / 50)
        nursery.start_soon(put, 500, 20.0)
        nursery.start_soon(put, 501, 30.0)

    sizes = list(map(len, shelf.batches))
    assert sizes[0] <= 6
    assert all(45 <= size <= 55 for size in sizes[6:-3]), sizes
    assert sizes[-2:] == [1, 1]
    assert (len(said), len(set(moments))) == (502, 502)


async def test_who_comes_with_what_cannot_be_stored(autojump_clock: MockClock) -> None:
    """All are told, nobody waits for ever, and what comes next is stored."""
    shelf, said = Shelf(2), Said()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(shelf.put, said, 2)
        nursery.start_soon(lambda: shelf.put(said, 1, after=0.05))
        nursery.start_soon(lambda: shelf.put(said, 3, after=0.2))

    assert said == {2: "ValueError", 1: "Unavailable", 3: "stored 3"}


async def test_whoever_leaves_leaves_nobody_behind(autojump_clock: MockClock) -> None:
    """The first to come is cancelled: what it brought is stored, and what came with it."""
    shelf, said = Shelf(), Said()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(lambda: shelf.put(said, 2, after=0.08))
        with trio.move_on_after(0.01):
            await shelf.put(said, 1)

    assert shelf.batches == [[1, 2]]
    assert said[2] == "stored 2"


async def test_a_database_that_is_shut(autojump_clock: MockClock) -> None:
    """Nobody is told that something was stored."""

    async def refuse(numbers: Sequence[int]) -> Sequence[str]:
        raise Unavailable("shutting down")

    together = Together[int, str](refuse, Clock(), seconds=0.1, most=1.0)

    with pytest.raises(Unavailable):
        await together.put(1)
