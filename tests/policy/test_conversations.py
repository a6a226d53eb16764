"""What belongs to a conversation, and when it is looked at again."""

from datetime import timedelta

import pytest

from smallfed.domain.incoming import IncomingPost
from smallfed.domain.refused import Refused
from smallfed.policy.conversations import NAMED, Belongs, Waits, Walk, is_due, may_begin
from tests.world import NOW

ROOT, CONTEXT = "https://far.example/1", "https://far.example/contexts/1"


def post(number: int, answers: str | None = ROOT, **fields: str) -> IncomingPost:
    uri = f"https://far.example/{number}"
    return IncomingPost(uri=uri, author="https://far.example/bob", kind="Note", in_reply_to=answers, **fields)


def walk() -> Walk:
    known = Walk(deep=3)
    known.admit(ROOT, "https://far.example/@bob/1", 0)
    return known


def test_answers_belong_by_whichever_address_they_name() -> None:
    assert walk().judge(post(2)) == walk().judge(post(2, "https://far.example/@bob/1")) == Belongs(depth=1)


@pytest.mark.parametrize("answers", [None, "https://far.example/9", "https://far.example/2"])
def test_others_do_not(answers: str | None) -> None:
    assert isinstance(walk().judge(post(2, answers)), Refused)


def test_who_names_the_whole_belongs_if_it_was_named_there() -> None:
    lost = post(2, "https://far.example/9", context=CONTEXT)

    assert walk().judge(lost, context=CONTEXT) == Belongs(depth=1)
    assert isinstance(walk().judge(lost), Refused)


def test_an_answer_waits_for_what_it_answers() -> None:
    known, three = walk(), post(3, "https://far.example/2")
    known.name(["https://far.example/2"])

    assert known.judge(three) == Waits()
    assert known.admit("https://far.example/2", None, 1) == [three]
    assert known.judge(three) == Belongs(depth=2)


def test_what_was_passed_over_belongs_when_it_is_answered() -> None:
    known, above = walk(), post(7, None)

    assert isinstance(known.judge(above), Refused)
    assert known.admit("https://far.example/8", None, 1, answers=above.uri) == [above]
    assert known.judge(above) == Belongs(depth=0)


def test_others_cannot_make_us_remember_without_end() -> None:
    """Neither names nor posts that may belong: what does belong is kept all the same."""
    known, text = walk(), "x" * (1 << 20)
    many = [f"https://far.example/many/{number}" for number in range(NAMED + 5)]

    named = known.name(many)
    known.name(["https://far.example/2"])
    waiting = [known.judge(post(number, many[number], content=text)) for number in range(3, 9)]
    passed_over = [known.judge(post(number, None, content=text)) for number in range(9, 20)]

    assert len(named) == NAMED - 2  # the beginning has two names
    assert known.name(many) == []
    assert waiting == [Waits(), Waits(), *[Refused("Too much is waiting already.")] * 4]
    assert set(passed_over) == {Refused("Too much is waiting already.")}
    assert known.judge(post(2, content=text)) == Belongs(depth=1)


def test_there_is_a_floor() -> None:
    known = walk()
    known.admit("https://far.example/5", None, 3)

    assert isinstance(known.judge(post(6, "https://far.example/5")), Refused)


def test_names_are_named_once() -> None:
    assert walk().name([ROOT, "https://x.example/1", "urn:1", "https://x.example/1"]) == ["https://x.example/1"]


@pytest.mark.parametrize(
    ("read", "published", "due"),
    [
        (None, timedelta(0), True),
        (timedelta(minutes=14), timedelta(hours=1), False),
        (timedelta(minutes=15), timedelta(hours=1), True),
        (timedelta(minutes=59), timedelta(hours=8), False),
        (timedelta(hours=1), timedelta(hours=8), True),
        (timedelta(hours=23), timedelta(days=900), False),
        (timedelta(days=1), timedelta(days=900), True),
    ],
)
def test_the_older_the_more_seldom(read: timedelta | None, published: timedelta, due: bool) -> None:
    assert is_due(None if read is None else NOW - read, NOW - published, NOW) is due


def test_a_look_that_a_limit_ended_goes_on_soon() -> None:
    minute = NOW - timedelta(minutes=1)

    assert may_begin(None, NOW, complete=False)
    assert may_begin(minute, NOW, complete=False)
    assert not may_begin(minute, NOW, complete=True)
    assert may_begin(NOW - timedelta(minutes=15), NOW, complete=True)
