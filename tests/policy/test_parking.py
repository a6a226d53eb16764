"""What becomes of an activity that cannot be finished now."""

from datetime import timedelta

import pytest

from smallfed.domain.refused import Refused
from smallfed.errors import Forbidden, Gone, Invalid, Malformed, NotFound, TooLarge, TooMany, Unavailable, Unreachable
from smallfed.policy.parking import BUGS, PATIENCE, WAITS, judge

FRESH = timedelta(0)


@pytest.mark.parametrize("kind", [NotFound, Gone, Invalid, Malformed, Forbidden, TooLarge])
def test_what_is_final(kind: type[NotFound]) -> None:
    assert judge(kind("because"), attempts=1, age=FRESH) == Refused("because")


@pytest.mark.parametrize("trouble", [Unreachable("down"), Unavailable("full"), TooMany("busy", retry_after=1)])
def test_what_passes_is_waited_for(trouble: Unreachable) -> None:
    waits = [judge(trouble, attempts=attempts, age=FRESH) for attempts in range(1, 12)]

    assert waits == [*WAITS, *[WAITS[-1]] * 3]
    assert judge(trouble, attempts=3, age=PATIENCE) == Refused(f"For three days: {trouble.message}")


def test_who_says_when_is_asked_then() -> None:
    assert judge(TooMany("busy", retry_after=7200), attempts=1, age=FRESH) == timedelta(hours=2)


def test_bugs_of_ours_are_tried_a_few_times() -> None:
    decisions = [judge(KeyError("x"), attempts=attempts, age=FRESH) for attempts in range(1, BUGS + 1)]

    assert decisions == [*WAITS[: BUGS - 1], Refused("KeyError('x'), 5 times.")]
