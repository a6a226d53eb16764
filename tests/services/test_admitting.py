"""Letting followers in, and out."""

import pytest

from smallfed.domain.account import Account
from smallfed.domain.events import Event, FollowAccepted, FollowerLost, FollowRefused, FollowRequested
from smallfed.domain.refused import Refused
from smallfed.errors import NotFound
from smallfed.services import admitting
from smallfed.store import accounts, blocks, follows, mutes, notifications, tombstones
from smallfed.store.tx import Tx
from tests import world

URI = "https://far.example/users/bob#follows/1"


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

    assert admitting.receive_follow(tx, bob, URI) is None

    known = follows.find(tx, bob.id, owner.id)
    assert (None if known is None else known.accepted) is state
    assert [type(e) for e in events] == [event]


def test_a_repeated_follow_is_accepted_again(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """Servers that lost our Accept ask again; who is in stays in, even once we lock the door."""
    world.befriend(tx, bob, owner)
    accounts.change(tx, owner.id, locked=True)

    admitting.receive_follow(tx, bob, "https://far.example/follows/2")

    known = follows.find(tx, bob.id, owner.id)
    assert known is not None
    assert (known.accepted, known.uri) == (True, "https://far.example/follows/2")
    assert events == [FollowAccepted(follower=bob.id, uri="https://far.example/follows/2", again=True)]


def test_asking_twice_is_one_request(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """The answer will name what they sent last."""
    accounts.change(tx, owner.id, locked=True)

    admitting.receive_follow(tx, bob, URI)
    admitting.receive_follow(tx, bob, f"{URI}b")

    assert [e.uri for e in events if isinstance(e, FollowRequested)] == [URI]
    admitting.authorize(tx, bob)
    assert events[-1] == FollowAccepted(follower=bob.id, uri=f"{URI}b")
    assert follows.has(tx, bob.id, owner.id)


def test_a_request_is_let_in_once_the_door_is_open(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """Who asks again then needs no answer by hand, and is new."""
    world.befriend(tx, bob, owner, accepted=False)

    admitting.receive_follow(tx, bob, URI)

    assert events == [FollowAccepted(follower=bob.id, uri=URI)]


def test_a_follow_undone_before_it_came(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """The memory swallows one Follow, and only one."""
    tombstones.put_undone(tx, bob.uri, URI)

    assert isinstance(admitting.receive_follow(tx, bob, URI), Refused)
    assert events == []
    assert admitting.receive_follow(tx, bob, URI) is None
    assert follows.has(tx, bob.id, owner.id)


def test_the_memory_of_an_undo_fades(tx: Tx, owner: Account, bob: Account) -> None:
    """After six hours the same id means a new wish."""
    tombstones.put_undone(tx, bob.uri, URI)
    world.later(tx, hours=7)

    assert admitting.receive_follow(tx, bob, URI) is None


def test_blocked_domains_get_no_answer(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """Not even a refusal."""
    world.keep_away(tx, "far.example")

    assert isinstance(admitting.receive_follow(tx, bob, URI), Refused)
    assert events == []


def test_the_owner_decides(tx: Tx, owner: Account, bob: Account, carol: Account, events: list[Event]) -> None:
    """One is let in, the other is not; nobody is twice."""
    one = world.befriend(tx, bob, owner, accepted=False)
    other = world.befriend(tx, carol, owner, accepted=False)
    notifications.put(tx, "follow_request", bob.id)
    notifications.put(tx, "follow_request", carol.id)

    admitting.authorize(tx, bob)
    admitting.reject(tx, carol)

    assert (follows.has(tx, bob.id, owner.id), follows.find(tx, carol.id, owner.id)) == (True, None)
    assert events == [
        FollowAccepted(follower=bob.id, uri=one.uri),
        FollowRefused(follower=carol.id, uri=other.uri),
    ]
    assert tx.all("SELECT * FROM notifications") == []
    for account in (bob, carol):
        with pytest.raises(NotFound):
            admitting.authorize(tx, account)


def test_followers_go_by_themselves_or_are_put_out(
    tx: Tx, owner: Account, bob: Account, carol: Account, events: list[Event]
) -> None:
    """In the second case their server is told."""
    world.befriend(tx, bob, owner)
    follow = world.befriend(tx, carol, owner)

    assert admitting.lose(tx, bob) is True
    assert admitting.lose(tx, bob) is False
    admitting.remove_follower(tx, carol)
    admitting.remove_follower(tx, carol)

    assert events == [FollowerLost(follower=bob.id), FollowRefused(follower=carol.id, uri=follow.uri)]
    assert follows.count(tx, owner.id, followers=True) == 0
