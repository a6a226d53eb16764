"""Keeping people and servers away."""

from datetime import timedelta

import pytest

from smallfed.domain.account import Account
from smallfed.domain.events import (
    AccountBlocked,
    AccountMuted,
    AccountUnblocked,
    DomainBlocked,
    DomainDecided,
    Event,
    FollowDenied,
    FollowerLost,
    FollowRefused,
    FollowsSevered,
    FollowWithdrawn,
    NotificationMade,
)
from smallfed.domain.refused import Refused
from smallfed.errors import Forbidden, Invalid
from smallfed.services import blocking, moderating, muting
from smallfed.store import blocks, domain_blocks, follows, mutes, notifications, tombstones
from smallfed.store.rows import listed
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know
from tests.services.conftest import queued, told


def test_a_block_ends_everything(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """Both follows go, each with its own word, then they are told of the block."""
    theirs, ours = world.befriend(tx, bob, owner), world.befriend(tx, owner, bob)
    notifications.put(tx, "follow", bob.id)

    blocking.block(tx, bob)
    blocking.block(tx, bob)

    assert blocks.has(tx, owner.id, bob.id)
    assert follows.between(tx, bob.id) == []
    assert told(tx) == []
    (uri,) = tx.one("SELECT uri FROM blocks")
    assert events == [
        FollowRefused(follower=bob.id, uri=theirs.uri),
        FollowWithdrawn(target=bob.id, uri=ours.uri),
        AccountBlocked(target=bob.id, uri=uri),
    ]


def test_unblocking(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """The very block is undone; without one nothing happens."""
    blocking.block(tx, bob)
    (uri,) = tx.one("SELECT uri FROM blocks")
    events.clear()

    blocking.unblock(tx, bob)
    blocking.unblock(tx, bob)

    assert events == [AccountUnblocked(target=bob.id, uri=uri)]


def test_being_blocked(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """Nobody follows anybody any more, and nothing is said about it."""
    world.befriend(tx, bob, owner)
    world.befriend(tx, owner, bob)

    assert blocking.blocked_by(tx, bob, uri="https://far.example/blocks/1") is None

    assert blocks.has(tx, bob.id, owner.id)
    assert follows.between(tx, bob.id) == []
    assert events == [FollowerLost(follower=bob.id), FollowDenied(target=bob.id)]
    assert blocking.unblocked_by(tx, bob) is True
    assert blocking.unblocked_by(tx, bob) is False


def test_a_block_undone_before_it_came(tx: Tx, owner: Account, bob: Account) -> None:
    """It has no effect."""
    tombstones.put_undone(tx, bob.uri, "https://far.example/blocks/1")

    assert isinstance(blocking.blocked_by(tx, bob, uri="https://far.example/blocks/1"), Refused)
    assert not blocks.has(tx, bob.id, owner.id)


def test_a_domain_with_all_below_it(lively: Tx, owner: Account, bob: Account, know: Know, events: list[Event]) -> None:
    """Follows with it are frozen, what waited for it is dropped, and nobody there hears anything: until it is final."""
    tx = lively
    dave = know("dave@deep.far.example")
    other = know("eve@notfar.example")
    world.befriend(tx, dave, owner)
    world.befriend(tx, owner, bob)
    world.befriend(tx, other, owner)
    blocking.block(tx, bob)
    blocking.unblock(tx, bob)
    assert len(queued(tx)) == 1  # the Undo of the Follow; of the Block nobody has heard
    tx.run("DELETE FROM bodies")
    world.befriend(tx, owner, bob)
    events.clear()

    blocking.block_domain(tx, "@user@FAR.example/path")

    assert domain_blocks.covers(tx, "deep.far.example")
    assert follows.count(tx, owner.id, followers=True) == 1
    assert not follows.has(tx, owner.id, bob.id)
    assert [type(event) for event in events] == [FollowsSevered, NotificationMade, DomainBlocked, DomainDecided]
    assert queued(tx) == []

    moderating.finish(tx, "far.example")

    assert [type(e) for e in events if not type(e).__name__.endswith("Queued")][4:] == [FollowWithdrawn, FollowRefused]
    assert queued(tx) == [("Undo", bob.inbox), ("Reject", dave.inbox)]
    blocking.block(tx, dave)
    assert queued(tx) == []
    blocking.unblock_domain(tx, "far.example")
    assert not domain_blocks.covers(tx, "far.example")
    assert [follow.follower_id for follow in follows.between(tx, owner.id)] == [other.id]


def test_what_waited_for_a_domain_is_dropped(lively: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """And only that."""
    tx = lively
    blocking.block(tx, bob)
    blocking.block(tx, carol)

    blocking.block_domain(tx, "far.example")

    assert tx.all("SELECT host, state FROM deliveries ORDER BY id") == [
        ("far.example", "dropped"),
        ("other.example", "waiting"),
    ]
    assert tx.all("SELECT host FROM hosts WHERE next_due IS NOT NULL") == [("other.example",)]


@pytest.mark.parametrize("domain", ["home.example", "example", "HOME.example:443"])
def test_the_house_does_not_block_itself(tx: Tx, owner: Account, domain: str) -> None:
    """Neither its own domain nor one above it."""
    with pytest.raises(Invalid):
        blocking.block_domain(tx, domain)


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("far.example", "far.example"),
        (" Far.Example. ", "far.example"),
        ("https://far.example/@bob", "far.example"),
        ("*.far.example", "far.example"),
        ("@bob@far.example", "far.example"),
        ("far.example:8443", "far.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("bücher。example", "xn--bcher-kva.example"),
        ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
        ("under_score.example", "under_score.example"),
        ("far.example.:8443", "far.example"),
        ("https://far.example:8443?x#y", "far.example"),
        ("zip", "zip"),
        ("*.zip", "zip"),
        ("192.0.2.7", "192.0.2.7"),
        ("http://192.0.2.7:8080/users/x", "192.0.2.7"),
        ("2001:DB8:0:0::1", "[2001:db8::1]"),
        ("[2001:db8::1]", "[2001:db8::1]"),
        ("https://[2001:db8::1]:8443/users/x", "[2001:db8::1]"),
        ("@bob@[2001:db8::1]", "[2001:db8::1]"),
    ],
)
def test_domains_as_people_paste_them(typed: str, domain: str) -> None:
    """All mean the same."""
    assert blocking.clean_domain(typed) == domain


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "*",
        "*.*.example",
        ".zip",
        "a b.example",
        "..",
        "far..example",
        "<script>",
        "x" * 64 + ".example",
        "a." * 127 + "example",
        "a." * 500_000 + "example",
        "ü" * 1_000_000,
        "127.1",
        "0x7f.1",
        "256.1.1.1",
        "[2001:db8::zz]",
        "[fe80::1%eth0]",
    ],
)
def test_what_is_no_domain(typed: str) -> None:
    """It is said clearly."""
    with pytest.raises(Invalid, match="is not a domain") as error:
        blocking.clean_domain(typed)
    assert len(error.value.message) < 400


@pytest.mark.parametrize("typed", ["192.0.2.0/24", "2001:db8::/32", "10.0.0.0/255.0.0.0"])
def test_a_range_of_addresses_is_not_taken_for_one_of_them(typed: str) -> None:
    with pytest.raises(Invalid, match="is a range of addresses"):
        blocking.clean_domain(typed)


@pytest.mark.parametrize(
    ("typed", "pattern"), [("*.zip", "*.zip"), (" *.Far.example", "*.far.example"), ("far.example", "far.example")]
)
def test_what_is_below_a_domain(typed: str, pattern: str) -> None:
    assert blocking.clean_pattern(typed) == pattern


@pytest.mark.parametrize("typed", ["*.192.0.2.7", "*.[2001:db8::1]"])
def test_nothing_is_below_an_address(typed: str) -> None:
    with pytest.raises(Invalid, match="nothing is below"):
        blocking.clean_pattern(typed)


def test_muting_for_a_while(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """An expired mute is as none; muting again changes how."""
    muting.mute(tx, bob, duration=timedelta(hours=1))
    muting.mute(tx, bob, notifications=False, duration=timedelta(hours=2))

    known = mutes.find(tx, bob.id)
    assert known is not None
    assert (known.notifications, known.expires_at) == (False, tx.now + timedelta(hours=2))
    world.later(tx, hours=2)
    assert mutes.find(tx, bob.id) is None
    assert events == [AccountMuted(target=bob.id)] * 2


def test_unmuting(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """Only who is muted can be unmuted, and nobody mutes or blocks oneself."""
    muting.mute(tx, bob)
    muting.unmute(tx, bob)
    muting.unmute(tx, bob)

    assert events == [AccountMuted(target=bob.id)] * 2
    with pytest.raises(Forbidden):
        muting.mute(tx, owner)
    with pytest.raises(Forbidden):
        blocking.block(tx, owner)


def test_a_muted_thread_is_quiet_below_its_root(tx: Tx, owner: Account, bob: Account) -> None:
    """Also what is added later, and what is above when it becomes known; others are not."""
    root = world.say(tx, owner)
    answer = world.say(tx, bob, in_reply_to_id=root.id, in_reply_to=root.uri)
    other = world.say(tx, bob)

    muting.mute_thread(tx, answer)

    late = world.say(tx, bob, in_reply_to_id=answer.id, in_reply_to=answer.uri)
    every = listed([root.id, answer.id, late.id, other.id])
    assert mutes.quiet(tx, every) == {root.id, answer.id, late.id}
    muting.unmute_thread(tx, late)
    assert mutes.quiet(tx, every) == set()
