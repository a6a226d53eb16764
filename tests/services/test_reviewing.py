"""The owner decides about strangers in whatever order: what was binned comes back only where it still may."""

import pytest

from smallfed.domain.account import Account
from smallfed.domain.incoming import IncomingPost
from smallfed.domain.post import Post, Visibility
from smallfed.domain.wave import Item, Kind, State, Wave
from smallfed.services import admitting, blocking, meeting, posting, receiving, reviewing
from smallfed.services.receiving import SENT
from smallfed.store import accounts, announcements, follows, posts, wave_items, waves
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know
from tests.services.conftest import Incoming, draft, queued
from tests.services.test_sifting import LONG

MANY = 25  # who want to follow within the hour: the last five wait as one


@pytest.fixture
def waiting(lively: Tx, owner: Account, know: Know) -> Wave:
    """Return a wave of requests to follow, which holds five."""
    for number in range(MANY):
        one = know(f"f{number}@old{number % 9}.example")
        admitting.receive_follow(lively, one, f"{one.uri}#follow")
    (wave,) = waves.waiting(lively)
    assert wave.kind is Kind.FOLLOWS
    return wave


def last(tx: Tx) -> Account:
    """Return one of those in the wave."""
    found = accounts.find_handle(tx, f"f{MANY - 1}", f"old{(MANY - 1) % 9}.example")
    assert found is not None
    return found


def follow_of(tx: Tx, owner: Account) -> tuple[bool, bool] | None:
    """Return (accepted, frozen) of the follow of the last one, or None."""
    known = follows.find(tx, last(tx).id, owner.id)
    return None if known is None else (known.accepted, known.frozen)


def told_of(tx: Tx) -> list[str]:
    """Return the types of what the owner is told of the last one, filtered or not."""
    rows = tx.all("SELECT type FROM notifications WHERE account_id = ?", last(tx).id)
    return [type_ for (type_,) in rows]


def test_who_was_blocked_meanwhile_does_not_come_back(lively: Tx, owner: Account, waiting: Wave) -> None:
    """Neither to ask, nor in what the owner is told; also when they are blocked no more."""
    reviewing.bin_(lively, waiting.id)
    blocking.block(lively, last(lively))

    undone = reviewing.undo(lively, waiting.id)

    assert (undone.state, undone.held) == (State.OPEN, 4)
    assert (follow_of(lively, owner), told_of(lively)) == (None, [])
    blocking.unblock(lively, last(lively))
    assert (follow_of(lively, owner), told_of(lively)) == (None, [])


def test_whose_server_was_blocked_meanwhile_is_frozen(lively: Tx, owner: Account, waiting: Wave) -> None:
    """And comes back when that is lifted."""
    reviewing.bin_(lively, waiting.id)
    blocking.block_domain(lively, last(lively).host)

    reviewing.undo(lively, waiting.id)

    assert (follow_of(lively, owner), told_of(lively)) == ((False, True), [])
    blocking.unblock_domain(lively, last(lively).host)
    assert (follow_of(lively, owner), told_of(lively)) == ((False, False), ["follow_request"])


def test_who_was_let_in_meanwhile_is_not_sent_away(lively: Tx, owner: Account, know: Know) -> None:
    """They asked again, and were accepted: when the bin is emptied, nothing is refused."""
    tx, bob = lively, know("bob@far.example")
    admitting.receive_follow(tx, bob, f"{bob.uri}#follow")
    wave = waves.begin(tx, Kind.ALIKE, state=State.OPEN)
    item = Item(type="follow", account_id=bob.id, post_id=None, at=tx.now, held=True)
    wave_items.add(tx, wave, item, bob.host, points=1)
    reviewing.bin_(tx, wave.id)
    world.later(tx, hours=1)
    admitting.receive_follow(tx, bob, f"{bob.uri}#follow")
    queued(tx)

    world.later(tx, days=4)
    reviewing.finish(tx)

    assert follows.has(tx, bob.id, owner.id)
    assert queued(tx) == []


