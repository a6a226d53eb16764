"""Dates: what HTTP writes, read strictly."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.errors import Malformed
from smallfed.protocol.signatures import dates


def test_a_moment_is_written_in_gmt() -> None:
    moment = datetime(2026, 11, 23, 3, 4, 5, tzinfo=timezone(timedelta(hours=1)))

    assert dates.write(moment) == "Mon, 23 Nov 2026 02:04:05 GMT"


@given(st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(microsecond=0)))
def test_moments_come_back(moment: datetime) -> None:
    assert dates.read(dates.write(moment)) == moment


@pytest.mark.parametrize(
    "text", ["Mon, 23 Nov 2026 02:04:05 UTC", "Mon, 23 Nov 2026 02:04:05 +0000", "23 nov 2026 02:04:05 GMT"]
)
def test_ways_of_writing_that_are_taken(text: str) -> None:
    assert dates.read(text) == datetime(2026, 11, 23, 2, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-11-23T02:04:05Z",
        "Mon, 23 Nov 2026 02:04:05 CET",
        "Mon, 23 Nov 2026 02:04:05",
        "Mon, 23 Nox 2026 02:04:05 GMT",
        "Mon, 31 Feb 2026 02:04:05 GMT",
        "Mon, 23 Nov 2026 24:04:05 GMT",
        "Mon, 23 Nov 2026 02:04:05 GMT, Mon, 23 Nov 2026 02:04:05 GMT",
        "Mon, 23 Nov 2026 02:04:05 GMT\n",
        "Mon, ２３ Nov 2026 02:04:05 GMT",
    ],
)
def test_what_is_not_a_date_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        dates.read(text)


def test_seconds() -> None:
    assert dates.from_seconds(1_795_399_200) == datetime(2026, 11, 23, 2, tzinfo=UTC)
    for beyond in (999_999_999_999_999, -999_999_999_999_999):
        with pytest.raises(Malformed):
            dates.from_seconds(beyond)
