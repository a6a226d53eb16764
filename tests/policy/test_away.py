"""Away: when something may have been missed."""

from datetime import UTC, datetime, timedelta

import pytest

from smallfed.policy.away import BEAT, FAR, NOTICEABLE, WAITS, again, farthest_due, since

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MONTH = timedelta(days=30)


@pytest.mark.parametrize(
    ("ago", "expected", "away_for"),
    [
        (None, timedelta(0), None),  # the first start of all
        (timedelta(0), timedelta(0), None),
        (NOTICEABLE - timedelta(seconds=1), timedelta(0), None),
        (NOTICEABLE, timedelta(0), NOTICEABLE),
        (BEAT, BEAT, None),
        (BEAT + NOTICEABLE, BEAT, BEAT + NOTICEABLE),  # asleep while running
        (timedelta(days=4), timedelta(0), timedelta(days=4)),
        (timedelta(days=400), timedelta(0), MONTH),  # or a clock that was wrong
        (timedelta(days=-400), timedelta(0), None),  # a clock that was set back
    ],
)
def test_since_when_we_were_away(ago: timedelta | None, expected: timedelta, away_for: timedelta | None) -> None:
    found = since(None if ago is None else NOW - ago, NOW, expected=expected, farthest=MONTH)

    assert found == (None if away_for is None else NOW - away_for)


def test_a_server_that_fails_is_asked_ever_more_rarely_then_no_more() -> None:
    assert [again(attempts) for attempts in range(1, 7)] == [*WAITS, None]


@pytest.mark.parametrize(
    ("beat", "due"),
    [
        (None, NOW + FAR),
        (NOW - timedelta(days=400), NOW + FAR),
        (NOW + timedelta(minutes=50), NOW + FAR),  # set right, as time servers do
        (NOW + timedelta(minutes=70), NOW),
        (NOW + timedelta(days=400), NOW),
    ],
)
def test_nothing_waits_for_a_time_that_a_wrong_clock_has_shown(beat: datetime | None, due: datetime) -> None:
    assert farthest_due(beat, NOW) == due
