"""For when a post may be put off, and what is a draft."""

from datetime import UTC, datetime, timedelta

import pytest

from smallfed.policy.scheduling import DRAFT, MOST, MOST_A_DAY, SOONEST, Books, is_draft, objection

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NONE = Books(total=0, that_day=0)


@pytest.mark.parametrize(
    ("at", "draft"),
    [
        (DRAFT, True),
        (datetime.fromisoformat("2100-01-01T00:00:00+14:00"), True),
        (datetime.fromisoformat("2099-12-31T23:59:59+14:00"), False),
        (datetime.fromisoformat("2100-12-31T23:59:59-12:00"), True),
        (NOW + timedelta(days=3650), False),
    ],
)
def test_the_year_2100_means_a_draft(at: datetime, draft: bool) -> None:
    """By whichever clock on Earth the app has gone."""
    assert is_draft(at) is draft


@pytest.mark.parametrize(
    ("at", "others", "objects"),
    [
        (NOW + SOONEST, NONE, False),
        (NOW + SOONEST - timedelta(milliseconds=1), NONE, True),
        (NOW - timedelta(days=1), NONE, True),
        (NOW + SOONEST, Books(total=MOST - 1, that_day=MOST_A_DAY - 1), False),
        (NOW + SOONEST, Books(total=MOST, that_day=0), True),
        (NOW + SOONEST, Books(total=MOST_A_DAY, that_day=MOST_A_DAY), True),
        (DRAFT, Books(total=MOST - 1, that_day=MOST - 1), False),
        (DRAFT, Books(total=MOST, that_day=0), True),
    ],
)
def test_limits(at: datetime, others: Books, objects: bool) -> None:
    """Five minutes, as many in all, and as many a day, but for drafts, which have no day."""
    assert (objection(at, NOW, others) is not None) is objects
