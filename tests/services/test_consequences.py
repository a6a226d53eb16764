"""What follows from each event: deliveries, notifications, fetches."""

from datetime import timedelta

import pytest

from smallfed.domain.account import Account
from smallfed.domain.events import DeliveriesQueued, Event, FetchQueued, NotificationMade, PostReceived
from smallfed.domain.incoming import Announce, FollowReference, IncomingMention
from smallfed.domain.post import Visibility
from smallfed.domain.profile import ProfileChange
from smallfed.policy.retrying import Silence
from smallfed.protocol.signatures.keys import generate_ed25519
from smallfed.services import (
    admitting,
    blocking,
    boosting,
    following,
    liking,
    muting,
    posting,
    profiles,
    receiving,
    revising,
)
from smallfed.services.receiving import FETCHED, SENT
from smallfed.store import accounts, deliveries, houses, settlements
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know
from tests.services.conftest import PUBLIC, Incoming, draft, heard, last_body, queued, told

FAR, OTHER = "https://far.example/inbox", "https://other.example/inbox"


# Posts of ours --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("visibility", "inboxes"),
    [
        (Visibility.PUBLIC, [FAR, OTHER]),
        (Visibility.UNLISTED, [FAR, OTHER]),
        (Visibility.PRIVATE, [FAR, OTHER]),
        (Visibility.DIRECT, ["https://other.example/users/carol/inbox"]),
    ],
)
def test_who_gets_a_post(
    lively: Tx,
    owner: Account,
    bob: Account,
    carol: Account,
    know: Know,
    events: list[Event],
    visibility: Visibility,
    inboxes: list[str],
) -> None:
    """One delivery for each server with followers or people named; a direct post goes to their own inboxes only."""
    tx = lively
    world.befriend(tx, bob, owner)
    world.befriend(tx, know("bert@far.example"), owner)
    world.befriend(tx, know("asking@third.example"), owner, accepted=False)

    post = posting.publish(tx, draft(mentions=(carol.id, owner.id), visibility=visibility))

    assert tx.all("SELECT inbox FROM deliveries ORDER BY inbox") == [(inbox,) for inbox in inboxes]
    assert tx.all("SELECT activity, type, post_id FROM bodies") == [(f"{post.uri}/activity", "Create", post.id)]
    assert last_body(tx)["object"]["content"] == "<p>hello</p>"
    assert DeliveriesQueued(hosts=len(inboxes)) in events
    hosts = [inbox.split("/")[2] for inbox in inboxes]
    due = int(tx.now.timestamp() * 1000)
    assert tx.all("SELECT host, next_due FROM hosts ORDER BY host") == [(host, due) for host in hosts]


def test_a_host_with_an_open_circuit_is_not_rushed(lively: Tx, owner: Account, bob: Account) -> None:
    """What waits for it becomes due when the circuit closes."""
    tx = lively
    world.befriend(tx, bob, owner)
    later = int((tx.now + timedelta(hours=1)).timestamp() * 1000)
    tx.run("INSERT INTO hosts (host, failures, open_until) VALUES ('far.example', 9, ?)", later)

    posting.publish(tx, draft())

    assert tx.one("SELECT next_due FROM hosts") == (later,)


def test_the_author_answered_gets_a_public_answer(lively: Tx, owner: Account, bob: Account) -> None:
    """Also when not named; what is for followers they get only if named."""
    tx = lively
    parent = world.say(tx, bob)

    posting.publish(tx, draft(in_reply_to_id=parent.id))
    assert queued(tx) == [("Create", FAR)]
    posting.publish(tx, draft(in_reply_to_id=parent.id, visibility=Visibility.PRIVATE))
    assert queued(tx) == []


def test_the_author_answered_hears_how_it_goes_on(lively: Tx, owner: Account, bob: Account) -> None:
    """Whoever got the answer gets its edits and its end, also when the books of the first delivery are closed."""
    tx = lively
    post = posting.publish(tx, draft(in_reply_to_id=world.say(tx, bob).id))
    queued(tx)

    posting.edit(tx, post.id, draft("two"))
    assert queued(tx) == [("Update", FAR)]
    posting.delete(tx, post.id)
    assert queued(tx) == [("Delete", FAR)]


