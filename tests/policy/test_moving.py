"""Who has moved as they say."""

from datetime import timedelta
from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.domain.refused import Refused
from smallfed.policy.moving import FRESH, SETTLED, is_fresh, may_again, may_claim, may_move
from tests.world import NOW

ALICE, BOB, NEW, EVE = (f"https://{host}.example/users/x" for host in ("home", "far", "new", "evil"))


def person(uri: str, **columns: Any) -> Account:
    values = {"id": 1, "username": "x", "host": "x.example", "inbox": f"{uri}/inbox", "created_at": NOW}
    return Account(uri=uri, **(values | columns))


@pytest.mark.parametrize(
    ("actor", "old", "new", "allowed"),
    [
        (BOB, BOB, NEW, True),
        (NEW, BOB, NEW, True),
        (EVE, BOB, NEW, False),
        (EVE, BOB, EVE, True),  # what bob says decides
        (BOB, BOB, BOB, False),
        (BOB, BOB, ALICE, False),
        (ALICE, BOB, ALICE, False),
        (EVE, ALICE, EVE, False),
        (ALICE, ALICE, EVE, False),
    ],
)
def test_who_may_claim_it(actor: str, old: str, new: str, *, allowed: bool) -> None:
    assert (may_claim(actor, old=old, new=new, owner=ALICE) is None) is allowed


@pytest.mark.parametrize(
    ("pulled", "old", "new", "allowed"),
    [
        (False, {}, {"also_known_as": (EVE, BOB)}, True),
        (False, {"moved_to": NEW}, {"also_known_as": (BOB,)}, True),
        (False, {"moved_to": NEW, "also_known_as": (NEW,)}, {}, False),
        (False, {}, {"also_known_as": (BOB + "/", BOB.upper())}, False),
        (False, {}, {"also_known_as": (BOB,), "moved_to": EVE}, False),
        (False, {}, {"also_known_as": (BOB,), "moved_to": BOB}, False),
        (False, {}, {"also_known_as": (BOB,), "gone_at": NOW}, False),
        (True, {"moved_to": NEW}, {}, True),
        (True, {"also_known_as": (EVE, NEW)}, {}, False),
        (True, {"also_known_as": (NEW,)}, {"also_known_as": (BOB,)}, False),
        (True, {}, {"also_known_as": (BOB,)}, False),
        (True, {"moved_to": EVE}, {"also_known_as": (BOB,), "moved_to": None}, False),
        (True, {"moved_to": NEW}, {"moved_to": EVE}, False),
        (True, {"moved_to": NEW}, {"gone_at": NOW}, False),
    ],
)
def test_who_has_moved(pulled: bool, old: dict[str, Any], new: dict[str, Any], *, allowed: bool) -> None:
    verdict = may_move(person(BOB, **old), person(NEW, **new), pulled=pulled)

    assert (verdict is None) is allowed
    assert verdict is None or isinstance(verdict, Refused)


@pytest.mark.parametrize(
    ("read", "since", "fresh"),
    [
        (None, NOW, False),
        (NOW, NOW, True),
        (NOW - timedelta(seconds=1), NOW, False),
        (NOW, NOW - timedelta(days=2), True),
        (NOW - FRESH, NOW - timedelta(days=2), True),
        (NOW - FRESH - timedelta(seconds=1), NOW - timedelta(days=2), False),
    ],
)
def test_what_is_fresh(read: Any, since: Any, *, fresh: bool) -> None:
    assert is_fresh(person(NEW, fetched_at=read), since=since, now=NOW) is fresh
    assert not is_fresh(None, since=since, now=NOW)


def test_when_one_may_move_again() -> None:
    then = NOW - timedelta(days=3)

    assert may_again(None, NOW, SETTLED) is None
    assert may_again(then, NOW, SETTLED) == then + SETTLED
    assert may_again(NOW - SETTLED, NOW, SETTLED) is None
