"""Following others."""

import pytest

from smallfed.domain.account import Account
from smallfed.domain.events import Event, FollowDenied, FollowGranted, FollowSent, FollowWithdrawn
from smallfed.domain.incoming import FollowReference
from smallfed.domain.post import Visibility
from smallfed.domain.refused import Refused
from smallfed.errors import Forbidden
from smallfed.services import following
from smallfed.store import accounts, blocks, follows, posts
from smallfed.store.tx import Tx
from tests import world


def test_following_waits_for_the_answer(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """Whoever is followed must say so, and then their newest posts are at home."""
    before = world.say(tx, bob)
    secret = world.say(tx, bob, visibility=Visibility.DIRECT)

    following.follow(tx, bob, notify=True, languages=("de", "en"))

    request = follows.find(tx, owner.id, bob.id)
    assert request is not None
    assert (request.accepted, request.notify, request.languages) == (False, True, ("de", "en"))
    assert request.uri == f"https://home.example/follows/{request.id}"
    assert following.granted(tx, bob, FollowReference(id=request.uri)) is None
    assert follows.has(tx, owner.id, bob.id)
    assert (posts.get(tx, before.id).in_home, posts.get(tx, secret.id).in_home) == (True, False)
    assert events == [FollowSent(target=bob.id, uri=request.uri), FollowGranted(target=bob.id)]


def test_an_accept_counts_once(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """Told again, nothing happens."""
    follow = world.befriend(tx, owner, bob)

    assert following.granted(tx, bob, FollowReference(id=follow.uri)) is None
    assert events == []


def test_only_who_is_followed_may_accept(tx: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """SAFETY rule 11: nobody else, and nothing that we did not ask."""
    follow = world.befriend(tx, owner, bob, accepted=False)

    assert isinstance(following.granted(tx, carol, FollowReference(id=follow.uri)), Refused)
    assert isinstance(following.denied(tx, carol, FollowReference(id=follow.uri)), Refused)
    assert isinstance(following.granted(tx, carol, FollowReference(actor=owner.uri, object=carol.uri)), Refused)
    assert isinstance(following.granted(tx, bob, FollowReference(id="https://home.example/follows/0")), Refused)
    assert not follows.has(tx, owner.id, bob.id)


def test_a_reject_ends_it_at_any_time(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """After an Accept it means: not any more."""
    follow = world.befriend(tx, owner, bob)
    post = world.say(tx, bob, in_home=True)

    assert following.denied(tx, bob, FollowReference(id=follow.uri)) is None

    assert follows.find(tx, owner.id, bob.id) is None
    assert posts.get(tx, post.id).in_home is False
    assert events == [FollowDenied(target=bob.id)]


def test_following_again_only_changes_what_is_wanted(
    tx: Tx, owner: Account, bob: Account, carol: Account, events: list[Event]
) -> None:
    """Without boosts, those that are there go."""
    world.befriend(tx, owner, bob)
    boost = world.wrap(tx, bob, world.say(tx, carol), in_home=True)
    post = world.say(tx, bob, in_home=True)

    following.follow(tx, bob, reblogs=False)

    known = follows.find(tx, owner.id, bob.id)
    assert known is not None
    assert (known.accepted, known.reblogs) == (True, False)
    assert (posts.get(tx, boost.id).in_home, posts.get(tx, post.id).in_home) == (False, True)
    assert events == []


def test_unfollowing(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """Their posts leave, and they are told; without a follow nothing happens."""
    follow = world.befriend(tx, owner, bob)
    post = world.say(tx, bob, in_home=True)

    following.unfollow(tx, bob)
    following.unfollow(tx, bob)

    assert posts.get(tx, post.id).in_home is False
    assert events == [FollowWithdrawn(target=bob.id, uri=follow.uri)]


def test_whom_one_cannot_follow(tx: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """Oneself, with a block between, who is gone or moved."""
    blocks.put(tx, bob.id, owner.id, "https://far.example/blocks/1")
    accounts.change(tx, carol.id, moved_to=bob.uri)

    for target in (owner, bob, accounts.get(tx, carol.id)):
        with pytest.raises(Forbidden):
            following.follow(tx, target)
    assert tx.all("SELECT * FROM follows") == []
