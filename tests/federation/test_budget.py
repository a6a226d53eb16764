"""How often one host, or one address, may knock at the inbox."""

import pytest
from trio.testing import MockClock

from smallfed.errors import TooMany
from smallfed.federation.budget import REMEMBERED, Budget
from smallfed.runtime.clock import Clock


@pytest.fixture
def mock_clock() -> MockClock:
    return MockClock()


async def test_a_bucket_empties_and_refills_steadily(mock_clock: MockClock) -> None:
    budget = Budget(Clock(), enabled=True, rate=2, burst=3)

    for _ in range(3):
        budget.spend("far.example")
    with pytest.raises(TooMany) as refused:
        budget.spend("far.example")
    mock_clock.jump(0.5)
    budget.spend("far.example")

    assert refused.value.retry_after == 0.5
    with pytest.raises(TooMany):
        budget.spend("far.example")
    budget.spend("other.example")


async def test_who_is_refused_pays_nothing_and_nobody_saves_more_than_a_bucket(mock_clock: MockClock) -> None:
    budget = Budget(Clock(), enabled=True, rate=1, burst=1)
    budget.spend("far.example")
    for _ in range(5):
        with pytest.raises(TooMany):
            budget.spend("far.example")

    mock_clock.jump(1000)
    budget.spend("far.example")

    with pytest.raises(TooMany):
        budget.spend("far.example")


async def test_switched_off_it_refuses_nobody() -> None:
    budget = Budget(Clock(), enabled=False, rate=1, burst=1)

    for _ in range(10):
        budget.spend("far.example")


async def test_it_remembers_so_many_and_no_more() -> None:
    budget = Budget(Clock(), enabled=True, rate=0.001, burst=1)
    budget.spend("first.example")
    for number in range(REMEMBERED):
        budget.spend(f"{number}.example")

    budget.spend("first.example")

    with pytest.raises(TooMany):
        budget.spend(f"{REMEMBERED - 1}.example")
