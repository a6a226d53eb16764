"""How long a bucket that failed is left alone."""

import pytest

from smallfed.policy.transferring import BREAK, LONGEST, rest, wait


@pytest.mark.parametrize(
    ("attempt", "dice", "seconds"),
    [(1, 0.0, 5.0), (2, 0.0, 10.0), (2, 0.5, 11.25), (10, 0.0, 2560.0), (11, 0.0, LONGEST), (10_000, 0.0, LONGEST)],
)
def test_a_file_waits_ever_longer_but_never_more_than_an_hour_and_a_bit(
    attempt: int, dice: float, seconds: float
) -> None:
    assert wait(attempt, dice) == seconds


@pytest.mark.parametrize(("failures", "seconds"), [(1, 1.0), (2, 2.0), (9, 256.0), (10, BREAK), (10_000, BREAK)])
def test_the_bucket_as_a_whole_rests_for_minutes_at_most(failures: int, seconds: float) -> None:
    assert rest(failures) == seconds
