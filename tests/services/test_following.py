"""Following, both ways."""

import pytest

from smallfed.domain.account import Account
from smallfed.domain.events import (
    Event,
    FollowAccepted,
    FollowDenied,
    FollowerLost,
    FollowGranted,
    FollowRefused,
    FollowRequested,
    FollowSent,
    FollowWithdrawn,
)
from smallfed.domain.incoming import FollowReference
from smallfed.domain.post import Visibility
from smallfed.domain.refused import Refused
from smallfed.errors import Forbidden, NotFound
from smallfed.services import following
from smallfed.store import accounts, blocks, domain_blocks, follows, mutes, notifications, posts, tombstones
from smallfed.store.tx import Tx
from tests import world

URI = "https://far.example/users/bob#follows/1"


# Others follow us -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("locked", "muted", "blocked", "event", "state"),
    [
        (False, False, False, FollowAccepted, True),
        (True, False, False, FollowRequested, False),
        (False, True, False, FollowRequested, False),
        (False, False, True, FollowRefused, None),
        (True, False, True, FollowRefused, None),
    ],
)
def test_answer(
    tx: Tx,
    owner: Account,
    bob: Account,
    events: list[Event],
    locked: bool,
    muted: bool,
    blocked: bool,
    event: type[Event],
    state: bool | None,
) -> None:
    """The answer depends on our lock and on what we think of the follower."""
    accounts.change(tx, owner.id, locked=locked)
    if muted:
        mutes.put(tx, bob.id, notifications=True, expires_at=None)
    if blocked:
        blocks.put(tx, owner.id, bob.id, "https://home.example/blocks/1")

    assert following.receive_follow(tx, bob, URI) is None

    known = follows.find(tx, bob.id, owner.id)
    assert (None if known is None else known.accepted) is state
    assert [type(e) for e in events] == [event]


def test_a_repeated_follow_is_accepted_again(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """Servers that lost our Accept ask again; who is in stays in, even once we lock the door."""
    world.befriend(tx, bob, owner)
    accounts.change(tx, owner.id, locked=True)

    following.receive_follow(tx, bob, "https://far.example/follows/2")

    known = follows.find(tx, bob.id, owner.id)
    assert known is not None
    assert (known.accepted, known.uri) == (True, "https://far.example/follows/2")
    assert events == [FollowAccepted(follower=bob.id, uri="https://far.example/follows/2", again=True)]


def test_asking_twice_is_one_request(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """The answer will name what they sent last."""
    accounts.change(tx, owner.id, locked=True)

    following.receive_follow(tx, bob, URI)
    following.receive_follow(tx, bob, f"{URI}b")

    assert [e.uri for e in events if isinstance(e, FollowRequested)] == [URI]
    following.authorize(tx, bob)
    assert events[-1] == FollowAccepted(follower=bob.id, uri=f"{URI}b")
    assert follows.has(tx, bob.id, owner.id)


def test_a_request_is_let_in_once_the_door_is_open(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """Who asks again then needs no answer by hand, and is new."""
    world.befriend(tx, bob, owner, accepted=False)

    following.receive_follow(tx, bob, URI)

    assert events == [FollowAccepted(follower=bob.id, uri=URI)]


def test_a_follow_undone_before_it_came(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """The memory swallows one Follow, and only one."""
    tombstones.put_undone(tx, bob.uri, URI)

    assert isinstance(following.receive_follow(tx, bob, URI), Refused)
    assert events == []
    assert following.receive_follow(tx, bob, URI) is None
    assert follows.has(tx, bob.id, owner.id)


def test_the_memory_of_an_undo_fades(tx: Tx, owner: Account, bob: Account) -> None:
    """After six hours the same id means a new wish."""
    tombstones.put_undone(tx, bob.uri, URI)
    world.later(tx, hours=7)

    assert following.receive_follow(tx, bob, URI) is None


def test_blocked_domains_get_no_answer(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """Not even a refusal."""
    domain_blocks.put(tx, "far.example")

    assert isinstance(following.receive_follow(tx, bob, URI), Refused)
    assert events == []


def test_the_owner_decides(tx: Tx, owner: Account, bob: Account, carol: Account, events: list[Event]) -> None:
    """One is let in, the other is not; nobody is twice."""
    one = world.befriend(tx, bob, owner, accepted=False)
    other = world.befriend(tx, carol, owner, accepted=False)
    notifications.put(tx, "follow_request", bob.id)
    notifications.put(tx, "follow_request", carol.id)

    following.authorize(tx, bob)
    following.reject(tx, carol)

    assert (follows.has(tx, bob.id, owner.id), follows.find(tx, carol.id, owner.id)) == (True, None)
    assert events == [
        FollowAccepted(follower=bob.id, uri=one.uri),
        FollowRefused(follower=carol.id, uri=other.uri),
    ]
    assert tx.all("SELECT * FROM notifications") == []
    for account in (bob, carol):
        with pytest.raises(NotFound):
            following.authorize(tx, account)


def test_followers_go_by_themselves_or_are_put_out(
    tx: Tx, owner: Account, bob: Account, carol: Account, events: list[Event]
) -> None:
    """In the second case their server is told."""
    world.befriend(tx, bob, owner)
    follow = world.befriend(tx, carol, owner)

    assert following.lose(tx, bob) is True
    assert following.lose(tx, bob) is False
    following.remove_follower(tx, carol)
    following.remove_follower(tx, carol)

    assert events == [FollowerLost(follower=bob.id), FollowRefused(follower=carol.id, uri=follow.uri)]
    assert follows.count(tx, owner.id, followers=True) == 0


# We follow others -----------------------------------------------------------------------------------------------------
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
