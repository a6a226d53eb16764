"""Which posts belong in the home timeline."""

from typing import Any

import pytest

from smallfed.domain.post import Visibility
from smallfed.policy.timelines import Candidate, Place, in_home, place

PUBLIC, UNLISTED, PRIVATE, DIRECT, LOCAL = Visibility
FOLLOWED: dict[str, Any] = {"followed": True}
ANSWER: dict[str, Any] = {"followed": True, "answers": True}


@pytest.mark.parametrize(
    ("visibility", "facts", "there"),
    [
        (PUBLIC, {}, False),
        (DIRECT, {"own": True}, True),
        (PUBLIC, {"own": True, "answers": True}, True),
        (PUBLIC, FOLLOWED, True),
        (UNLISTED, FOLLOWED, True),
        (PRIVATE, FOLLOWED, True),
        (DIRECT, FOLLOWED, False),
        (DIRECT, {**FOLLOWED, "addressed": True}, True),
        (DIRECT, {"addressed": True}, False),
        (PUBLIC, ANSWER, False),
        (PUBLIC, {**ANSWER, "to_author": True}, True),
        (PUBLIC, {**ANSWER, "to_owner": True}, True),
        (PUBLIC, {**ANSWER, "to_followed": True}, True),
        (PUBLIC, {**FOLLOWED, "boost": True}, True),
        (PUBLIC, {**FOLLOWED, "boost": True, "boosts_wanted": False}, False),
        (PUBLIC, {**FOLLOWED, "languages": ("de",), "language": "en"}, False),
        (PUBLIC, {**FOLLOWED, "languages": ("pt",), "language": "pt-BR"}, True),
        (PUBLIC, {**FOLLOWED, "languages": ("de",)}, True),
    ],
)
def test_in_home(visibility: Visibility, facts: dict[str, Any], there: bool) -> None:
    """As Mastodon decides it."""
    assert in_home(Candidate(visibility=visibility, **facts)) is there


@pytest.mark.parametrize(
    ("visibility", "facts", "where"),
    [
        (PUBLIC, {}, Place.BY_TAG),
        (PUBLIC, {"answers": True}, Place.BY_TAG),
        (PUBLIC, {**FOLLOWED}, Place.HOME),
        (PUBLIC, {"own": True}, Place.HOME),
        (PUBLIC, ANSWER, Place.BY_TAG),
        (PUBLIC, {**FOLLOWED, "languages": ("de",), "language": "en"}, Place.BY_TAG),
        (PUBLIC, {"boost": True}, Place.ELSEWHERE),
        (PUBLIC, {**FOLLOWED, "boost": True, "boosts_wanted": False}, Place.ELSEWHERE),
        (UNLISTED, {}, Place.ELSEWHERE),
        (PRIVATE, {"addressed": True}, Place.ELSEWHERE),
        (DIRECT, {"addressed": True}, Place.ELSEWHERE),
    ],
)
def test_what_a_followed_hashtag_brings(visibility: Visibility, facts: dict[str, Any], where: Place) -> None:
    """What is public, by whomever, answers too; without the hashtag, only what people bring."""
    assert place(Candidate(visibility=visibility, tagged=True, **facts)) is where
    assert (place(Candidate(visibility=visibility, **facts)) is Place.HOME) is (where is Place.HOME)