def test_who_never_gets_anything(lively: Tx, owner: Account, know: Know) -> None:
    """Blocked people, blocking people, blocked domains, who is gone, and ourselves."""
    tx = lively
    people = [know(f"{name}@{name}.example") for name in ("blocked", "blocking", "domain", "gone")]
    blocked, is_blocking, _, gone = people
    spoof = know("spoof@spoof.example", inbox="https://HOME.example/inbox", shared_inbox=None)
    elsewhere = know("elsewhere@else.example", inbox="https://sub.domain.example/inbox", shared_inbox=None)
    blocking.block(tx, blocked)
    blocking.blocked_by(tx, is_blocking, uri="https://blocking.example/1")
    blocking.block_domain(tx, "domain.example")
    accounts.change(tx, gone.id, gone_at=tx.now)
    queued(tx)
    tx.run("DELETE FROM bodies")

    for visibility in Visibility:
        everybody = (*people, spoof, elsewhere, owner)
        posting.publish(tx, draft(mentions=tuple(one.id for one in everybody), visibility=visibility))

    assert queued(tx) == []
    assert tx.all("SELECT * FROM bodies") == []


def test_an_edit_goes_to_everybody_concerned(lively: Tx, owner: Account, bob: Account, know: Know) -> None:
    """Who likes, boosted or answered; and a newer version replaces one that still waits."""
    tx = lively
    post = posting.publish(tx, draft(mentions=(bob.id,)))
    liking.receive_like(tx, know("liker@liker.example"), post, None)
    boosting.receive_boost(
        tx,
        Announce(id="https://boost.example/1", actor=know("booster@boost.example").uri, object=post.uri, to=(PUBLIC,)),
    )
    world.say(tx, know("answer@answer.example"), in_reply_to=post.uri, in_reply_to_id=post.id)
    queued(tx)

    for text in ("two", "three"):
        world.later(tx, minutes=1)
        posting.edit(tx, post.id, draft(text))

    # Bob is not named any more, and still gets it.
    inboxes = [f"https://{host}/inbox" for host in ("answer.example", "boost.example", "far.example", "liker.example")]
    assert queued(tx) == [("Update", inbox) for inbox in inboxes]
    assert last_body(tx)["object"]["content"] == "<p>three</p>"


