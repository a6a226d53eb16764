"""What somebody typed, taken apart."""

from datetime import date

import pytest

from smallfed.text import queries
from smallfed.text.queries import Filter, Phrase, Query
from smallfed.text.words import LONGEST, readable, spread


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Query()),
        (" - # 🎉 ", Query()),
        ("one two", Query(phrases=(Phrase(text="one"), Phrase(text="two")))),
        ('"one two" -three', Query(phrases=(Phrase(text="one two", whole=True), Phrase(text="three", excluded=True)))),
        ('"one two', Query(phrases=(Phrase(text="one two", whole=True),))),
        ("+one", Query(phrases=(Phrase(text="one"),))),
        ("From:@bob@x.example", Query(filters=(Filter(operator="from", value="@bob@x.example"),))),
        ('-from:"me"', Query(filters=(Filter(operator="from", value="me", excluded=True),))),
        ("https://x.example/1", Query(phrases=(Phrase(text="https://x.example/1"),))),
        ("half:past", Query(phrases=(Phrase(text="half:past"),))),
        ("well-known", Query(phrases=(Phrase(text="well-known"),))),
    ],
)
def test_pieces(text: str, query: Query) -> None:
    assert queries.read(text) == query


def test_long_ones_are_cut() -> None:
    assert len(queries.read("word " * 500).phrases) == queries.MOST


@pytest.mark.parametrize(
    ("operator", "value", "span"),
    [
        ("before", "2026-03-01", (None, date(2026, 3, 1))),
        ("after", "2026-03-01", (date(2026, 3, 2), None)),
        ("during", "2026-03-01", (date(2026, 3, 1), date(2026, 3, 2))),
        ("during", "2026-02-30", None),
        ("after", "9999-12-31", None),
        ("before", "tomorrow", None),
    ],
)
def test_days(operator: queries.Operator, value: str, span: object) -> None:
    assert queries.days(operator, value) == span


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("plain", ["plain"]),
        ("東京 tower", ["東", "京", "tower"]),
        ("ｗｉｄｅ", ["wide"]),
        ("서울", ["서", "울"]),
        ("a\x00b\x1fc", ["a", "b", "c"]),
    ],
)
def test_scripts_without_spaces_are_taken_character_by_character(text: str, words: list[str]) -> None:
    assert spread(text).split() == words


@pytest.mark.parametrize("letter", ["a", "漢", "\ufdfa", "\U0001f600"])
def test_a_text_has_an_end(letter: str) -> None:
    """One letter can become eighteen."""
    assert len(readable(letter * 500_000)) <= 2 * LONGEST


def test_parts_of_hashtags_can_be_read() -> None:
    assert readable("", "see #CatsOfMastodon #plain #Top10").split("\n") == [
        "see #CatsOfMastodon #plain #Top10",
        "Cats Of Mastodon",
    ]
