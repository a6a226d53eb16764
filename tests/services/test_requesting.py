"""Requests to follow an owner who decides about them, and which are accepted by themselves."""

import pytest

from smallfed.domain.account import Account
from smallfed.domain.rule import Action, Family
from smallfed.domain.welcome import Welcome
from smallfed.errors import NotFound
from smallfed.services import admitting, legislating, requesting
from smallfed.store import accounts, follows
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know
from tests.services.conftest import queued


@pytest.fixture
def locked(lively: Tx, owner: Account) -> Account:
    """Return the owner, who decides about followers; whom they follow need not ask, nor who is known for a week."""
    accounts.change(lively, owner.id, locked=True)
    requesting.agree(lively, Welcome(accept_followed=True, accept_after_days=7))
    return accounts.get(lively, owner.id)


def ask(tx: Tx, account: Account) -> None:
    assert admitting.receive_follow(tx, account, f"{account.uri}#follow") is None


def test_whom_the_owner_follows_need_not_ask(lively: Tx, locked: Account, bob: Account, carol: Account) -> None:
    world.befriend(lively, locked, bob)

    ask(lively, bob)
    ask(lively, carol)

    assert [follows.has(lively, one.id, locked.id) for one in (bob, carol)] == [True, False]
    assert [(one.account.id, one.why) for one in requesting.waiting(lively)] == [
        (
            carol.id,
            (
                "They have been known here for less than 7 days.",
                "They have no picture.",
                "They say nothing of themselves.",
            ),
        )
    ]


def test_time_lets_in(lively: Tx, locked: Account, know: Know) -> None:
    """Those who say who they are; the others wait on."""
    said = {"avatar": "https://far.example/a.png", "note": "<p>I am</p>"}
    bob, carol = know("bob@far.example", **said), know("carol@far.example")
    ask(lively, bob)
    ask(lively, carol)
    queued(lively)

    at_once = requesting.review(lively)
    later = requesting.review(world.later(lively, days=7))

    assert (at_once, later) == ([], ["bob@far.example"])
    assert queued(lively) == [("Accept", bob.inbox)]
    assert [one.account.id for one in requesting.waiting(lively)] == [carol.id]


def test_a_rule_keeps_the_decision_with_the_owner(lively: Tx, locked: Account, bob: Account) -> None:
    world.befriend(lively, locked, bob)
    legislating.make(lively, Family.DOMAIN, "far.example", Action.HOLD)

    ask(lively, bob)

    assert [one.why for one in requesting.waiting(lively)] == [
        ("A rule of yours leaves them to you, or too many strangers ask at once.",)
    ]
    assert requesting.review(lively) == []


def test_without_terms_everybody_waits(lively: Tx, owner: Account, bob: Account) -> None:
    accounts.change(lively, owner.id, locked=True)
    world.befriend(lively, owner, bob)

    ask(lively, bob)

    assert [one.why for one in requesting.waiting(lively)] == [("You decide about everybody yourself.",)]
    requesting.decide(lively, bob, accept=True)
    assert follows.has(lively, bob.id, owner.id)
    with pytest.raises(NotFound):
        requesting.decide(lively, bob, accept=False)
