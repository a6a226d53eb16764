"""People become known, change and go; the owner's profile; what the owner has read."""

from contextlib import nullcontext

import pytest
from msgspec import structs

from smallfed.domain.account import Account, Kind
from smallfed.domain.events import (
    AccountGone,
    AccountSeen,
    Event,
    FetchQueued,
    FollowAccepted,
    FollowSent,
    ProfileChanged,
)
from smallfed.domain.incoming import IncomingAccount, IncomingKey
from smallfed.domain.post import Visibility
from smallfed.domain.profile import ProfileChange
from smallfed.errors import Conflict, Forbidden, Invalid, NotFound
from smallfed.services import borrowing, meeting, notifying, profiles
from smallfed.services.borrowing import Turned
from smallfed.store import accounts, fetches, follows, houses, ids, likes, markers, notifications, posts
from smallfed.store.accounts import StoredKey
from smallfed.store.likes import Like
from smallfed.store.paging import Page
from smallfed.store.tx import Tx
from tests import world
from tests.services.conftest import told

BOB = "https://far.example/users/bob"


def actor(**fields: object) -> IncomingAccount:
    """Return Bob as his server shows him."""
    stated = {"uri": BOB, "kind": Kind.PERSON, "username": "bob", "inbox": f"{BOB}/inbox", **fields}
    return IncomingAccount(**stated)  # type: ignore[arg-type]


def key(number: int) -> IncomingKey:
    """Return a key of Bob's."""
    return IncomingKey(key_id=f"{BOB}#key-{number}", algorithm="ed25519", der=bytes([number]))


# Others ---------------------------------------------------------------------------------------------------------------
def test_meeting_somebody(tx: Tx, owner: Account, events: list[Event]) -> None:
    """Everything is stored, with the keys."""
    bob = meeting.meet(tx, actor(name="Bob", locked=True, keys=(key(1), key(2))), "Social.Far.Example")

    assert accounts.get(tx, bob.id) == bob
    assert (bob.handle, bob.name, bob.locked, bob.created_at) == ("bob@social.far.example", "Bob", True, tx.now)
    assert accounts.find_key(tx, f"{BOB}#key-2") == StoredKey(owner=BOB, algorithm="ed25519", der=b"\x02")
    assert events == [AccountSeen(account=bob.id, uri=BOB)]


def test_meeting_again_refreshes(tx: Tx, owner: Account) -> None:
    """What only we know stays; keys that are not shown any more are worth nothing; who was gone is back."""
    first = meeting.meet(tx, actor(name="Bob", keys=(key(1), key(2))), "far.example")
    accounts.change(tx, first.id, followers_claimed=5, gone_at=tx.now)
    world.later(tx, days=1)

    bob = meeting.meet(tx, actor(name="Robert", keys=(key(2),)), "far.example")

    assert (bob.id, bob.name, bob.followers_claimed, bob.gone_at) == (first.id, "Robert", 5, None)
    assert (bob.created_at, bob.fetched_at) == (first.created_at, tx.now)
    assert accounts.find_key(tx, f"{BOB}#key-1") is None
    assert accounts.find_key(tx, f"{BOB}#key-2") is not None


def test_what_their_server_says_of_their_standing(tx: Tx, owner: Account) -> None:
    """Nothing is deleted, and what was said is taken back by saying so no more."""
    bob = meeting.meet(tx, actor(suspended=True, memorial=True), "far.example")
    post = world.say(tx, bob)

    now = meeting.meet(tx, actor(), "far.example")

    assert (bob.suspended, bob.memorial, now.suspended, now.memorial) == (True, True, False, False)
    assert posts.find(tx, post.id) == post


@pytest.mark.parametrize(
    ("keys", "reminded"),
    [
        pytest.param((key(1), key(2)), False, id="the same"),
        pytest.param((key(2), key(3)), False, id="one is known"),
        pytest.param((), False, id="none at all"),
        pytest.param((key(3),), True, id="all are new"),
    ],
)
def test_whose_keys_are_all_new_is_asked_again(
    tx: Tx, owner: Account, events: list[Event], keys: tuple[IncomingKey, ...], reminded: bool
) -> None:
    """Their server was installed again, and has forgotten that the owner follows."""
    bob = meeting.meet(tx, actor(keys=(key(1), key(2))), "far.example")
    follow = world.befriend(tx, owner, bob)
    events.clear()

    meeting.meet(tx, actor(keys=keys), "far.example")

    sent = [FollowSent(target=bob.id, uri=follow.uri)] if reminded else []
    assert [event for event in events if isinstance(event, FollowSent)] == sent
    assert follows.find(tx, owner.id, bob.id) == follow


