"""What stands out, and how that goes by."""

from datetime import timedelta

import pytest

from smallfed.policy.trending import post_score, tag_score


@pytest.mark.parametrize(
    ("people", "score"),
    [
        ([0, 0, 0, 0, 0, 0, 0], 0),
        ([2, 0, 0, 0, 0, 0, 0], 0),  # too few
        ([3, 0, 0, 0, 0, 0, 0], 3),
        ([0, 4, 0, 0, 0, 0, 0], 2),  # yesterday counts by half
        ([6, 0, 6, 6, 6, 6, 6], 3),  # as usual
        ([0, 0, 9, 9, 9, 9, 9], 0),  # over
    ],
)
def test_tags(people: list[int], score: float) -> None:
    assert tag_score(people) == pytest.approx(score)


@pytest.mark.parametrize(("people", "hours", "score"), [(1, 0, 0), (2, 0, 2), (8, 24, 4), (8, 48, 2), (8, -5, 8)])
def test_posts(people: int, hours: float, score: float) -> None:
    assert post_score(people, timedelta(hours=hours)) == pytest.approx(score)
