"""Pasts: when what we hold is what was written."""

from datetime import UTC, datetime, timedelta

import pytest

from smallfed.policy.pasts import (
    NEWS_AFTER,
    Allowance,
    Known,
    Lack,
    Wish,
    deeper,
    is_backwards,
    lacking,
    meets,
    reached,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
READ = Known(floor=50, head_at=NOW)
SENT = Known(floor=50, sent=True)


def ago(*hours: float) -> list[datetime]:
    return [NOW - timedelta(hours=each) for each in hours]


@pytest.mark.parametrize(
    ("wish", "known", "lack"),
    [
        (Wish(limit=2, found=[]), Known(), Lack.NEWS),
        (Wish(limit=2, found=[], max_id=90), Known(), Lack.PAST),
        (Wish(limit=2, found=[]), Known(sent=True), Lack.PAST),
        (Wish(limit=2, found=[80, 70]), READ, Lack.NOTHING),
        (Wish(limit=2, found=[80, 50]), READ, Lack.NOTHING),
        (Wish(limit=2, found=[80, 49]), READ, Lack.PAST),
        (Wish(limit=2, found=[80]), READ, Lack.PAST),
        (Wish(limit=2, found=[80]), Known(ended=True, head_at=NOW), Lack.NOTHING),
        (Wish(limit=2, found=[80, 70]), Known(floor=50, head_at=NOW - NEWS_AFTER), Lack.NEWS),
        (Wish(limit=2, found=[80, 70], max_id=90), Known(floor=50, head_at=NOW - NEWS_AFTER), Lack.NOTHING),
        (Wish(limit=2, found=[80, 70]), Known(floor=50, head_at=NOW + NEWS_AFTER), Lack.NEWS),  # the clock went back
        (Wish(limit=2, found=[80, 70]), SENT, Lack.NOTHING),
        (Wish(limit=2, found=[40, 30], max_id=45), SENT, Lack.PAST),
        (Wish(limit=2, found=[], since_id=60), READ, Lack.NOTHING),
        (Wish(limit=2, found=[], since_id=40), READ, Lack.PAST),
        (Wish(limit=2, found=[80], min_id=50), READ, Lack.NOTHING),
        (Wish(limit=2, found=[80, 70], min_id=40), READ, Lack.PAST),
    ],
)
def test_what_a_page_lacks(wish: Wish, known: Known, lack: Lack) -> None:
    assert lacking(wish, known, NOW) is lack


@pytest.mark.parametrize(
    ("moments", "down_to"),
    [
        ([], None),
        (ago(1), ago(1)[0]),
        (ago(1, 2, 3, 4, 5), ago(5)[0]),
        (ago(1, 9000, 3, 4, 5), ago(5)[0]),
        (ago(1, 2, 3, 4, 9000), ago(4)[0]),  # a back-dated post does not stand for what it lies below
        (ago(5, 4, 3), None),  # the oldest first
    ],
)
def test_down_to_when_a_page_takes_us(moments: list[datetime], down_to: datetime | None) -> None:
    assert reached(moments) == down_to


@pytest.mark.parametrize(
    ("before", "moments", "after"),
    [
        (ago(4)[0], ago(5, 6, 7, 8), ago(8)[0]),
        (ago(4)[0], [], ago(4)[0]),
        (None, ago(5), ago(5)[0]),
        (ago(4)[0], ago(1, 2, 3), ago(4)[0]),  # a page that was read before
        (ago(4)[0], ago(3, 2, 1), None),
    ],
)
def test_one_page_more(before: datetime | None, moments: list[datetime], after: datetime | None) -> None:
    assert deeper(before, moments) == after


def test_whether_a_first_page_meets_what_was_read_before() -> None:
    assert meets(ago(1, 2, 3), ago(2)[0])
    assert meets([], ago(2)[0])
    assert not meets(ago(1, 2, 3), ago(5)[0])
    assert not meets(ago(1, 2, 3, 4, 9000), ago(5)[0])
    assert not meets(ago(3, 2, 1), ago(2)[0])
    assert not meets(ago(1), None)
    assert is_backwards(ago(3, 1))
    assert not is_backwards(ago(1))


def test_pages_of_a_day() -> None:
    """So many from each host, so many in all; the next day begins anew."""
    allowance = Allowance(per_host=2, per_day=3)

    given = [allowance.take(host, NOW) for host in ("a", "a", "a", "b", "b")]
    tomorrow = allowance.take("a", NOW + timedelta(days=1))

    assert given == [True, True, False, True, False]
    assert tomorrow
