"""Which posts concern the owner."""

from typing import Any

import pytest

from smallfed.domain.post import Visibility
from smallfed.policy.relevance import Concern, judge

PUBLIC, UNLISTED, PRIVATE, DIRECT, LOCAL = Visibility


@pytest.mark.parametrize(
    ("visibility", "facts", "kept"),
    [
        (PUBLIC, {}, False),
        (UNLISTED, {}, False),
        (PUBLIC, {"fetched": True}, True),
        (PUBLIC, {"followed": True}, True),
        (PUBLIC, {"addressed": True}, True),
        (PUBLIC, {"answers_owner": True}, True),
        (PUBLIC, {"answers_followed": True}, True),
        (PRIVATE, {"followed": True}, True),
        (PRIVATE, {"addressed": True}, True),
        (PRIVATE, {"fetched": True}, False),
        (PRIVATE, {"answers_owner": True}, False),
        (DIRECT, {"addressed": True}, True),
        (DIRECT, {"followed": True}, False),
        (DIRECT, {"fetched": True, "followed": True}, False),
    ],
)
def test_judge(visibility: Visibility, facts: dict[str, Any], kept: bool) -> None:
    """What is not public must be for us, however we came by it."""
    assert (judge(Concern(visibility=visibility, **facts)) is None) is kept
