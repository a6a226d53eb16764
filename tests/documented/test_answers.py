"""The documentation as a check: that it finds what would crash an app, and knows all our routes."""

import msgspec
import pytest

from tests.documented import answers
from tests.documented.notation import entities, faults
from tests.mastodon.api import routes_taken

MENTION = {"id": "42", "username": "bob", "url": "https://b.example/@bob", "acct": "bob@b.example"}


@pytest.mark.parametrize(
    ("value", "type_", "wrong"),
    [
        ("0", "id", ["it is no id: '0'"]),
        (42, "id", ["it is no id: 42"]),
        (2**53, "intid", ["it is no intid: 9007199254740992"]),
        (True, "int", ["it is no int: True"]),
        ("2026-01-02T03:04:05Z", "datetime", ["it is no datetime: '2026-01-02T03:04:05Z'"]),
        ("", "url", ["it is no url: ''"]),
        (None, "str", ["it is no str: None"]),
        (None, "str?", []),
        ("local", "enum(public/private)", ["it is no enum(public/private): 'local'"]),
        ([MENTION], "[Mention]", []),
        ({"a": True, "b": 1}, "{bool}", [".b is no bool: 1"]),
        ([{**MENTION, "acct": None}], "[Mention]", ["[0].acct is no text: None"]),
        ({**MENTION, "more": 1}, "Mention", [".more is not documented for Mention"]),
        ({}, "ShallowTag", [".name of ShallowTag is missing", ".url of ShallowTag is missing"]),
        ([], "Mention", ["it is no Mention: []"]),
    ],
)
def test_what_is_not_as_documented_is_named(value: object, type_: str, wrong: list[str]) -> None:
    assert list(faults(value, type_, mine=True)) == wrong


def test_what_is_the_owners_is_missing_only_to_the_owner() -> None:
    vote = {"voted", "own_votes"}
    poll = {
        "id": "1",
        "expires_at": None,
        "expired": False,
        "multiple": False,
        "votes_count": 0,
        "voters_count": None,
        "options": [],
        "emojis": [],
    }

    told_owner, told_stranger = list(faults(poll, "Poll", mine=True)), list(faults(poll, "Poll", mine=False))

    assert told_owner == [f".{name} of Poll is missing" for name in sorted(vote, reverse=True)]
    assert told_stranger == []


def test_the_tables_speak_only_of_entities_that_are_described() -> None:
    named = {type_ for types in answers.routes().values() for type_ in types if type_ != answers.RAW}
    named |= {field.type for entity in entities().values() for field in entity.values()}

    for type_ in named:
        list(faults(_example(type_), type_, mine=False))  # a name that is not described is a KeyError


def _example(type_: str) -> object:
    inner = type_.removesuffix("?")
    if inner[0] == "[":
        return [_example(inner[1:-1])]
    if inner[0] == "{":
        return {"name": _example(inner[1:-1])}
    return {}


def test_an_answer_of_a_route_nobody_wrote_down_is_a_fault() -> None:
    with pytest.raises(AssertionError, match="does not know it"):
        answers.check("GET", "/api/v1/something/new", 200, b"[]", mine=True)


def test_an_error_says_what_is_wrong() -> None:
    answers.check("GET", "/api/v1/accounts/1", 404, msgspec.json.encode({"error": "Record not found"}), mine=True)

    with pytest.raises(AssertionError, match="error of Error is missing"):
        answers.check("GET", "/api/v1/accounts/1", 404, b"{}", mine=True)


def test_every_route_of_ours_is_written_down() -> None:
    assert answers.unknown(routes_taken()) == []
