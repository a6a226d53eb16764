"""Move: people live elsewhere, and the owner's ties go with them, or do not."""

from datetime import timedelta
from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.domain.events import FollowSent, FollowWithdrawn
from smallfed.domain.incoming import Accept, FollowReference, Move, Reject
from smallfed.inbox.outcome import Done, Ignored, Need
from smallfed.services import blocking, consequences, following, listing, moving, muting, noting
from smallfed.store import accounts, blocks, follows, lists, moves, mutes, notes
from smallfed.store.tx import Tx
from tests.conftest import Know
from tests.inbox.arriving import ALICE, BOB, CAROL, EVE, act, arrive
from tests.world import befriend, later

NEW = "https://new.example/users/bob"


@pytest.fixture
def bob(owner: Account, know: Know) -> Account:
    return know("bob@far.example")


@pytest.fixture
def new(bob: Account, know: Know) -> Account:
    """Return where bob lives now: he says so, and it was read a moment ago."""
    return know("bob@new.example", also_known_as=(BOB,))


def move(**changes: Any) -> Move:
    return act(Move, **({"object": BOB, "target": NEW} | changes))


def followed(tx: Tx) -> dict[str, bool]:
    """Return whom the owner follows (True), or asks to."""
    owner = accounts.owner(tx)
    found = follows.between(tx, owner.id)
    return {accounts.get(tx, each.target_id).uri: each.accepted for each in found if each.follower_id == owner.id}


def granted(tx: Tx, new: Account) -> None:
    follow = follows.find(tx, accounts.owner(tx).id, new.id)
    assert follow is not None
    arrive(tx, act(Accept, actor=new.uri, follow=FollowReference(id=follow.uri)))


@pytest.fixture
def lively(tx: Tx) -> Tx:
    tx.then = consequences.follow
    return tx


@pytest.mark.parametrize("accepted", [True, False])
def test_the_follow_goes_along(lively: Tx, owner: Account, bob: Account, new: Account, *, accepted: bool) -> None:
    """With its settings, a request too; the old one ends when the new one is granted."""
    befriend(lively, owner, bob, accepted=accepted, reblogs=False, notify=True, languages=("de",))

    outcome = arrive(lively, move())
    meanwhile = followed(lively)
    granted(lively, new)

    assert outcome == Done()
    assert meanwhile == {BOB: accepted, NEW: False}
    assert followed(lively) == {NEW: True}
    follow = follows.find(lively, owner.id, new.id)
    assert follow is not None
    assert (follow.reblogs, follow.notify, follow.languages) == (False, True, ("de",))
    assert [event.target for event in lively.announced if isinstance(event, FollowSent)] == [new.id]
    assert [event.target for event in lively.announced if isinstance(event, FollowWithdrawn)] == [bob.id]
    assert accounts.get(lively, bob.id).moved_to == NEW


def test_who_follows_both_leaves_the_old(lively: Tx, owner: Account, bob: Account, new: Account) -> None:
    befriend(lively, owner, bob)
    befriend(lively, owner, new, notify=True)

    assert arrive(lively, move()) == Done()

    assert followed(lively) == {NEW: True}
    follow = follows.find(lively, owner.id, new.id)
    assert follow is not None
    assert follow.notify


def test_who_is_not_let_in_stays(lively: Tx, owner: Account, bob: Account, new: Account) -> None:
    """And when they let us in much later, because the owner asked, that is no reason to leave."""
    befriend(lively, owner, bob)
    arrive(lively, move())
    follow = follows.find(lively, owner.id, new.id)
    assert follow is not None

    arrive(lively, act(Reject, actor=NEW, follow=FollowReference(id=follow.uri)))
    refused = followed(lively)
    following.follow(lively, new)
    granted(lively, new)

    assert refused == {BOB: True}
    assert followed(lively) == {BOB: True, NEW: True}


def test_mutes_and_blocks_go_along(lively: Tx, owner: Account, bob: Account, new: Account) -> None:
    muting.mute(lively, bob, notifications=False, duration=timedelta(days=2))
    until = lively.now + timedelta(days=2)
    later(lively, days=1)
    accounts.change(lively, new.id, fetched_at=lively.now)

    assert arrive(lively, move()) == Done()

    mute = mutes.find(lively, new.id)
    assert mute is not None
    assert (mute.notifications, mute.expires_at) == (False, until)
    assert followed(lively) == {}


