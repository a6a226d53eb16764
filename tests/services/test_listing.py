"""Lists: who can be in them, and what ends that."""

from collections.abc import Callable
from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.domain.list import List, Replies
from smallfed.errors import Invalid, NotFound, SmallfedError
from smallfed.services import blocking, following, listing, meeting, noting
from smallfed.store import accounts, lists, notes
from smallfed.store.tx import Tx
from tests.conftest import Know
from tests.world import befriend, later


def inside(tx: Tx, known: List) -> set[str]:
    return {account.username for account in lists.members(tx, known.id)}


def test_making_and_changing(tx: Tx, owner: Account) -> None:
    made = listing.create(tx, " Close\nfriends ")
    changed = listing.change(tx, made.id, title="Friends", replies="none", exclusive=True)
    same = listing.change(tx, made.id)

    assert made == List(id=made.id, title="Close friends", created_at=tx.now)
    assert changed == same == lists.get(tx, made.id)
    assert (changed.title, changed.replies, changed.exclusive) == ("Friends", Replies.NONE, True)
    listing.delete(tx, made.id)
    assert lists.every(tx) == []


TITLE = "Validation failed: Title "
POLICY = "Validation failed: Replies policy is not included in the list"


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda tx, made: listing.create(tx, " "), Invalid, TITLE + "can't be blank"),
        (lambda tx, made: listing.create(tx, "x" * 257), Invalid, TITLE + "is too long (maximum is 256 characters)"),
        (lambda tx, made: listing.create(tx, "x", replies="all"), Invalid, POLICY),
        (lambda tx, made: listing.change(tx, made, title=""), Invalid, TITLE + "can't be blank"),
        (lambda tx, made: listing.change(tx, made, replies=""), Invalid, POLICY),
        (lambda tx, made: listing.change(tx, 404, title="x"), NotFound, "Record not found"),
        (lambda tx, made: listing.delete(tx, 404), NotFound, "Record not found"),
        (lambda tx, made: listing.add(tx, 404, []), NotFound, "Record not found"),
        (lambda tx, made: listing.add(tx, made, [404]), NotFound, "Record not found"),
        (lambda tx, made: listing.remove(tx, 404, []), NotFound, "Record not found"),
    ],
)
def test_what_cannot_be(
    tx: Tx, owner: Account, call: Callable[[Tx, int], Any], error: type[SmallfedError], said: str
) -> None:
    made = listing.create(tx, "Friends")

    with pytest.raises(error) as caught:
        call(tx, made.id)

    assert caught.value.message == said
    assert lists.every(tx) == [made]


def test_there_are_fifty_at_most(tx: Tx, owner: Account) -> None:
    for number in range(listing.MOST):
        listing.create(tx, f"List {number}")

    with pytest.raises(Invalid, match="maximum number of lists"):
        listing.create(tx, "One more")


def test_who_can_be_in_a_list(tx: Tx, owner: Account, bob: Account, carol: Account, know: Know) -> None:
    """Whom the owner follows or has asked to follow, and the owner; all or nobody is put in."""
    made, eve = listing.create(tx, "Friends"), know("eve@far.example")
    befriend(tx, owner, bob)
    befriend(tx, owner, carol, accepted=False)

    listing.add(tx, made.id, [bob.id, carol.id, owner.id])
    with pytest.raises(Invalid) as stranger:
        listing.add(tx, made.id, [eve.id])
    with pytest.raises(Invalid) as twice:
        listing.add(tx, made.id, [bob.id])

    assert stranger.value.message == "Validation failed: Account must be a followed account"
    assert twice.value.message == "Validation failed: Account is already on the list"
    assert inside(tx, made) == {"alice", "bob", "carol"}
    listing.remove(tx, made.id, [bob.id, owner.id, eve.id])
    assert inside(tx, made) == {"carol"}


@pytest.mark.parametrize(
    "ends",
    [
        following.unfollow,
        following.put_out,
        blocking.block,
        lambda tx, account: blocking.blocked_by(tx, account, uri=None),
        lambda tx, account: blocking.block_domain(tx, account.host),
        lambda tx, account: meeting.forget(tx, account.uri),
    ],
)
def test_without_the_follow_nobody_stays(
    lively: Tx, owner: Account, bob: Account, carol: Account, ends: Callable[[Tx, Account], Any]
) -> None:
    made = listing.create(lively, "Friends")
    for account in (bob, carol):
        befriend(lively, owner, account)
    listing.add(lively, made.id, [bob.id, carol.id])

    ends(lively, bob)

    assert inside(lively, made) == {"carol"}


def test_a_request_that_is_granted_stays(lively: Tx, owner: Account, bob: Account) -> None:
    made = listing.create(lively, "Friends")
    following.follow(lively, bob)
    listing.add(lively, made.id, [bob.id])

    following.let_in(lively, bob)

    assert inside(lively, made) == {"bob"}


def test_by_title(tx: Tx, owner: Account, bob: Account) -> None:
    """The first of this name is meant to enter, all of them to leave."""
    first = listing.create(tx, "Friends")
    second = listing.create(later(tx, seconds=1), "Friends")
    befriend(tx, owner, bob)
    listing.add(tx, second.id, [bob.id])

    listing.enter(tx, "Friends", bob)
    listing.enter(tx, "Friends", bob)
    listing.enter(tx, "New", bob)
    (new,) = lists.titled(tx, "New")
    held = lists.holding(tx, bob.id)
    left = listing.leave(tx, "Friends", bob), listing.leave(tx, "Friends", bob), listing.leave(tx, "None", bob)
    listing.keep(tx, {"New"})

    assert {known.id for known in held} == {first.id, second.id, new.id}
    assert left == (True, False, False)
    assert lists.every(tx) == [new]


# Notes ----------------------------------------------------------------------------------------------------------------
def test_notes(tx: Tx, owner: Account, bob: Account) -> None:
    noting.annotate(tx, bob, "met at the\nfair ")
    noting.annotate(tx, bob, "x" * 2000)
    with pytest.raises(Invalid) as long:
        noting.annotate(tx, bob, "x" * 2001)
    kept = notes.find(tx, bob.id)
    noting.annotate(tx, bob, " \n")

    assert long.value.message == "Validation failed: Comment is too long (maximum is 2000 characters)"
    assert kept == "x" * 2000
    assert notes.find(tx, bob.id) is None


TOLD = "Noted when they were @bob@far.example:\n"


@pytest.mark.parametrize(
    ("there", "here", "after"),
    [
        (None, None, None),
        (None, "here", "here"),
        ("there", None, f"{TOLD}there"),
        ("there", "here", f"{TOLD}there\n\nhere"),
        ("x" * 2000, None, "x" * 2000),
        ("x" * 2000, "here", "here"),
    ],
)
def test_notes_go_along(
    tx: Tx, owner: Account, bob: Account, carol: Account, there: str | None, here: str | None, after: str | None
) -> None:
    """As far as there is room; the old one stays in any case."""
    noting.annotate(tx, bob, there or "")
    noting.annotate(tx, carol, here or "")

    noting.carry(tx, bob, accounts.get(tx, carol.id))

    assert (notes.find(tx, bob.id), notes.find(tx, carol.id)) == (there, after)
