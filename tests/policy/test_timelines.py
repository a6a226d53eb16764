"""Which posts belong in the home timeline."""

from typing import Any

import pytest

from smallfed.domain.post import Visibility
from smallfed.policy.timelines import Candidate, in_home

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
