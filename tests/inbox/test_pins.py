"""Add and Remove: what others show first on their profiles."""

import pytest

from smallfed.domain.account import Account
from smallfed.domain.incoming import Add, Remove
from smallfed.domain.post import Post
from smallfed.inbox.outcome import Done, Ignored, Need
from smallfed.services import blocking, pinning
from smallfed.store import bookmarks
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know
from tests.inbox.arriving import ALICE, BOB, CAROL, EVE, act, arrive

FEATURED = f"{BOB}/collections/featured"
UNKNOWN = f"{BOB}/notes/999"


@pytest.fixture
def bob(owner: Account, know: Know) -> Account:
    """Return somebody who has a featured collection."""
    return know("bob@far.example", featured=FEATURED)


@pytest.fixture
def post(tx: Tx, bob: Account) -> Post:
    """Return a post of bob's."""
    return world.say(tx, bob)


def test_a_pin_and_its_end(tx: Tx, owner: Account, bob: Account, post: Post) -> None:
    """Both may come twice; what the owner has pinned is not touched."""
    ours = pinning.pin(tx, world.say(tx, owner))

    outcomes = [arrive(tx, act(Add, number, object=post.uri, target=FEATURED)) for number in (1, 2)]
    assert outcomes == [Done(), Done()]
    assert (bookmarks.pins(tx, bob.id), bookmarks.pins(tx, owner.id)) == ([post.id], [ours.id])

    outcomes = [arrive(tx, act(Remove, number, object=post.uri, target=FEATURED)) for number in (1, 2)]
    assert outcomes == [Done(), Done()]
    assert (bookmarks.pins(tx, bob.id), bookmarks.pins(tx, owner.id)) == ([], [ours.id])


def test_an_unknown_post_is_needed_to_be_shown_only(tx: Tx, bob: Account) -> None:
    assert arrive(tx, act(Add, object=UNKNOWN, target=FEATURED)) == Need(UNKNOWN)
    assert arrive(tx, act(Remove, object=UNKNOWN, target=FEATURED)) == Ignored("We know no such post of its actor.")


@pytest.mark.parametrize(
    "target",
    [f"{BOB}/collections/tags", f"{CAROL}/collections/featured", f"{ALICE}/collections/featured", FEATURED.upper()],
)
def test_other_collections_mean_nothing(tx: Tx, bob: Account, post: Post, target: str) -> None:
    """Neither another one of theirs nor what somebody else shows."""
    for type_ in (Add, Remove):
        outcome = arrive(tx, act(type_, object=post.uri, target=target))

        assert outcome == Ignored("It is not about what its actor shows first.")
    assert bookmarks.pins(tx, bob.id) == []


def test_nobody_pins_what_others_wrote(tx: Tx, owner: Account, bob: Account, know: Know) -> None:
    """Neither ours nor a neighbour's nor a boost; and nothing is fetched from elsewhere because of it."""
    ours, neighbours = world.say(tx, owner), world.say(tx, know("carol@far.example"))
    boost = world.wrap(tx, bob, neighbours)
    bookmarks.put_pin(tx, neighbours.id)

    for post in (ours, neighbours, boost):
        added = arrive(tx, act(Add, object=post.uri, target=FEATURED))
        removed = arrive(tx, act(Remove, object=post.uri, target=FEATURED))
        assert (added, removed) == (
            Ignored("It is no post of its actor."),
            Ignored("We know no such post of its actor."),
        )
    elsewhere = arrive(tx, act(Add, object=f"{EVE}/notes/1", target=FEATURED))

    assert elsewhere == Ignored("It is on another server than its author.")
    assert tx.all("SELECT post_id FROM pins") == [(neighbours.id,)]


def test_whose_pins_do_not_count(tx: Tx, bob: Account, post: Post) -> None:
    """Strangers', and those of whom the owner blocks; what is shown no longer is heard of nevertheless."""
    stranger = arrive(tx, act(Add, actor=EVE, object=f"{EVE}/1", target=f"{EVE}/featured"))
    bookmarks.put_pin(tx, post.id)
    blocking.block(tx, bob)

    added = arrive(tx, act(Add, object=UNKNOWN, target=FEATURED))
    removed = arrive(tx, act(Remove, object=post.uri, target=FEATURED))

    assert stranger == Ignored("It is about a profile that we do not know.")
    assert (added, removed) == (Ignored("The owner blocks its actor."), Done())
    assert bookmarks.pins(tx, bob.id) == []


def test_nobody_shows_everything_first(tx: Tx, bob: Account) -> None:
    for _ in range(pinning.MOST):
        arrive(tx, act(Add, object=world.say(tx, bob).uri, target=FEATURED))

    outcome = arrive(tx, act(Add, object=UNKNOWN, target=FEATURED))

    assert outcome == Ignored("Its actor shows 20 posts first already.")
