"""What a payload in the table of implementations is understood as is what its column says that people do."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from tests.house.test_federation import DONE, NONE, TABLES, file_of

Facts = dict[str, Any]


def innermost(facts: Facts) -> tuple[str, Facts]:
    """Return the kind and the facts of what was done, out of whatever hands it over."""
    kind, said = next(iter(facts.items()))  # where its conversation can be read comes after it
    return innermost(said["activity"]) if kind == "Handed" else (kind, said)


def answers(kind: str, said: Facts, *words: str) -> bool:
    """Whether it lets or does not let somebody do one of these things; where nothing is named it may be any."""
    return kind in ("Accept", "Reject") and said.get("kind", words[0]) in words


def asks(kind: str, said: Facts, what: str) -> bool:
    return kind == "Request" and said["kind"] == what


def undoes(kind: str, said: Facts, *words: str) -> bool:
    return kind == "Undo" and said.get("kind", words[0]) in words


def post(kind: str, said: Facts) -> Facts:
    """Return the post that is said or shown, nothing where there is none."""
    return (
        said if kind == "IncomingPost" else said.get("post", {}) if kind in ("Create", "UpdatePost", "Request") else {}
    )


SHOWN: dict[str, Callable[[str, Facts], bool]] = {
    "follow": lambda kind, said: (
        kind in ("Follow", "IncomingAccount") or answers(kind, said, "Follow") or undoes(kind, said, "Follow")
    ),
    "post": lambda kind, said: kind in ("Create", "IncomingPost", "Mentioned"),
    "reply": lambda kind, said: (
        "in_reply_to" in post(kind, said) or asks(kind, said, "reply") or answers(kind, said, "ReplyRequest", "Note")
    ),
    "like": lambda kind, said: kind == "Like" or undoes(kind, said, "Like") or asks(kind, said, "like"),
    "boost": lambda kind, said: kind == "Announce" or undoes(kind, said, "Announce") or asks(kind, said, "announce"),
    "reaction": lambda kind, said: (
        (kind == "Like" and "reaction" in said) or (undoes(kind, said, "Like") and "emoji" in said)
    ),
    "poll": lambda kind, said: kind == "Votes" or "poll" in post(kind, said) or "vote" in post(kind, said),
    "quote": lambda kind, said: (
        "quote" in post(kind, said) or asks(kind, said, "quote") or answers(kind, said, "QuoteRequest")
    ),
    "edit": lambda kind, said: kind in ("UpdatePost", "UpdateAccount"),
    "delete": lambda kind, said: kind == "Delete",
    "move": lambda kind, said: kind == "Move",
}

CELLS = [
    (what, reference.removeprefix("P "))
    for row in TABLES["Interoperability"]
    for what in DONE
    if row[what] != NONE
    for reference in row[what].split(", ")
    if reference.startswith("P ")
]


@pytest.mark.parametrize(("what", "payload"), CELLS)
def test_a_payload_shows_what_its_column_says(what: str, payload: str) -> None:
    facts = msgspec.json.decode(file_of("P", payload).read_bytes())["facts"]

    kind, said = innermost(facts)

    assert SHOWN[what](kind, said), f"{payload} is a {kind}, which shows no {what}"