@pytest.mark.parametrize(("befriended", "sent"), [(False, ["Reject"]), (True, ["Accept"])])
def test_whose_follow_was_binned_is_answered(
    lively: Tx, owner: Account, bob: Account, befriended: bool, sent: list[str]
) -> None:
    """At the end they are told; whom the owner has come to follow is let in."""
    tx = lively
    admitting.receive_follow(tx, bob, f"{bob.uri}#follow")
    wave = waves.begin(tx, Kind.ALIKE, state=State.OPEN)
    wave_items.add(tx, wave, Item(type="follow", account_id=bob.id, post_id=None, at=tx.now), bob.host, points=1)
    reviewing.bin_(tx, wave.id)
    if befriended:
        world.befriend(tx, owner, bob)
    queued(tx)
    world.later(tx, days=4)

    reviewing.finish(tx)

    assert [type_ for type_, _ in queued(tx)] == sent
    assert follows.has(tx, bob.id, owner.id) is befriended


def test_who_is_gone_does_not_come_back(lively: Tx, owner: Account, waiting: Wave) -> None:
    reviewing.bin_(lively, waiting.id)
    meeting.forget(lively, last(lively).uri)

    undone = reviewing.undo(lively, waiting.id)

    assert (undone.held, follow_of(lively, owner), told_of(lively)) == (4, None, [])


@pytest.fixture
def binned(lively: Tx, owner: Account, know: Know, incoming: Incoming) -> list[Post]:
    """Return four posts that are alike, binned."""
    sent: list[IncomingPost] = []
    for number in range(4):
        author = know(f"trader{number}@old{number}.example")
        post = incoming(author, named=(owner,), content=f"<p>{LONG} {number * 7919}</p>")
        assert isinstance(receiving.receive(lively, post, SENT), Post)
        sent.append(post)
    (wave,) = waves.waiting(lively)
    reviewing.bin_(lively, wave.id)
    return [post for one in sent if (post := posts.find_uri(lively, one.uri)) is not None]


def test_what_friends_have_said_outlives_the_bin(lively: Tx, owner: Account, binned: list[Post]) -> None:
    """Whom the owner follows meanwhile is no stranger."""
    author = accounts.get(lively, binned[0].account_id)
    world.befriend(lively, owner, author)
    world.later(lively, days=4)

    reviewing.finish(lively)

    assert [posts.find(lively, post.id) is not None for post in binned] == [True, False, False, False]


def test_what_the_owner_has_quoted_outlives_the_bin(lively: Tx, owner: Account, binned: list[Post]) -> None:
    posting.publish(lively, draft("look at this", visibility=Visibility.LOCAL, quoted_id=binned[0].id))
    world.later(lively, days=4)

    reviewing.finish(lively)

    assert [posts.find(lively, post.id) is not None for post in binned] == [True, False, False, False]


def test_who_follows_no_more_does_not_come_back(lively: Tx, owner: Account, waiting: Wave) -> None:
    """They have undone it while it was put away."""
    reviewing.bin_(lively, waiting.id)
    admitting.lose(lively, last(lively))

    undone = reviewing.undo(lively, waiting.id)

    assert (undone.held, follow_of(lively, owner), told_of(lively)) == (4, None, [])


def test_of_whom_the_owner_blocks_nothing_waits(lively: Tx, owner: Account, waiting: Wave) -> None:
    blocking.block(lively, last(lively))

    (left,) = waves.waiting(lively)

    assert left.held == 4
    assert last(lively).handle not in {one.handle for one in reviewing.show(lively, left)}


def test_of_servers_that_are_blocked_nothing_waits(lively: Tx, owner: Account, know: Know, incoming: Incoming) -> None:
    """Neither shown, nor said in the line about waves, until the block is lifted."""
    for number in range(4):
        post = incoming(know(f"t{number}@bad.example"), named=(owner,), content=f"<p>{LONG} {number * 7919}</p>")
        receiving.receive(lively, post, SENT)
    before = waves.waiting(lively), len(announcements.shown(lively, dismissed=True))

    blocking.block_domain(lively, "bad.example")
    blocked = reviewing.box(lively).waves, len(announcements.shown(lively, dismissed=True))
    shown = reviewing.show(lively, before[0][0])
    blocking.unblock_domain(lively, "bad.example")

    assert (len(before[0]), before[1]) == (1, 1)
    assert (blocked, shown) == (([], 0), [])
    assert (waves.waiting(lively), len(announcements.shown(lively, dismissed=True))) == before