def test_who_is_blocked_is_blocked_there(lively: Tx, owner: Account, bob: Account, new: Account) -> None:
    blocking.block(lively, bob)

    assert arrive(lively, move()) == Done()

    assert blocks.has(lively, owner.id, new.id)


def test_what_is_between_us_and_the_new_account_stays(lively: Tx, owner: Account, bob: Account, new: Account) -> None:
    befriend(lively, owner, bob)
    muting.mute(lively, bob, notifications=False)
    muting.mute(lively, new, notifications=True)

    arrive(lively, move())

    mute = mutes.find(lively, new.id)
    assert mute is not None
    assert mute.notifications


def test_lists_and_notes_go_along(lively: Tx, owner: Account, bob: Account, new: Account) -> None:
    """With the request already; the old account leaves the lists when it is followed no longer."""
    befriend(lively, owner, bob)
    friends, other = listing.create(lively, "Friends"), listing.create(lively, "Others")
    listing.add(lively, friends.id, [bob.id])
    noting.annotate(lively, bob, "met at the fair")

    arrive(lively, move())
    meanwhile = {account.uri for account in lists.members(lively, friends.id)}
    granted(lively, new)

    assert meanwhile == {BOB, NEW}
    assert [account.uri for account in lists.members(lively, friends.id)] == [NEW]
    assert lists.members(lively, other.id) == []
    assert notes.find(lively, new.id) == "Noted when they were @bob@far.example:\nmet at the fair"
    assert notes.find(lively, bob.id) == "met at the fair"


def test_who_is_not_let_in_is_in_the_lists_no_more(lively: Tx, owner: Account, bob: Account, new: Account) -> None:
    befriend(lively, owner, bob)
    friends = listing.create(lively, "Friends")
    listing.add(lively, friends.id, [bob.id])
    arrive(lively, move())
    follow = follows.find(lively, owner.id, new.id)
    assert follow is not None

    arrive(lively, act(Reject, actor=NEW, follow=FollowReference(id=follow.uri)))

    assert [account.uri for account in lists.members(lively, friends.id)] == [BOB]


def test_who_is_followed_there_already_comes_into_the_lists(
    lively: Tx, owner: Account, bob: Account, new: Account
) -> None:
    for account in (bob, new):
        befriend(lively, owner, account)
    friends, both = listing.create(lively, "Friends"), listing.create(lively, "Both")
    listing.add(lively, friends.id, [bob.id])
    listing.add(lively, both.id, [bob.id, new.id])

    arrive(lively, move())

    assert [[account.uri for account in lists.members(lively, each.id)] for each in (friends, both)] == [[NEW], [NEW]]


def test_a_note_is_a_tie(lively: Tx, owner: Account, bob: Account, new: Account) -> None:
    """It goes along, and nobody is followed for it."""
    noting.annotate(lively, bob, "met at the fair")

    assert arrive(lively, move()) == Done()

    assert (notes.find(lively, new.id) or "").endswith("met at the fair")
    assert followed(lively) == {}


# Whom we ask ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("known", [None, timedelta(seconds=1), timedelta(days=1)])
def test_the_target_is_asked_now(tx: Tx, owner: Account, bob: Account, know: Know, known: timedelta | None) -> None:
    """An alias that we knew of is none that is there now."""
    befriend(tx, owner, bob)
    if known is not None:
        know("bob@new.example", also_known_as=(BOB,), fetched_at=tx.now - known)

    assert arrive(tx, move()) == Need(NEW, fresh=True)
    assert followed(tx) == {BOB: True}


def test_pulled_the_old_one_is_asked(tx: Tx, owner: Account, bob: Account, know: Know) -> None:
    """FEP-7628: the new account says so, and what the old one says decides."""
    befriend(tx, owner, bob)
    accounts.change(tx, bob.id, fetched_at=tx.now - timedelta(seconds=1))
    know("bob@new.example", also_known_as=(BOB,))

    unread = arrive(tx, move(actor=NEW))
    accounts.change(tx, bob.id, fetched_at=tx.now)
    silent = arrive(tx, move(actor=NEW))
    accounts.change(tx, bob.id, moved_to=NEW)
    named = arrive(tx, move(actor=NEW))

    assert unread == Need(BOB, fresh=True)
    assert silent == Ignored("Who is moved does not name the new account.")
    assert named == Done()
    assert followed(tx) == {BOB: True, NEW: False}


