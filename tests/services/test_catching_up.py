"""Catching up: what is found in outboxes counts as if it had been sent, once."""

from datetime import timedelta

import pytest

from smallfed.domain.account import Account
from smallfed.domain.events import FetchQueued
from smallfed.domain.incoming import Announce, Create
from smallfed.services import borrowing, catching_up, receiving
from smallfed.services.catching_up import Beat
from smallfed.services.receiving import SENT
from smallfed.store import fetches, follows, gaps, hosts, pasts, posts
from smallfed.store.gaps import Gap
from smallfed.store.tx import Tx
from tests.conftest import Know
from tests.services.conftest import PUBLIC, Incoming
from tests.world import NOW, befriend, later, say

MONTH = timedelta(days=30)
HOUR = timedelta(hours=1)


def beat(tx: Tx, *, expected: timedelta = timedelta(0), plan: bool = True) -> Beat:
    return catching_up.beat(tx, expected=expected, farthest=MONTH, plan=plan)


def take(tx: Tx, incoming: Incoming, author: Account, **fields: object) -> object:
    create = Create(id=None, actor=author.uri, post=incoming(author, **fields))
    return catching_up.take(tx, author.id, create, since=NOW - HOUR)


def gap(tx: Tx, host: str = "far.example") -> Gap:
    found = gaps.first(tx, host)
    assert found is not None
    return found


# Being away -----------------------------------------------------------------------------------------------------------
def test_after_an_absence_everybody_followed_is_asked(tx: Tx, know: Know, owner: Account, bob: Account) -> None:
    """From when we were last alive, or from when they were followed; not who was only asked, and not followers."""
    dora, eve = know("dora@far.example"), know("eve@far.example")
    befriend(tx, owner, bob, created_at=tx.now - MONTH)
    befriend(tx, dora, owner)
    befriend(tx, owner, eve, accepted=False)
    hosts.seen(tx, "far.example")
    first = beat(tx)
    back = later(tx, days=4)
    hosts.seen(back, "far.example")

    second = beat(back)
    third = beat(back)

    assert first == third == Beat()
    assert second == Beat(since=NOW, missed=1)
    assert gaps.next_due(tx) == tx.now + timedelta(minutes=5)
    assert gaps.first(tx, "far.example") is None
    assert gap(later(tx, minutes=5)) == Gap(
        account_id=bob.id,
        host="far.example",
        since=NOW,
        planned_at=NOW + timedelta(days=4),
        daily=False,
        judged=False,
        next=None,
        pages=0,
        posts=0,
        due=tx.now,
        attempts=0,
        reason=None,
    )


def test_nothing_is_planned_when_it_is_switched_off_or_nobody_lives_here(tx: Tx, know: Know) -> None:
    gaps.beat(tx)
    empty = beat(later(tx, days=4))
    owner, bob = know("alice@home.example", local=True), know("bob@far.example")
    befriend(tx, owner, bob)
    switched_off = beat(later(tx, days=4), plan=False)

    assert empty == Beat(since=NOW)
    assert switched_off == Beat(since=NOW + timedelta(days=4))
    assert gaps.waiting(tx) == 0


def test_a_second_absence_does_not_shorten_the_first(tx: Tx, owner: Account, bob: Account) -> None:
    befriend(tx, owner, bob, created_at=tx.now - MONTH)
    hosts.seen(tx, "far.example")
    beat(tx)
    hosts.seen(later(tx, days=4), "far.example")
    beat(tx)
    gaps.turn(tx, gap(later(tx, minutes=6)), next_="https://far.example/p2", posts=3)

    beat(later(tx, hours=2), expected=timedelta(minutes=5))

    again = gap(later(tx, minutes=6))
    assert (again.since, again.next, again.pages) == (NOW, None, 0)


def test_silent_hosts_are_asked_once_a_day(tx: Tx, know: Know, owner: Account, bob: Account, carol: Account) -> None:
    """Who sends is not; neither is who was followed lately."""
    long_ago = tx.now - timedelta(days=9)
    befriend(tx, owner, bob, created_at=long_ago)
    befriend(tx, owner, carol, created_at=long_ago)
    befriend(tx, owner, know("dora@new.example"))
    hosts.seen(tx, "other.example")

    asked = [beat(tx).silent, beat(later(tx, hours=1), expected=HOUR).silent]
    found = gap(tx)
    gaps.asked(tx, bob.id, 7)
    gaps.drop(tx, bob.id)
    beat(later(tx, days=1), expected=timedelta(days=1))

    assert asked == [1, 0]
    assert (found.account_id, found.since, found.daily, found.judged) == (bob.id, long_ago, True, True)
    assert gaps.total(tx, bob.id) == 7
    assert gap(tx).since == NOW + HOUR


@pytest.mark.parametrize("beats", [True, False])
def test_what_a_wrong_clock_has_put_off_is_looked_at_when_it_is_right_again(
    tx: Tx, owner: Account, bob: Account, *, beats: bool
) -> None:
    """A clock was a year ahead: for long enough that we said so, or only for a moment."""
    beat(tx)
    later(tx, days=365)
    if beats:
        beat(tx)
    fetches.put(tx, "https://far.example/notes/1")
    fetches.claim(tx, limit=1)
    later(tx, days=-365)
    fetches.put(tx, "https://far.example/notes/2", after=HOUR * (not beats))

    back = beat(tx)

    assert back == Beat(near=1)
    assert [one.uri[-1] for one in fetches.claim(tx, limit=5)] == (["1", "2"] if beats else ["1"])
    assert FetchQueued() in tx.announced
    assert beat(tx) == Beat()


