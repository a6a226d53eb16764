"""Walking a list finds every post that was there at the beginning, exactly once."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smallfed.store.paging import Page, cut
from smallfed.store.tx import Tx
from tests import world


def put(tx: Tx, *numbers: int) -> None:
    """Store rows that have nothing but an id, as far as there are none."""
    for number in numbers:
        tx.run("INSERT OR IGNORE INTO domain_blocks (id, domain, created_at) VALUES (?, ?, 0)", number, f"d{number}")


def page(tx: Tx, wanted: Page) -> list[int]:
    """Return the ids of a page."""
    return [number for (number,) in cut(tx, "SELECT id FROM domain_blocks WHERE 1", {}, wanted, by="id")]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Page(limit=3), [9, 8, 7]),
        (Page(limit=3, max_id=8), [7, 6, 5]),
        (Page(limit=3, since_id=4), [9, 8, 7]),
        (Page(limit=3, since_id=7), [9, 8]),
        (Page(limit=3, min_id=4), [7, 6, 5]),
        (Page(limit=3, min_id=7), [9, 8]),
        (Page(limit=3, min_id=2, max_id=5), [4, 3]),
        (Page(limit=3, min_id=2, since_id=5, max_id=9), [8, 7, 6]),
        (Page(limit=3, max_id=1), []),
    ],
)
def test_page(tx: Tx, wanted: Page, found: list[int]) -> None:
    """Bounds are exclusive; the newest come first, but ``min_id`` takes those just above it."""
    put(tx, *range(1, 10))

    assert page(tx, wanted) == found


def walk_down(tx: Tx, limit: int, arrivals: list[list[int]]) -> Iterator[int]:
    """Walk by max_id as a client does, while others arrive."""
    lowest: int | None = None
    while found := page(tx, Page(limit=limit, max_id=lowest)):
        yield from found
        lowest = found[-1]
        put(tx, *(arrivals.pop() if arrivals else []))


def walk_up(tx: Tx, limit: int, arrivals: list[list[int]]) -> Iterator[int]:
    """Walk by min_id as a client does, while others arrive."""
    highest = 0
    while found := page(tx, Page(limit=limit, min_id=highest)):
        yield from found
        highest = found[0]
        put(tx, *(arrivals.pop() if arrivals else []))


numbers = st.integers(1, 200)


@settings(max_examples=60, deadline=None)
@given(
    there=st.sets(numbers, max_size=40),
    arrivals=st.lists(st.lists(numbers, max_size=8), max_size=8),
    limit=st.integers(1, 9),
    down=st.booleans(),
)
def test_everything_is_found_once(there: set[int], arrivals: list[list[int]], limit: int, down: bool) -> None:
    """Whatever arrives during the walk neither shifts nor repeats what was there."""
    tx = world.empty_tx()
    put(tx, *there)

    walked = list((walk_down if down else walk_up)(tx, limit, arrivals))

    assert len(walked) == len(set(walked))
    assert there <= set(walked)
