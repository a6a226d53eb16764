"""When the disk will be full."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.policy.forecasting import Stock, days_left, trend

STEADY = {day: 100 * day for day in range(10)}


@pytest.mark.parametrize(
    ("past", "slope"),
    [
        ({}, None),
        ({1: 5, 2: 6, 3: 7}, None),  # too few days
        (STEADY, 100),
        (STEADY | {5: 90_000}, 100),  # one day with something odd turns nothing
        (dict.fromkeys(range(10), 7), 0),
        ({day: -3 * day for day in range(10)}, -3),
        ({0: 0, 2: 200, 8: 800, 9: 900}, 100),  # days on which nobody measured
        ({day: 10**9 if day < 50 else day for day in range(80)}, 1),  # what was long ago does not count
    ],
)
def test_the_trend(past: dict[int, int], slope: float | None) -> None:
    assert trend(past) == slope


@pytest.mark.parametrize(
    ("free", "stocks", "days"),
    [
        (1000, [Stock(now=0, past=STEADY)], 10),
        (0, [Stock(now=0, past=STEADY)], 0),
        (-5, [Stock(now=0, past=STEADY)], 0),
        (1000, [Stock(now=0, past={})], None),
        (1000, [Stock(now=0, past=dict.fromkeys(range(9), 0))], None),
        (10**9, [Stock(now=0, past=STEADY)], None),  # far away
        (1000, [Stock(now=0, past=STEADY), Stock(now=0, past=STEADY)], 5),
        (1000, [Stock(now=0, past=STEADY), Stock(now=0, past=STEADY, most=200)], 8),  # the second stops after two days
        (1000, [Stock(now=500, past=STEADY, most=600)], None),  # it may not grow so far
        (1000, [Stock(now=900, past=STEADY, most=600), Stock(now=0, past=STEADY)], 10),
    ],
)
def test_days_left(free: int, stocks: list[Stock], days: int | None) -> None:
    assert days_left(free, stocks) == days


@given(st.integers(0, 10**6), st.lists(st.tuples(st.integers(1, 500), st.none() | st.integers(0, 10**5)), min_size=1))
def test_nothing_is_full_before_its_day_nor_long_after(free: int, growing: list[tuple[int, int | None]]) -> None:
    """Checked by letting the days pass one by one."""
    stocks = [Stock(now=0, past={d: slope * d for d in range(5)}, most=most) for slope, most in growing]

    found = days_left(free, stocks)

    def taken(days: int) -> float:
        return sum(slope * days if most is None else min(most, slope * days) for slope, most in growing)

    if found is not None:
        assert taken(found - 1) <= free <= taken(found + 1)
    else:
        assert taken(3650) <= free
