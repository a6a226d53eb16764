"""Of which notifications the owner is told, and which of them stand together."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from smallfed.domain.notification import FILTERABLE, TYPES, Handling, Policy
from smallfed.policy.notifying import Sender, group_keys, judge
from tests.world import NOW

ACCEPT, FILTER, DROP = Handling
LONG_AGO = NOW - timedelta(days=400)
STRANGER = Sender(since=LONG_AGO)
STRICT = Policy(not_following=DROP, not_followers=DROP, new_accounts=DROP, private_mentions=DROP, limited_accounts=DROP)
ALL_IN = Policy(limited_accounts=ACCEPT)


def day(days: float, seconds: float = 0) -> Any:
    """Return the moment so many days ago."""
    return NOW - timedelta(days=days, seconds=seconds)


@pytest.mark.parametrize(
    ("kind", "sender", "kept"),
    [
        ("not_following", {}, True),
        ("not_following", {"following": True}, False),
        ("not_following", {"follower_since": LONG_AGO}, True),
        ("not_following", {"permitted": True}, False),
        ("not_followers", {}, True),
        ("not_followers", {"following": True}, True),
        ("not_followers", {"follower_since": day(3)}, False),
        ("not_followers", {"follower_since": day(3, -1)}, True),
        ("not_followers", {"permitted": True}, False),
        ("new_accounts", {"since": day(30)}, False),
        ("new_accounts", {"since": day(30, -1)}, True),
        ("new_accounts", {"since": NOW, "following": True}, False),
        ("new_accounts", {"since": NOW, "follower_since": NOW}, True),
        ("new_accounts", {"since": NOW, "permitted": True}, False),
        ("private_mentions", {}, False),
        ("private_mentions", {"unasked": True}, True),
        ("private_mentions", {"unasked": True, "following": True}, False),
        ("private_mentions", {"unasked": True, "permitted": True}, False),
        ("limited_accounts", {}, False),
        ("limited_accounts", {"limited": True}, True),
        ("limited_accounts", {"limited": True, "following": True}, False),
        ("limited_accounts", {"limited": True, "permitted": True}, False),
    ],
)
@pytest.mark.parametrize("handling", [FILTER, DROP])
def test_each_rule_by_itself(kind: str, sender: dict[str, Any], kept: bool, handling: Handling) -> None:
    """With all others accepting."""
    policy = structs.replace(ALL_IN, **{kind: handling})

    assert judge(policy, "mention", structs.replace(STRANGER, **sender), NOW) is (handling if kept else ACCEPT)


@pytest.mark.parametrize(
    ("policy", "handling"),
    [
        (Policy(), ACCEPT),
        (Policy(not_following=FILTER), FILTER),
        (Policy(not_following=FILTER, not_followers=DROP), DROP),
        (Policy(not_following=DROP, not_followers=FILTER), DROP),
        (Policy(new_accounts=DROP, not_followers=FILTER), FILTER),
    ],
)
def test_the_strictest_rule_holds(policy: Policy, handling: Handling) -> None:
    assert judge(policy, "favourite", STRANGER, NOW) is handling


@pytest.mark.parametrize("type_", TYPES)
def test_what_was_asked_for_is_always_told(type_: str) -> None:
    """Posts of people whose posts the owner wants to hear of, polls the owner voted in, and what the house did."""
    assert (judge(STRICT, type_, STRANGER, NOW) is ACCEPT) is (type_ not in FILTERABLE)


@pytest.mark.parametrize(
    ("type_", "post", "about"), [("favourite", 7, "favourite-7"), ("reblog", 7, "reblog-7"), ("follow", None, "follow")]
)
def test_keys(type_: str, post: int | None, about: str) -> None:
    """A group may have begun up to eleven hours before this hour."""
    hour = int(NOW.timestamp()) // 3600

    assert group_keys(type_, post, NOW) == [f"{about}-{hour - back}" for back in range(12)]


def test_everything_else_stands_alone() -> None:
    assert [type_ for type_ in TYPES if group_keys(type_, 7, NOW)] == ["favourite", "follow", "reblog"]
