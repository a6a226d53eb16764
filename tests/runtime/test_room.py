"""Room: every byte is booked before it is written, and the budget holds whatever happens."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.errors import Unavailable
from smallfed.policy.rooming import Level, Stock
from smallfed.runtime.aside import Aside
from smallfed.runtime.room import Room


def new(*, budget: int | None = 1000, free: int = 10**9, reserve: int = 1000) -> Room:
    return Room(Path(), Aside(threads=False), budget=budget, reserve=reserve, look=lambda _: (free, 10**9))


async def test_a_copy_books_what_it_writes_and_keeps_what_stays() -> None:
    room = new()
    with room.book() as booking:
        assert booking.take(300)
        assert booking.take(200)
        under_way = room.stock
        booking.keep(250)

    assert under_way == Stock(coming=500)
    assert room.stock == Stock(kept=250)


async def test_what_fails_is_free_again() -> None:
    room = new()

    with pytest.raises(OSError, match="gone"), room.book() as booking:
        assert booking.take(900)
        raise OSError("gone")

    assert room.stock == Stock()


async def test_fetches_at_the_same_time_share_the_budget() -> None:
    room = new()
    with room.book() as one, room.book() as other:
        assert one.take(600)
        refused, smaller = other.take(600), other.take(400)

    assert (refused, smaller) == (False, True)


async def test_refusals_and_a_full_shelf_ring_for_eviction() -> None:
    room = new()
    with room.book() as booking:
        booking.take(960)
        booking.keep(960)
    full = await room.crowded.listen(0)
    with room.book() as booking:
        booking.take(100)
    refused = await room.crowded.listen(0)
    room.gone(500)

    assert (full, refused, await room.crowded.listen(0)) == (True, True, False)
    assert room.stock == Stock(kept=460)


async def test_a_disk_that_runs_full_stops_copies_then_uploads() -> None:
    """With what was booked since it was looked at taken off; and all goes on by itself."""
    free = 1500
    room = Room(Path(), Aside(threads=False), budget=None, reserve=1000, look=lambda _: (free, 10**9))
    await room.look()
    with room.book() as booking:
        booked = booking.take(500), booking.take(1)
    free = 800
    scarce = await room.look()
    room.expect(0)
    free = 400
    short = await room.look()
    with pytest.raises(Unavailable, match="Text can still be posted"):
        room.expect(0)
    free = 5000
    ample = await room.look()
    room.expect(0)

    assert booked == (True, False)
    assert (scarce, short, ample) == (Level.SCARCE, Level.SHORT, Level.AMPLE)
    assert room.may_cache


async def test_uploads_that_come_at_once_leave_what_text_needs() -> None:
    """What is expected counts until it came; the disk is looked at only now and then."""
    room = Room(Path(), Aside(threads=False), budget=None, reserve=1000, look=lambda _: (800, 10**9))
    await room.look()
    room.expect(200)
    with pytest.raises(Unavailable, match="Text can still be posted"):
        room.expect(101)
    room.expect(99)
    room.came(200)
    room.expect(201)
    with pytest.raises(Unavailable, match="Text can still be posted"):
        room.expect(1)

    assert room.level is Level.SCARCE


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["begin", "take", "keep", "fail", "gone", "own"]), st.integers(0, 5), st.integers(0, 600)
    ),
    max_size=40,
)


@given(STEPS, st.integers(0, 2000))
def test_never_above_the_budget(steps: Sequence[tuple[str, int, int]], budget: int) -> None:
    """In whatever order fetches begin, write, keep and fail. Only the owner's own files are never refused."""
    room = new(budget=budget)
    open_ = {}
    for what, which, size in steps:
        booking = open_.get(which)
        match what:
            case "begin" if booking is None:
                open_[which] = room.book()
            case "take" if booking is not None:
                booking.take(size)
            case "keep" if booking is not None:
                open_.pop(which).keep(size)
            case "fail" if booking is not None:
                open_.pop(which).__exit__(None, None, None)
            case "gone":
                room.gone(size)
            case "own":
                room.measured(own=min(size, max(0, budget - room.stock.copies)))
        assert room.stock.copies + room.stock.own <= budget
        assert min(room.stock.kept, room.stock.coming) >= 0
    for booking in open_.values():
        booking.__exit__(None, None, None)
    assert room.stock.coming == 0