def test_pulled_by_somebody_we_have_not_met(tx: Tx, owner: Account, bob: Account) -> None:
    befriend(tx, owner, bob)
    accounts.change(tx, bob.id, also_known_as=(NEW,))

    assert arrive(tx, move(actor=NEW)) == Need(NEW)


# Theft ----------------------------------------------------------------------------------------------------------------
def unnamed(tx: Tx, new: Account) -> None:
    accounts.change(tx, new.id, also_known_as=(CAROL,))


def moved_on(tx: Tx, new: Account) -> None:
    accounts.change(tx, new.id, moved_to=EVE)


def gone(tx: Tx, new: Account) -> None:
    accounts.change(tx, new.id, gone_at=tx.now)


def blocked(tx: Tx, new: Account) -> None:
    blocking.block(tx, new)


def blocks_us(tx: Tx, new: Account) -> None:
    blocks.put(tx, new.id, accounts.owner(tx).id, "https://new.example/blocks/1")


def domain_blocked(tx: Tx, new: Account) -> None:
    blocking.block_domain(tx, "new.example")


@pytest.mark.parametrize("happened", [unnamed, moved_on, gone, blocked, blocks_us, domain_blocked])
def test_nobody_is_taken_there(tx: Tx, owner: Account, bob: Account, new: Account, happened: Any) -> None:
    befriend(tx, owner, bob)
    happened(tx, new)

    assert isinstance(arrive(tx, move()), Ignored)

    assert followed(tx) == {BOB: True}
    assert accounts.get(tx, bob.id).moved_to is None
    assert moves.find(tx, bob.id) is None


@pytest.mark.parametrize(
    ("activity", "signed_by"),
    [
        (move(), EVE),
        (move(), CAROL),
        (move(actor=EVE), None),
        (move(actor=CAROL), None),
        (move(actor=BOB, object=CAROL), None),
        (move(object=ALICE), None),
        (move(target=ALICE), None),
        (move(target=BOB), None),
        (move(actor=EVE, target=EVE), None),
    ],
)
def test_nobody_moves_another(
    tx: Tx, owner: Account, bob: Account, new: Account, know: Know, activity: Move, signed_by: str | None
) -> None:
    befriend(tx, owner, bob)
    befriend(tx, owner, know("carol@far.example"))
    know("eve@evil.example", also_known_as=(BOB, CAROL))

    assert isinstance(arrive(tx, activity, signed_by=signed_by), Ignored)

    assert followed(tx) == {BOB: True, CAROL: True}


def test_strangers_who_move_cause_nothing(tx: Tx, owner: Account, bob: Account) -> None:
    """Nor do those who follow us: they ask again from where they live."""
    befriend(tx, bob, owner)

    assert arrive(tx, move()) == Ignored("The owner has nothing to do with who moves.")
    assert arrive(tx, move(actor=EVE, object=EVE)) == Ignored("The owner has nothing to do with who moves.")


def test_one_move_in_seven_days(lively: Tx, owner: Account, bob: Account, new: Account, know: Know) -> None:
    befriend(lively, owner, bob)
    third = know("bob@third.example", also_known_as=(BOB,))
    arrive(lively, move())

    again = arrive(lively, move())
    elsewhere = arrive(lively, move(target=third.uri))
    later(lively, days=7)
    accounts.change(lively, third.id, fetched_at=lively.now)
    settled = arrive(lively, move(target=third.uri))

    assert again == elsewhere == Ignored("They have moved within the last seven days.")
    assert settled == Done()
    assert followed(lively) == {BOB: True, NEW: False, third.uri: False}


def test_it_is_visible(lively: Tx, owner: Account, bob: Account, new: Account) -> None:
    befriend(lively, owner, bob)
    arrive(lively, move())
    ((before, *_),) = moves.latest(lively, 10)
    granted(lively, new)
    ((after, old, there),) = moves.latest(lively, 10)

    assert (before.followed, before.settled_at) == (True, None)
    assert (after.followed, after.settled_at, old.uri, there.uri) == (True, lively.now, BOB, NEW)
    moving.arrived(lively, new.id)
    assert followed(lively) == {NEW: True}
