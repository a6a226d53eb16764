"""Whether there is room."""

import pytest

from smallfed.policy.rooming import Level, Stock, allowance, excess, fits, level, pressure

AMPLE, SCARCE, SHORT = Level


@pytest.mark.parametrize(
    ("free", "before", "found"),
    [
        (1000, AMPLE, AMPLE),
        (999, AMPLE, SCARCE),
        (500, AMPLE, SCARCE),
        (499, AMPLE, SHORT),
        (0, AMPLE, SHORT),
        (1050, SCARCE, SCARCE),  # not back at once
        (1100, SCARCE, AMPLE),
        (520, SHORT, SHORT),
        (550, SHORT, SCARCE),
        (1050, SHORT, SCARCE),
        (5000, SHORT, AMPLE),
        (520, SCARCE, SCARCE),
    ],
)
def test_levels(free: int, before: Level, found: Level) -> None:
    """Of a reserve of 1000 bytes."""
    assert level(free, 1000, before) is found


@pytest.mark.parametrize(
    ("budget", "stock", "more", "ok"),
    [
        (1000, Stock(own=400, kept=500), 100, True),
        (1000, Stock(own=400, kept=500), 101, False),
        (1000, Stock(own=400, kept=400, coming=100), 101, False),  # others are on their way
        (1000, Stock(own=1400), 1, False),
        (None, Stock(own=1400, kept=10**15), 10**15, True),
    ],
)
def test_the_budget_counts_everything(budget: int | None, stock: Stock, more: int, ok: bool) -> None:
    assert fits(more, stock, budget) is ok


@pytest.mark.parametrize(
    ("budget", "stock", "bytes_"),
    [
        (1000, Stock(kept=950), 0),
        (1000, Stock(kept=951), 51),
        (1000, Stock(own=500, kept=476), 26),
        (1000, Stock(own=2000, kept=300), 300),  # the owner's files leave no room for any
        (1000, Stock(kept=900, coming=60), 60),
        (None, Stock(kept=10**15), 0),
    ],
)
def test_what_is_too_much(budget: int | None, stock: Stock, bytes_: int) -> None:
    assert excess(stock, budget) == bytes_
    assert allowance(budget, stock.own) == (None if budget is None else max(0, budget - stock.own))


def test_pressure_ends_where_there_is_ample_room_again() -> None:
    assert pressure(700, 1000, AMPLE) == 0
    assert pressure(700, 1000, SCARCE) == 401
    assert level(700 + pressure(700, 1000, SCARCE), 1000, SCARCE) is AMPLE
