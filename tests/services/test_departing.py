"""The owner moves away, and comes back."""

from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.domain.events import FollowRefused, OwnerDeparted, ProfileChanged
from smallfed.errors import Conflict, Forbidden, Invalid, SmallfedError, TooMany
from smallfed.services import admitting, blocking, boosting, departing, following, posting
from smallfed.store import accounts, departures, follows
from smallfed.store.tx import Tx
from tests.conftest import Know
from tests.services.conftest import draft, last_body, queued
from tests.world import befriend, later, lend_keys, say

ALICE = "https://home.example/users/alice"


@pytest.fixture
def new(tx: Tx, know: Know, owner: Account) -> Account:
    """Return the owner's account elsewhere; the profile here can be shown."""
    lend_keys(tx)
    return know("alice@new.example", also_known_as=(ALICE,))


def test_followers_are_told_where(lively: Tx, owner: Account, bob: Account, carol: Account, new: Account) -> None:
    """First that the profile says so, then to go there; who is only followed hears of the profile."""
    befriend(lively, bob, owner)
    befriend(lively, owner, carol)

    planned = departing.depart(lively, new.id)

    move = last_body(lively)
    assert planned == {"target": new.uri, "handle": "alice@new.example", "followers": 1}
    assert accounts.owner(lively).moved_to == new.uri
    assert queued(lively) == [("Update", bob.shared_inbox), ("Update", carol.shared_inbox), ("Move", bob.shared_inbox)]
    assert {name: move[name] for name in ("type", "actor", "object", "target", "to")} == {
        "type": "Move",
        "actor": ALICE,
        "object": ALICE,
        "target": new.uri,
        "to": [f"{ALICE}/followers"],
    }
    assert move["id"].startswith(f"{ALICE}#moves/")


def test_the_profile_says_so_and_then_no_more(lively: Tx, owner: Account, bob: Account, new: Account) -> None:
    befriend(lively, bob, owner)
    departing.depart(lively, new.id)
    queued(lively)

    departing.come_back(lively)

    update = last_body(lively)
    assert queued(lively) == [("Update", bob.shared_inbox)]
    assert (update["type"], "movedTo" in update["object"]) == ("Update", False)
    last = departures.last(lively)
    assert last is not None
    assert last.cancelled_at == lively.now


def unnamed(tx: Tx, new: Account) -> None:
    accounts.change(tx, new.id, also_known_as=("https://home.example/users/alicia",))


def gone(tx: Tx, new: Account) -> None:
    accounts.change(tx, new.id, gone_at=tx.now)


def moved(tx: Tx, new: Account) -> None:
    accounts.change(tx, new.id, moved_to="https://third.example/")


def blocked(tx: Tx, new: Account) -> None:
    blocking.block_domain(tx, "new.example")


def before(tx: Tx, new: Account) -> None:
    departing.depart(tx, new.id)


def lately(tx: Tx, new: Account) -> None:
    departing.depart(tx, new.id)
    departing.come_back(tx)
    later(tx, days=29)


@pytest.mark.parametrize(
    ("happened", "error"),
    [
        (unnamed, Forbidden),
        (gone, Forbidden),
        (moved, Forbidden),
        (blocked, Forbidden),
        (before, Conflict),
        (lately, TooMany),
    ],
)
def test_when_one_cannot_move(tx: Tx, owner: Account, new: Account, happened: Any, error: type[SmallfedError]) -> None:
    happened(tx, new)
    state, _ = accounts.owner(tx).moved_to, tx.announced.clear()

    for do in (departing.plan, departing.depart):
        with pytest.raises(error):
            do(tx, new.id)

    assert accounts.owner(tx).moved_to == state
    assert tx.announced == []


def test_one_may_again_after_thirty_days(tx: Tx, owner: Account, new: Account) -> None:
    departing.depart(tx, new.id)
    departing.come_back(tx)
    later(tx, days=30)
    tx.announced.clear()

    departing.depart(tx, new.id)

    assert [type(event) for event in tx.announced] == [ProfileChanged, OwnerDeparted]


def test_nobody_moves_to_where_they_are(tx: Tx, owner: Account) -> None:
    with pytest.raises(Invalid):
        departing.depart(tx, owner.id)
    with pytest.raises(Invalid):
        departing.add_alias(tx, owner.id)
    with pytest.raises(Conflict):
        departing.come_back(tx)


def test_who_has_moved_is_quiet_here(tx: Tx, owner: Account, bob: Account, carol: Account, new: Account) -> None:
    """What was said stays: it can be edited and deleted; what was begun can be ended."""
    post, theirs = posting.publish(tx, draft()), say(tx, bob)
    befriend(tx, owner, carol)
    departing.depart(tx, new.id)

    for refused in (
        lambda: posting.publish(tx, draft("more")),
        lambda: boosting.boost(tx, theirs),
        lambda: following.follow(tx, bob),
    ):
        with pytest.raises(Forbidden):
            refused()
    posting.edit(tx, post.id, draft("edited"))
    posting.delete(tx, post.id)
    following.unfollow(tx, carol)
    departing.come_back(tx)

    assert posting.publish(tx, draft("again")).content == "<p>again</p>"


def test_who_has_moved_is_followed_there(tx: Tx, owner: Account, bob: Account, carol: Account, new: Account) -> None:
    """Who is in stays in, and is answered again."""
    befriend(tx, bob, owner)
    departing.depart(tx, new.id)
    tx.announced.clear()

    admitting.receive_follow(tx, carol, f"{carol.uri}#follow")
    admitting.receive_follow(tx, bob, f"{bob.uri}#again")

    assert [type(event).__name__ for event in tx.announced] == ["FollowRefused", "FollowAccepted"]
    assert isinstance(tx.announced[0], FollowRefused)
    assert follows.count(tx, owner.id, followers=True) == 1
