"""Boosts and likes, ours and others'."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.domain.events import BoostUndone, Event, LikeUndone, PostBoosted, PostLiked
from smallfed.domain.incoming import Announce
from smallfed.domain.need import Need
from smallfed.domain.post import Post, Visibility
from smallfed.domain.refused import Refused
from smallfed.errors import Invalid, NotFound
from smallfed.services import bookmarking, boosting, liking
from smallfed.store import blocks, details, likes, posts, tombstones
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know
from tests.services.conftest import PUBLIC

Announcing = Callable[..., Announce]


@pytest.fixture
def announcing() -> Announcing:
    """Return ``announcing(actor, post, **fields)``: a public Announce as it arrives."""

    def make(actor: Account, post: Post | str, **fields: Any) -> Announce:
        uri = post if isinstance(post, str) else post.uri
        return Announce(**{"id": f"{actor.uri}/boosts/1", "actor": actor.uri, "object": uri, "to": (PUBLIC,), **fields})

    return make


# Ours -----------------------------------------------------------------------------------------------------------------
def test_boosting_once(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """A second boost, also of the wrapper, is the first one."""
    post = world.say(tx, bob)

    boost = boosting.boost(tx, post)

    assert boosting.boost(tx, boost) == boost
    assert boost == Post(
        id=boost.id,
        uri=f"https://home.example/users/alice/boosts/{boost.id}",
        account_id=owner.id,
        local=True,
        kind="Announce",
        boost_of_id=post.id,
        visibility=Visibility.PUBLIC,
        in_home=True,
        published_at=tx.now,
        received_at=tx.now,
    )
    assert events == [PostBoosted(boost=boost.id, account=owner.id, post=post.id, local=True)]


def test_taking_a_boost_back(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """By the original or by the wrapper; without one nothing happens."""
    post = world.say(tx, bob)
    boost = boosting.boost(tx, post, Visibility.UNLISTED)
    events.clear()

    assert boosting.unboost(tx, boost) == post
    assert boosting.unboost(tx, post) == post

    assert events == [
        BoostUndone(
            boost=boost.id,
            uri=boost.uri,
            account=owner.id,
            post=post.id,
            local=True,
            visibility=Visibility.UNLISTED,
        )
    ]
    assert posts.find(tx, boost.id) is None


def test_what_cannot_be_boosted(tx: Tx, owner: Account, bob: Account) -> None:
    """What others keep among themselves; of ours what is for single people; what is not there for us."""
    world.befriend(tx, owner, bob)

    with pytest.raises(Invalid):
        boosting.boost(tx, world.say(tx, bob, visibility=Visibility.PRIVATE))
    with pytest.raises(Invalid):
        boosting.boost(tx, world.say(tx, owner, visibility=Visibility.DIRECT))
    with pytest.raises(NotFound):
        boosting.boost(tx, world.say(tx, bob, visibility=Visibility.DIRECT))


def test_a_boost_goes_no_further_than_its_original(tx: Tx, owner: Account) -> None:
    """Our own followers-only post, shown to followers again."""
    boost = boosting.boost(tx, world.say(tx, owner, visibility=Visibility.PRIVATE), Visibility.PUBLIC)

    assert boost.visibility is Visibility.PRIVATE


def test_liking_once(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """A second like, also of a wrapper, is the first one; so is the second taking back."""
    post = world.say(tx, bob)
    boost = world.wrap(tx, bob, post)

    assert liking.like(tx, post) == liking.like(tx, boost) == post
    (like,) = events
    assert isinstance(like, PostLiked)
    assert details.of_posts(tx, [post])[post.id].likes == 1
    assert liking.unlike(tx, boost) == liking.unlike(tx, post) == post

    uri = f"https://home.example/likes/{like.like}"
    assert events == [
        PostLiked(like=like.like, account=owner.id, post=post.id, local=True),
        LikeUndone(uri=uri, account=owner.id, post=post.id, local=True),
    ]
    assert details.of_posts(tx, [post])[post.id].likes == 0


def test_only_what_one_can_see(tx: Tx, owner: Account, bob: Account) -> None:
    """For the owner a hidden post is as none."""
    hidden = world.say(tx, bob, visibility=Visibility.PRIVATE)

    for act in (liking.like, bookmarking.bookmark, boosting.boost):
        with pytest.raises(NotFound):
            act(tx, hidden)


def test_bookmarks(tx: Tx, owner: Account, bob: Account) -> None:
    """Of the original, as often as one likes."""
    post = world.say(tx, bob)
    boost = world.wrap(tx, bob, post)

    assert bookmarking.bookmark(tx, boost) == bookmarking.bookmark(tx, post) == post
    assert details.of_posts(tx, [post])[post.id].bookmarked
    assert bookmarking.unbookmark(tx, boost) == post
    assert not details.of_posts(tx, [post])[post.id].bookmarked


# Others' --------------------------------------------------------------------------------------------------------------
def test_a_boost_of_ours(tx: Tx, owner: Account, bob: Account, announcing: Announcing, events: list[Event]) -> None:
    """Whoever boosts; at most once, whatever its id."""
    post = world.say(tx, owner)

    boost = boosting.receive_boost(tx, announcing(bob, post))
    again = boosting.receive_boost(tx, announcing(bob, post, id=f"{bob.uri}/boosts/2"))

    assert isinstance(boost, Post)
    assert again == boost
    assert (boost.uri, boost.visibility, boost.in_home) == (f"{bob.uri}/boosts/1", Visibility.PUBLIC, False)
    assert details.of_posts(tx, [post])[post.id].boosts == 1
    assert events == [PostBoosted(boost=boost.id, account=bob.id, post=post.id, local=False)]


def test_a_boost_by_somebody_followed(
    tx: Tx, owner: Account, bob: Account, carol: Account, announcing: Announcing
) -> None:
    """What is boosted is asked for first; then it is at home, if boosts are wanted."""
    world.befriend(tx, owner, bob)
    uri = f"{carol.uri}/notes/1"
    assert boosting.receive_boost(tx, announcing(bob, uri)) == Need(uri)

    world.say(tx, carol, uri=uri)

    boost = boosting.receive_boost(tx, announcing(bob, uri))
    assert isinstance(boost, Post)
    assert boost.in_home


def test_boosts_that_are_not_wanted(
    tx: Tx, owner: Account, bob: Account, carol: Account, announcing: Announcing
) -> None:
    """They are kept for the count, but not at home."""
    world.befriend(tx, owner, bob, reblogs=False)

    boost = boosting.receive_boost(tx, announcing(bob, world.say(tx, carol)))

    assert isinstance(boost, Post)
    assert not boost.in_home


def test_boosts_without_effect(
    tx: Tx, owner: Account, bob: Account, carol: Account, know: Know, announcing: Announcing, events: list[Event]
) -> None:
    """Of what we do not have, of what is not public, of and by who is blocked, of a boost, of what is not there."""
    theirs = world.say(tx, carol)
    private = world.say(tx, owner, visibility=Visibility.PRIVATE)
    mine = world.wrap(tx, owner, theirs)
    world.befriend(tx, bob, owner)
    blocked = know("dave@blocked.example")
    world.keep_away(tx, "blocked.example")
    eve = know("eve@far.example")
    blocks.put(tx, owner.id, eve.id, "https://home.example/blocks/1")
    world.befriend(tx, owner, bob)

    refused = [
        boosting.receive_boost(tx, announcing(carol, f"{bob.uri}/notes/404")),
        boosting.receive_boost(tx, announcing(bob, private)),
        boosting.receive_boost(tx, announcing(bob, mine)),
        boosting.receive_boost(tx, announcing(blocked, world.say(tx, owner))),
        boosting.receive_boost(tx, announcing(eve, world.say(tx, owner))),
        boosting.receive_boost(tx, announcing(bob, world.say(tx, eve))),
        boosting.receive_boost(tx, announcing(bob, world.say(tx, blocked))),
        boosting.receive_boost(tx, announcing(bob, f"{owner.uri}/notes/404")),
        boosting.receive_boost(tx, announcing(bob, theirs, id=theirs.uri)),
        boosting.receive_boost(tx, announcing(owner, theirs)),
    ]

    assert [type(one) for one in refused] == [Refused] * 10
    assert events == []


def test_authors_boost_their_own_for_followers(tx: Tx, owner: Account, bob: Account, announcing: Announcing) -> None:
    """It stays for followers only, whatever the Announce says."""
    world.befriend(tx, owner, bob)

    boost = boosting.receive_boost(tx, announcing(bob, world.say(tx, bob, visibility=Visibility.PRIVATE)))

    assert isinstance(boost, Post)
    assert boost.visibility is Visibility.PRIVATE


def test_an_old_boost_sorts_by_its_time(tx: Tx, owner: Account, bob: Account, announcing: Announcing) -> None:
    """As posts do."""
    yesterday = tx.now - timedelta(days=1)

    boost = boosting.receive_boost(tx, announcing(bob, world.say(tx, owner), published_at=yesterday))

    assert isinstance(boost, Post)
    assert boost.id >> 16 == int(yesterday.timestamp() * 1000)


def test_a_boost_undone_before_it_came(tx: Tx, owner: Account, bob: Account, announcing: Announcing) -> None:
    """Once."""
    post = world.say(tx, owner)
    tombstones.put_undone(tx, bob.uri, f"{bob.uri}/boosts/1")

    assert isinstance(boosting.receive_boost(tx, announcing(bob, post)), Refused)
    assert isinstance(boosting.receive_boost(tx, announcing(bob, post)), Post)


def test_a_like_of_ours(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """Counts once."""
    post = world.say(tx, owner)

    for number in (1, 2):
        assert liking.receive_like(tx, bob, post, f"{bob.uri}/likes/{number}") is None

    assert likes.count(tx, post.id) == 1
    assert [type(e) for e in events] == [PostLiked]
    assert liking.undo_like(tx, bob, uri=f"{bob.uri}/likes/1", object=None) is True
    assert likes.count(tx, post.id) == 0


def test_likes_without_effect(tx: Tx, owner: Account, bob: Account, carol: Account, events: list[Event]) -> None:
    """Of others' posts that are not public, of what one cannot see, by who is blocked, and what was undone already."""
    post, hidden = world.say(tx, owner), world.say(tx, owner, visibility=Visibility.PRIVATE)
    theirs = world.say(tx, carol, visibility=Visibility.PRIVATE)
    world.befriend(tx, bob, carol)
    blocks.put(tx, owner.id, carol.id, "https://home.example/blocks/1")
    tombstones.put_undone(tx, bob.uri, "https://far.example/likes/9")

    assert isinstance(liking.receive_like(tx, bob, theirs, None), Refused)
    assert isinstance(liking.receive_like(tx, bob, hidden, None), Refused)
    assert isinstance(liking.receive_like(tx, carol, post, None), Refused)
    assert isinstance(liking.receive_like(tx, bob, post, "https://far.example/likes/9"), Refused)
    assert isinstance(liking.receive_like(tx, owner, post, None), Refused)
    assert events == []


def test_a_follower_likes_what_is_for_followers(tx: Tx, owner: Account, bob: Account) -> None:
    """They can see it."""
    world.befriend(tx, bob, owner)

    assert liking.receive_like(tx, bob, world.say(tx, owner, visibility=Visibility.PRIVATE), None) is None


def test_nobody_undoes_anothers(tx: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """Neither likes nor boosts, by no address."""
    post = world.say(tx, owner)
    liking.receive_like(tx, bob, post, f"{bob.uri}/likes/1")
    boost = world.wrap(tx, bob, post)

    assert liking.undo_like(tx, carol, uri=f"{bob.uri}/likes/1", object=post.uri) is False
    assert boosting.undo_boost(tx, carol, uri=boost.uri, object=post.uri) is False
    assert boosting.undo_boost(tx, carol, uri=post.uri, object=None) is False
    assert boosting.undo_boost(tx, bob, uri="https://far.example/unknown", object=post.uri) is True
