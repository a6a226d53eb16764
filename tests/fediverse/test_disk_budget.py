"""A week of pictures under a budget: never above it, and all that is the owner's or that the owner touched is there.

The same at full size, 5,000 pictures a day under 1 GB, is ``python -m tests.simulate_media``.
"""

from trio.testing import MockClock

from tests.simulate_media import MB, simulate, table


async def test_a_week_under_a_budget(autojump_clock: MockClock) -> None:
    """In every hour of it; what is evicted is what is worth least, and what goes is fetched again when it is wanted."""
    outcome = await simulate(pictures=120, budget=24 * MB)

    said = table(outcome)
    assert len(outcome.days) == 7
    assert [day.came for day in outcome.days] == [120] * 7, said
    assert max(day.most for day in outcome.days) <= outcome.budget, said
    assert outcome.touched > 0
    assert (outcome.whole, outcome.own_lost) == (outcome.touched, 0), said
    assert all(day.own + day.touched + day.followed + day.stranger <= day.most for day in outcome.days), said
    assert sum(day.evicted for day in outcome.days) > 400, said
    assert sum(day.passed_on for day in outcome.days) < 20, said  # it makes room before there is none
    assert min(day.hits + day.misses for day in outcome.days[1:]) > 0, said