def test_an_edit_of_a_private_post_stays_private(lively: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """Whoever says to have answered it learns nothing."""
    tx = lively
    post = posting.publish(tx, draft(mentions=(bob.id,), visibility=Visibility.DIRECT))
    world.say(tx, carol, in_reply_to=post.uri, in_reply_to_id=post.id)
    queued(tx)

    posting.edit(tx, post.id, draft("two", mentions=(bob.id,)))

    assert queued(tx) == [("Update", bob.inbox)]


def test_a_delete_goes_where_the_post_may_be(lively: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """To followers of now, and wherever it was delivered; what still waited is dropped."""
    tx = lively
    follow = world.befriend(tx, bob, owner)
    post = posting.publish(tx, draft())
    tx.run("UPDATE deliveries SET state = 'delivered', attempts = 1")
    admitting.lose(tx, bob)
    world.befriend(tx, carol, owner)
    posting.edit(tx, post.id, draft("two"))
    assert follow.accepted

    posting.delete(tx, post.id)

    assert queued(tx) == [("Delete", FAR), ("Delete", OTHER)]
    assert last_body(tx)["object"] == {"id": post.uri, "type": "Tombstone"}


# Boosts and likes -----------------------------------------------------------------------------------------------------
def test_a_boost_and_its_undoing(lively: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """To followers and to whom it is of."""
    tx = lively
    world.befriend(tx, carol, owner)
    post = world.say(tx, bob)

    boost = boosting.boost(tx, post, Visibility.UNLISTED)
    assert queued(tx) == [("Announce", FAR), ("Announce", OTHER)]
    announce = last_body(tx)
    boosting.unboost(tx, post)

    assert queued(tx) == [("Undo", FAR), ("Undo", OTHER)]
    undo = last_body(tx)
    assert (undo["object"]["id"], undo["object"]["type"]) == (boost.uri, "Announce")
    assert (undo["to"], undo["cc"]) == (announce["to"], announce["cc"])


def test_a_like_and_its_undoing(lively: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """To the author's own inbox, nobody else's; of our own posts to nobody."""
    tx = lively
    world.befriend(tx, carol, owner)
    post = world.say(tx, bob)

    liking.like(tx, post)
    like = last_body(tx)
    assert queued(tx) == [("Like", bob.inbox)]
    liking.unlike(tx, post)

    assert queued(tx) == [("Undo", bob.inbox)]
    assert last_body(tx)["object"]["id"] == like["id"]
    liking.like(tx, world.say(tx, owner))
    assert (queued(tx), told(tx)) == ([], [])


def test_likes_and_boosts_of_ours_are_told(lively: Tx, owner: Account, bob: Account) -> None:
    """Once, and no more when they are taken back."""
    tx = lively
    post = world.say(tx, owner)
    announce = Announce(id=f"{bob.uri}/boosts/1", actor=bob.uri, object=post.uri, to=(PUBLIC,))

    liking.receive_like(tx, bob, post, None)
    boosting.receive_boost(tx, announce)
    assert sorted(told(tx)) == [("favourite", bob.id, post.id), ("reblog", bob.id, post.id)]

    liking.undo_like(tx, bob, uri=None, object=post.uri)
    boosting.undo_boost(tx, bob, uri=announce.id, object=None)
    assert told(tx) == []


# Posts of others ------------------------------------------------------------------------------------------------------
def test_being_named(lively: Tx, owner: Account, bob: Account, incoming: Incoming, events: list[Event]) -> None:
    """The tag and the address together tell the owner; one alone does not."""
    tx = lively
    world.befriend(tx, owner, bob)
    named = receiving.receive(tx, incoming(bob, 1, named=(owner,)), SENT)
    receiving.receive(tx, incoming(bob, 2, named=(owner,), cc=()), SENT)
    receiving.receive(tx, incoming(bob, 3, cc=(owner.uri,)), SENT)
    receiving.receive(tx, incoming(bob, 4, named=(owner,)), FETCHED)

    assert told(tx) == [("mention", bob.id, getattr(named, "id", None))]
    assert len([event for event in events if isinstance(event, NotificationMade)]) == 1


def test_being_named_in_what_was_fetched_before(
    lively: Tx, owner: Account, bob: Account, incoming: Incoming, events: list[Event]
) -> None:
    """A thread that was read ahead takes no mention away; told once is enough."""
    tx = lively
    post = incoming(bob, named=(owner,))
    receiving.receive(tx, post, FETCHED)
    assert told(tx) == []

    stored = receiving.receive(tx, post, SENT)
    receiving.receive(tx, post, SENT)

    assert told(tx) == [("mention", bob.id, getattr(stored, "id", None))]
    assert len([event for event in events if isinstance(event, PostReceived)]) == 1


def test_everything_that_somebody_says(lively: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    """Who rang the bell hears of posts, not of answers to others."""
    tx = lively
    world.befriend(tx, owner, bob, notify=True)
    post = receiving.receive(tx, incoming(bob, 1), SENT)
    receiving.receive(tx, incoming(bob, 2, in_reply_to="https://third.example/1"), SENT)

    assert told(tx) == [("status", bob.id, getattr(post, "id", None))]


@pytest.mark.parametrize("how", ["muted", "blocked", "domain", "thread"])
def test_whom_the_owner_does_not_want_to_hear(
    lively: Tx, owner: Account, bob: Account, incoming: Incoming, how: str
) -> None:
    """No notification is made."""
    tx = lively
    mine = posting.publish(tx, draft())
    match how:
        case "muted":
            muting.mute(tx, bob)
        case "blocked":
            blocking.block(tx, bob)
        case "domain":
            world.keep_away(tx, bob.host)
        case "thread":
            muting.mute_thread(tx, mine)

    receiving.receive(tx, incoming(bob, named=(owner,), in_reply_to=mine.uri), SENT)
    liking.receive_like(tx, bob, mine, None)

    assert told(tx) == []


def test_muted_without_notifications(lively: Tx, owner: Account, bob: Account) -> None:
    """Then notifications are wanted still."""
    tx = lively
    muting.mute(tx, bob, notifications=False)
    post = world.say(tx, owner)

    liking.receive_like(tx, bob, post, None)

    assert told(tx) == [("favourite", bob.id, post.id)]


def test_an_edit_of_what_the_owner_boosted(lively: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    """The owner vouches for it, and is told."""
    tx = lively
    post = receiving.receive(tx, incoming(bob), FETCHED)
    boosting.boost(tx, world.posts.get(tx, getattr(post, "id", 0)))
    world.later(tx, hours=1)

    revising.revise(tx, incoming(bob, content="buy this", updated_at=tx.now))

    assert told(tx) == [("update", bob.id, getattr(post, "id", None))]
    (first,) = tx.one("SELECT id FROM notifications")
    world.later(tx, hours=1)

    revising.revise(tx, incoming(bob, content="and that", updated_at=tx.now))

    assert told(tx) == [("update", bob.id, getattr(post, "id", None))]  # anew: only the last one stays
    assert tx.one("SELECT id > ? FROM notifications", first) == (1,)


def test_what_is_missing_is_fetched(
    lively: Tx, owner: Account, bob: Account, incoming: Incoming, events: list[Event]
) -> None:
    """The parent, and people named whom we have not met; nothing for what was only fetched as context."""
    tx = lively
    parent, dora = "https://third.example/notes/1", "https://new.example/users/dora"
    mentions = (IncomingMention(href=owner.uri), IncomingMention(href=dora))
    post = incoming(bob, 1, mentions=mentions, cc=(owner.uri,), in_reply_to=parent)

    receiving.receive(tx, incoming(bob, 2, in_reply_to="https://third.example/notes/2"), FETCHED)
    receiving.receive(tx, post, SENT)

    assert tx.all("SELECT uri FROM fetches WHERE kind = 'object' ORDER BY uri") == [(dora,), (parent,)]
    assert FetchQueued() in events


# Follows and distance -------------------------------------------------------------------------------------------------
def test_answers_to_follows(lively: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """They give the Follow back byte for byte, to the own inbox; the owner is told once."""
    tx = lively
    follow = f"{bob.uri}#follows/1"

    admitting.receive_follow(tx, bob, follow)
    accept = last_body(tx)
    admitting.receive_follow(tx, bob, follow)
    answered = queued(tx)
    admitting.remove_follower(tx, bob)

    assert answered == [("Accept", bob.inbox), ("Accept", bob.inbox)]
    assert queued(tx) == [("Reject", bob.inbox)]
    assert accept["object"] == {"id": follow, "type": "Follow", "actor": bob.uri, "object": owner.uri}
    assert last_body(tx)["object"] == accept["object"]
    assert told(tx) == []
    accounts.change(tx, owner.id, locked=True)
    admitting.receive_follow(tx, carol, f"{carol.uri}#follows/1")
    assert (queued(tx), told(tx)) == ([], [("follow_request", carol.id, None)])
    admitting.authorize(tx, carol)
    assert (queued(tx), told(tx)) == ([("Accept", carol.inbox)], [("follow", carol.id, None)])


def test_refusing_who_is_blocked(lively: Tx, owner: Account, bob: Account) -> None:
    """The one thing that they are still told."""
    tx = lively
    blocking.block(tx, bob)
    queued(tx)

    admitting.receive_follow(tx, bob, f"{bob.uri}#follows/1")

    assert queued(tx) == [("Reject", bob.inbox)]


def test_asking_and_leaving(lively: Tx, owner: Account, bob: Account) -> None:
    """An Undo embeds the very Follow."""
    tx = lively
    following.follow(tx, bob)
    follow = last_body(tx)
    assert queued(tx) == [("Follow", bob.inbox)]
    following.granted(tx, bob, FollowReference(id=follow["id"]))
    following.unfollow(tx, bob)

    assert queued(tx) == [("Undo", bob.inbox)]
    assert last_body(tx)["object"] == {key: follow[key] for key in ("id", "type", "actor", "object")}


def test_a_block_and_its_undoing(lively: Tx, owner: Account, bob: Account) -> None:
    """They are told, in person, after everything else has ended."""
    tx = lively
    world.befriend(tx, bob, owner)
    world.befriend(tx, owner, bob)

    blocking.block(tx, bob)
    block = last_body(tx)
    assert queued(tx) == [(kind, bob.inbox) for kind in ("Reject", "Undo", "Block")]
    blocking.unblock(tx, bob)

    assert queued(tx) == [("Undo", bob.inbox)]
    assert last_body(tx)["object"]["id"] == block["id"]


def test_what_is_undone_is_not_sent_any_more(lively: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """What waits for its next attempt would arrive after its own Undo, and stay; nothing else is touched."""
    tx = lively
    post, other = world.say(tx, bob), world.say(tx, bob)
    following.follow(tx, carol)
    liking.like(tx, other)
    following.follow(tx, bob)
    liking.like(tx, post)
    boosting.boost(tx, post)

    heard(tx)
    following.unfollow(tx, bob)
    liking.unlike(tx, post)
    boosting.unboost(tx, post)
    blocking.block(tx, bob)
    heard(tx)
    blocking.unblock(tx, bob)

    inbox = {"Follow": carol.inbox, "Like": bob.inbox}
    assert queued(tx) == [*inbox.items(), *(("Undo", box) for box in (bob.inbox, bob.inbox, FAR, bob.inbox))]


def test_the_last_word_outranks_what_waits(lively: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """What was said before and waits for its next attempt would be heard last."""
    tx = lively
    for somebody in (bob, carol):
        admitting.receive_follow(tx, somebody, f"{somebody.uri}#follows/1")
    following.follow(tx, carol)

    admitting.remove_follower(tx, bob)
    following.unfollow(tx, carol)
    following.follow(tx, carol)

    assert queued(tx) == [("Accept", carol.inbox), ("Reject", bob.inbox), ("Follow", carol.inbox)]
    liked = world.say(tx, bob)
    liking.like(tx, liked)
    liking.unlike(tx, liked)
    liking.like(tx, liked)
    assert queued(tx) == [("Like", bob.inbox)]


def test_what_nobody_has_heard_needs_no_second_word(
    lively: Tx, owner: Account, bob: Account, carol: Account, know: Know
) -> None:
    """Edits go into the post that waits; what was deleted or undone is not sent, but to who has it all the same."""
    tx = lively
    world.befriend(tx, bob, owner)
    theirs = world.say(tx, carol)
    kept, gone, answered = [posting.publish(tx, draft(text)) for text in ("one", "gone", "answered")]
    world.say(tx, bob, in_reply_to=answered.uri, in_reply_to_id=answered.id)

    posting.edit(tx, kept.id, draft("two"))
    posting.edit(tx, gone.id, draft("gone too"))
    posting.delete(tx, gone.id)
    posting.delete(tx, answered.id)
    for do, undo in ((liking.like, liking.unlike), (boosting.boost, boosting.unboost)):
        do(tx, theirs)
        undo(tx, theirs)
    following.follow(tx, carol)
    following.unfollow(tx, carol)

    [(body,)] = tx.all(
        "SELECT b.body FROM deliveries d JOIN bodies b ON b.id = d.body_id"
        " WHERE d.state = 'waiting' AND b.type = 'Create'"
    )
    assert b"two" in body
    assert queued(tx) == [("Create", FAR), ("Delete", FAR)]  # of what was answered


@pytest.mark.parametrize(("reached", "words"), [(False, []), (True, ["Delete"])])
def test_an_attempt_that_reached_nobody_is_not_heard(
    lively: Tx, owner: Account, bob: Account, reached: bool, words: list[str]
) -> None:
    tx = lively
    world.befriend(tx, bob, owner)
    post = posting.publish(tx, draft("one"))
    (item,) = deliveries.claim(tx, limit=1, busy=()).items
    silence = Silence("no connection", reached=reached)
    settlements.settle(tx, [settlements.Outcome(item=item, result=silence, begun=tx.now)])

    posting.delete(tx, post.id)

    assert [type_ for type_, _ in queued(tx)] == words


def test_a_late_post_comes_as_it_is_now(lively: Tx, owner: Account, bob: Account) -> None:
    """A host that gets the edit before the post has the new version in the end, whatever it makes of the edit."""
    tx = lively
    world.befriend(tx, bob, owner)
    post = posting.publish(tx, draft("before"))
    heard(tx)

    posting.edit(tx, post.id, draft("after"))
    posting.edit(tx, post.id, draft("at last"))

    waiting = tx.all(
        "SELECT b.type, b.body FROM deliveries d JOIN bodies b ON b.id = d.body_id WHERE state = 'waiting'"
    )
    assert [(type_, b"at last" in body, b"before" in body) for type_, body in waiting] == [
        ("Create", True, False),
        ("Update", True, False),
    ]


def test_a_new_profile(lively: Tx, owner: Account, bob: Account, carol: Account, know: Know) -> None:
    """Goes to followers and to those whom the owner follows."""
    tx = lively
    key = generate_ed25519()
    for name in ("owner-rsa", "owner-ed25519"):
        houses.put_key(tx, name, algorithm="any", private_pem=key.pem(), public_pem=key.public.pem())
    world.befriend(tx, bob, owner)
    world.befriend(tx, owner, carol)
    know("stranger@third.example")

    profiles.update(tx, ProfileChange(name="Alice B."))

    assert queued(tx) == [("Update", FAR), ("Update", OTHER)]
    assert last_body(tx)["object"]["name"] == "Alice B."