def test_a_key_that_has_changed_under_its_name(tx: Tx, owner: Account, events: list[Event]) -> None:
    """As the door finds it; who is not followed is not asked for anything, and who is unknown leaves nothing."""
    changed = structs.replace(key(1), der=b"new")
    bob = meeting.meet(tx, actor(keys=(key(1),)), "far.example")
    follow = world.befriend(tx, owner, bob)
    events.clear()

    for found in (key(1), key(2), changed, changed):
        meeting.keep_key(tx, BOB, found)
    follows.drop(tx, follow.id)
    meeting.keep_key(tx, BOB, key(1))
    meeting.keep_key(tx, "https://far.example/users/eve", key(3))

    assert events == [FollowSent(target=bob.id, uri=follow.uri)]
    assert accounts.key_values(tx, BOB) == {b"\x01", b"\x02"}
    assert accounts.find_key(tx, key(3).key_id) is None


def test_nobody_else_is_us(tx: Tx, owner: Account) -> None:
    """Neither the owner nor anybody else on our server comes from outside."""
    for uri in (owner.uri, "https://home.example/users/bob"):
        with pytest.raises(Forbidden):
            meeting.meet(tx, actor(uri=uri), "home.example")


def test_forgetting_somebody(tx: Tx, owner: Account, events: list[Event]) -> None:
    """All that they left here goes, in both directions; their name stays as that of somebody gone."""
    bob = meeting.meet(tx, actor(note="about", keys=(key(1),)), "far.example")
    world.befriend(tx, bob, owner)
    world.befriend(tx, owner, bob)
    post, mine = world.say(tx, bob), world.say(tx, owner)
    boosts = [world.wrap(tx, owner, post), world.wrap(tx, bob, mine)]
    likes.put(tx, Like(id=1, account_id=bob.id, post_id=mine.id, uri=None, created_at=tx.now))
    notifications.put(tx, "favourite", bob.id, mine.id)
    events.clear()

    gone = meeting.forget(tx, BOB)

    assert gone == bob
    assert [posts.find(tx, one.id) for one in (post, *boosts)] == [None] * 3
    assert posts.find(tx, mine.id) == mine
    assert follows.between(tx, bob.id) == []
    assert (likes.count(tx, mine.id), told(tx)) == (0, [])
    assert accounts.find_key(tx, f"{BOB}#key-1") is None
    assert (accounts.get(tx, bob.id).gone_at, accounts.get(tx, bob.id).note) == (tx.now, "")
    assert events == [AccountGone(account=bob.id, uri=BOB)]


def test_forgetting_nobody(tx: Tx, owner: Account, events: list[Event]) -> None:
    """Who was never known, and the owner, are not forgotten."""
    assert meeting.forget(tx, BOB) is None
    assert meeting.forget(tx, owner.uri) is None
    assert events == []


# The owner ------------------------------------------------------------------------------------------------------------
def test_only_what_is_set_changes(tx: Tx, owner: Account, events: list[Event]) -> None:
    """An empty text clears, what is not said stays."""
    accounts.change(tx, owner.id, note="<p>about</p>")

    profiles.update(tx, ProfileChange(name="", kind=Kind.SERVICE, note_source="about"))

    now = accounts.owner(tx)
    assert (now.name, now.kind, now.note, houses.owner(tx).note) == ("", Kind.SERVICE, "<p>about</p>", "about")
    assert events == [ProfileChanged(account=owner.id)]


def test_defaults_are_nobodys_business(tx: Tx, owner: Account, events: list[Event]) -> None:
    """Others do not hear of what they cannot see."""
    profiles.update(tx, ProfileChange(visibility=Visibility.PRIVATE, sensitive=True, language="de", name=owner.name))

    now = houses.owner(tx)
    assert (now.visibility, now.sensitive, now.language) == (Visibility.PRIVATE, True, "de")
    assert events == []


