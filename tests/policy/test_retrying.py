"""Retrying: what answers mean, how long to wait, whose failure a silence is."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.policy.retrying import (
    DAY,
    DENIALS,
    HOUR,
    LONGEST_ASKED,
    OPEN_AFTER,
    PATIENCE,
    WAITS,
    Blame,
    Decision,
    Fault,
    GiveUp,
    OtherScheme,
    Reply,
    Retry,
    Sent,
    Silence,
    blame,
    judge,
    onward,
    rest,
    retry_after,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_the_schedule_lasts_eight_days() -> None:
    assert list(WAITS[:9]) == [30, 120, 480, 1800, 2 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 48 * HOUR]
    assert list(WAITS[9:]) == [48 * HOUR, 48 * HOUR]
    assert PATIENCE == 188 * HOUR + 2430


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        *[(status, Sent(f"HTTP {status}")) for status in (200, 201, 202, 204)],
        *[(status, OtherScheme()) for status in (400, 401)],
        *[
            (status, GiveUp(f"HTTP {status}"))
            for status in (301, 302, 303, 304, 307, 308, 403, 404, 405, 406, 409, 413, 415, 422, 451, 501)
        ],
        (410, GiveUp("HTTP 410", gone=True)),
        *[(status, Retry(30.0, f"HTTP {status}")) for status in (408, 425, 429, 500, 502, 503, 504, 520, 599)],
    ],
)
def test_the_first_answer(status: int, expected: Decision | OtherScheme) -> None:
    assert judge(Reply(status), attempt=1, dice=0.0) == expected


@pytest.mark.parametrize(
    ("status", "known", "knocked", "denials", "expected"),
    [
        (400, False, False, 0, OtherScheme()),
        (400, True, False, 0, GiveUp("HTTP 400")),  # we know that the signature was not the matter
        (400, False, True, 0, GiveUp("HTTP 400")),
        (401, True, False, 0, OtherScheme()),
        (401, True, True, 0, Retry(30.0, "HTTP 401")),
        (401, False, True, DENIALS - 1, Retry(30.0, "HTTP 401")),
        (401, False, False, DENIALS, OtherScheme()),
        (401, False, True, DENIALS, GiveUp("HTTP 401, whichever way it is signed")),
        (403, False, False, 0, GiveUp("HTTP 403")),
        (202, False, True, DENIALS, Sent("HTTP 202")),
    ],
)
def test_knocking_twice(
    status: int, known: bool, knocked: bool, denials: int, expected: Decision | OtherScheme
) -> None:
    assert judge(Reply(status), attempt=1, dice=0.0, denials=denials, knocked=knocked, known=known) == expected


@pytest.mark.parametrize(
    ("answer", "attempt", "expected"),
    [
        (Silence("no name"), 1, Retry(30.0, "no name")),
        (Fault("a bug"), 2, Retry(120.0, "a bug")),
        (Fault("not a URL", final=True), 1, GiveUp("not a URL")),
        (Reply(500), 11, Retry(48 * HOUR, "HTTP 500")),
        (Reply(500), 12, GiveUp("HTTP 500, 12 times")),
        (Reply(503, retry_after=3600.0), 1, Retry(3600.0, "HTTP 503", rest=3600.0)),
        (Reply(503, retry_after=1.0), 1, Retry(30.0, "HTTP 503", rest=1.0)),
        (Reply(429, retry_after=1e9), 1, Retry(LONGEST_ASKED, "HTTP 429", rest=LONGEST_ASKED)),
    ],
)
def test_waiting(answer: Reply | Silence | Fault, attempt: int, expected: Decision) -> None:
    assert judge(answer, attempt=attempt, dice=0.0) == expected


replies = st.builds(
    Reply, st.integers(100, 999), st.none() | st.floats(0, allow_nan=False), st.none() | st.text(max_size=20)
)


@given(replies | st.builds(Silence, st.text(max_size=5)), st.integers(1, 40), st.floats(0, 1, exclude_max=True))
def test_every_wait_is_bounded(answer: Reply | Silence, attempt: int, dice: float) -> None:
    match judge(answer, attempt=attempt, dice=dice, knocked=True):
        case Retry(wait=wait, rest=resting):
            planned = WAITS[attempt - 1]
            assert attempt <= len(WAITS)
            assert planned <= wait <= max(planned * 1.25, LONGEST_ASKED)
            assert resting <= min(wait, LONGEST_ASKED)
        case Sent():
            assert isinstance(answer, Reply)
            assert answer.status // 100 == 2
        case decision:
            assert isinstance(decision, GiveUp)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sun, 01 Mar 2026 12:05:00 GMT", 300.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("Sun, 01 Mar 2026 12:05:00 -0000", 300.0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("9" * 400, 999999999999.0),
    ],
)
def test_reading_retry_after(value: str | None, expected: float | None) -> None:
    assert retry_after(value, now=NOW) == expected


@given(st.text())
def test_any_retry_after_can_be_read(value: str) -> None:
    seconds = retry_after(value, now=NOW)

    assert seconds is None or seconds >= 0


@pytest.mark.parametrize(
    ("status", "location", "expected"),
    [
        (307, "/new", "https://far.example/new"),
        (308, "https://far.example/new?x=1", "https://far.example/new?x=1"),
        (308, "https://other.example/new", None),
        (307, "http://far.example/new", None),
        (307, "https://far.example:8443/new", None),
        (307, "//[broken", None),
        (307, None, None),
        (301, "/new", None),
        (302, "/new", None),
        (202, "/new", None),
    ],
)
def test_following_a_redirect(status: int, location: str | None, expected: str | None) -> None:
    assert onward("https://far.example/inbox", Reply(status, location=location)) == expected


# Hosts --------------------------------------------------------------------------------------------------------------
NEVER_REACHED, HUNG = Silence("refused"), Silence("timeout", reached=True)


@pytest.mark.parametrize(
    ("silence", "others_answered", "host_failures", "item_failures", "expected"),
    [
        (NEVER_REACHED, False, 0, 0, Blame(host=True, item=False)),
        (NEVER_REACHED, False, 9, 3, Blame(host=True, item=False)),
        (NEVER_REACHED, True, 0, 0, Blame(host=False, item=True)),
        (HUNG, True, 0, 0, Blame(host=False, item=True)),
        (HUNG, False, 0, 0, Blame(host=True, item=True)),
        (HUNG, False, 1, 1, Blame(host=False, item=True)),
        (HUNG, False, OPEN_AFTER, 1, Blame(host=True, item=True)),
    ],
)
def test_whose_silence_it_is(
    silence: Silence, others_answered: bool, host_failures: int, item_failures: int, expected: Blame
) -> None:
    found = blame(silence, others_answered=others_answered, host_failures=host_failures, item_failures=item_failures)

    assert found == expected


def test_a_silent_host_rests_longer_each_time_up_to_a_day() -> None:
    rests = [rest(failures, 0.0) for failures in range(1, 15)]

    assert rests == [30, 120, 480, 1800, 2 * HOUR, 6 * HOUR, 12 * HOUR, *[DAY] * 7]


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_a_host_is_asked_about_once_a_day_at_least(failures: int, dice: float) -> None:
    assert 30 <= rest(failures, dice) <= 1.25 * DAY