# What a server sends by itself ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("published", "received", "borrowed", "left"),
    [
        (NOW + HOUR, NOW + timedelta(days=4, minutes=1), False, 0),  # from the gap, since we are back: it tries again
        (NOW + timedelta(days=4, minutes=1), NOW + timedelta(days=4, minutes=1), False, 2),  # new: it may have given up
        (NOW - HOUR, NOW - HOUR, False, 2),
        (NOW + HOUR, NOW + timedelta(days=4, minutes=1), True, 2),  # nobody sent it
    ],
)
def test_who_sends_what_we_missed_is_not_asked(
    tx: Tx, know: Know, owner: Account, bob: Account, published: object, received: object, borrowed: bool, left: int
) -> None:
    for person in (bob, know("dora@far.example")):
        befriend(tx, owner, person, created_at=tx.now - MONTH)
    beat(tx)
    beat(later(tx, days=4))
    post = say(tx, bob, id=tx.id_at(published), published_at=published, received_at=received)  # type: ignore[arg-type]
    if borrowed:
        pasts.borrow(tx, bob.id, post.id)

    gone = gaps.judge(later(tx, minutes=5), "far.example")

    assert (gone, gaps.waiting(tx)) == (2 - left, left)
    assert gaps.judge(tx, "far.example") == 0  # once only


# Taking ---------------------------------------------------------------------------------------------------------------
def test_what_is_found_comes_home_and_is_told(
    tx: Tx, lively: Tx, owner: Account, bob: Account, incoming: Incoming
) -> None:
    """Once, whether it is found again or sent late."""
    befriend(tx, owner, bob)
    moment = tx.now - timedelta(minutes=1)

    found = [take(tx, incoming, bob, named=(owner,), published_at=moment) for _ in range(2)]
    receiving.receive(tx, incoming(bob, named=(owner,), published_at=moment), SENT)

    [post] = posts.newest_of(tx, bob.id, 9)
    assert found == [True, False]
    assert post.in_home
    assert post.id >> 16 == int(moment.timestamp() * 1000)
    assert tx.all("SELECT type FROM notifications") == [("mention",)]
    assert pasts.count(tx) == (0, 0)


def test_what_was_borrowed_before_is_borrowed_no_more(
    tx: Tx, lively: Tx, owner: Account, bob: Account, incoming: Incoming
) -> None:
    """Somebody looked at the profile before we had caught up."""
    befriend(tx, owner, bob)
    borrowing.take(tx, bob.id, Create(id=None, actor=bob.uri, post=incoming(bob, named=(owner,))))

    take(tx, incoming, bob, named=(owner,))

    [post] = posts.newest_of(tx, bob.id, 9)
    assert post.in_home
    assert tx.all("SELECT type FROM notifications") == [("mention",)]
    assert pasts.count(tx) == (0, 0)


def test_of_what_is_older_only_edits_count(tx: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    befriend(tx, owner, bob)
    old = tx.now - 2 * HOUR
    receiving.receive(tx, incoming(bob, published_at=old), SENT)

    found = [
        take(tx, incoming, bob, published_at=old, content="<p>edited</p>", updated_at=tx.now),
        take(tx, incoming, bob, number=2, published_at=old),
    ]

    assert found == [False, False]
    assert [post.content for post in posts.newest_of(tx, bob.id, 9)] == ["<p>edited</p>"]


def test_boosts_are_found_too(tx: Tx, owner: Account, bob: Account, carol: Account) -> None:
    befriend(tx, owner, bob)
    post = say(tx, carol)
    boost = Announce(id=f"{bob.uri}/boosts/1", actor=bob.uri, object=post.uri, to=(PUBLIC,), published_at=tx.now)
    old = Announce(id=f"{bob.uri}/boosts/2", actor=bob.uri, object=say(tx, carol).uri, published_at=tx.now - 2 * HOUR)

    found = [catching_up.take(tx, bob.id, each, since=tx.now - HOUR) for each in (boost, boost, old)]

    assert found == [True, False, False]
    assert [one.in_home for one in posts.newest_of(tx, bob.id, 9)] == [True]


def test_whom_nobody_follows_any_more_is_not_asked(tx: Tx, owner: Account, bob: Account) -> None:
    follow = befriend(tx, owner, bob, created_at=tx.now - MONTH)
    beat(tx)
    beat(later(tx, days=4))
    asked = gap(later(tx, minutes=6))

    wanted = catching_up.is_wanted(tx, asked)
    follows.drop(tx, follow.id)

    assert (wanted, catching_up.is_wanted(tx, asked)) == (True, False)


def test_a_server_that_fails_is_left_alone(tx: Tx, know: Know, owner: Account, bob: Account) -> None:
    for person in (bob, know("dora@far.example")):
        befriend(tx, owner, person, created_at=tx.now - MONTH)
    beat(tx)
    beat(later(tx, days=4))
    failed = gap(later(tx, minutes=6))

    gaps.postpone(tx, failed, due=tx.now + HOUR, reason="refused")

    assert gaps.due_hosts(tx, busy=(), limit=9) == []
    assert gaps.next_due(tx) == tx.now + HOUR
    assert gaps.next_due(tx, busy=["far.example"]) is None
    assert gap(later(tx, hours=1)).attempts == 1