def test_opening_the_door(tx: Tx, owner: Account, bob: Account, carol: Account, events: list[Event]) -> None:
    """Who waited before it comes in."""
    profiles.update(tx, ProfileChange(locked=True))
    request = world.befriend(tx, bob, owner, accepted=False)
    ours = world.befriend(tx, owner, carol, accepted=False)

    profiles.update(tx, ProfileChange(locked=False))

    assert follows.has(tx, bob.id, owner.id)
    assert not follows.has(tx, owner.id, ours.target_id)
    assert events[-1] == FollowAccepted(follower=bob.id, uri=request.uri)


# Whom the owner looks at ----------------------------------------------------------------------------------------------
def test_looking_at_somebody_asks_for_what_is_old(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """Numbers and profile, when they are a day old; each once, and never for the owner."""
    meeting.look_at(tx, bob)
    meeting.look_at(tx, bob)
    asked = [(fetch.uri, fetch.kind) for fetch in fetches.claim(tx, limit=9)]
    meeting.count(tx, bob.id, {"followers": 3}, hidden=False)
    borrowing.turn(tx, bob.id, None, Turned())
    accounts.change(tx, bob.id, fetched_at=tx.now)
    seen = accounts.get(tx, bob.id)

    assert asked == [(bob.uri, "counts"), (bob.uri, "outbox")]
    assert events == [FetchQueued()]
    assert (seen.followers_claimed, seen.following_claimed, seen.counted_at) == (3, None, tx.now)
    assert meeting.stale(tx, seen) == meeting.stale(tx, owner) == []
    assert meeting.stale(world.later(tx, days=2), seen) == ["counts", "object"]


# What the owner has read ----------------------------------------------------------------------------------------------
def test_dismissing(tx: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """One, or all."""
    notifying.tell(tx, "follow", bob.id)
    notifying.tell(tx, "follow", bob.id)
    notifying.tell(tx, "follow", carol.id)
    newest = notifications.newest(tx, Page())
    assert {one.account_id for one in newest} == {bob.id, carol.id}

    notifying.dismiss(tx, newest[0].id)
    assert notifications.newest(tx, Page()) == newest[1:]
    with pytest.raises(NotFound):
        notifying.dismiss(tx, newest[0].id)
    notifying.clear(tx)
    assert notifications.newest(tx, Page()) == []


def test_markers(tx: Tx, owner: Account) -> None:
    """Each change counts."""
    notifying.mark(tx, {"home": 5})
    newest = ids.least_short(tx.now)
    marked = notifying.mark(tx, {"home": 7, "notifications": newest})

    assert {name: (marker.last_read_id, marker.version) for name, marker in marked.items()} == {
        "home": ("7", 2),
        "notifications": (str(newest), 1),
    }
    assert markers.several(tx, ["home"]) == {"home": marked["home"]}
    with pytest.raises(Invalid, match="public"):
        notifying.mark(tx, {"public": 1})


@pytest.mark.parametrize("garbage", [-1884275937, 0, 410692384])
def test_what_no_notification_can_be_called_marks_none(tx: Tx, owner: Account, garbage: int) -> None:
    """Tuba reads ids as numbers of 32 bits, and would make everything unread again in all other apps."""
    first = notifying.mark(tx, {"notifications": garbage})
    real = notifying.mark(tx, {"notifications": ids.least_short(tx.now)})
    after = notifying.mark(tx, {"notifications": garbage})

    assert (first, after) == ({}, real)


@pytest.mark.parametrize(
    ("versions", "passes"),
    [({}, True), ({"home": 1}, True), ({"home": 0}, False), ({"home": 2}, False), ({"notifications": 0}, True)],
)
def test_an_app_that_knows_an_older_marker_is_told(
    tx: Tx, owner: Account, versions: dict[str, int], passes: bool
) -> None:
    """And then nothing is noted, of the other timeline neither."""
    notifying.mark(tx, {"home": 5})
    newest = ids.least_short(tx.now)

    with nullcontext() if passes else pytest.raises(Conflict):
        notifying.mark(tx, {"notifications": newest, "home": 7}, versions=versions)

    found = {name: (one.last_read_id, one.version) for name, one in markers.several(tx, notifying.TIMELINES).items()}
    assert found == ({"home": ("7", 2), "notifications": (str(newest), 1)} if passes else {"home": ("5", 1)})
