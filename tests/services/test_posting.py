"""What the owner says, changes and takes back."""

from datetime import timedelta

import pytest

from smallfed.domain.account import Account
from smallfed.domain.events import BoostUndone, Event, PostDeleted, PostEdited, PostPublished
from smallfed.domain.post import Post, Visibility
from smallfed.errors import NotFound
from smallfed.services import boosting, posting
from smallfed.store import accounts, edits, mentions, posts, tombstones
from smallfed.store.tx import Tx
from tests import world
from tests.services.conftest import PUBLIC, draft


def test_a_post(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """It has its addresses, what was typed, whom and what it names, and is at home."""
    said = draft(
        "@bob #Cats",
        html="<p>@bob #cats</p>",
        content_type="text/markdown",
        mentions=(bob.id,),
        hashtags=("cats",),
        visibility=Visibility.UNLISTED,
        summary="cw",
        language="en",
        application="toot",
    )

    post = posting.publish(tx, said)

    assert post == Post(
        id=post.id,
        uri=f"https://home.example/users/alice/notes/{post.id}",
        url=f"https://home.example/@alice/{post.id}",
        account_id=owner.id,
        local=True,
        visibility=Visibility.UNLISTED,
        in_home=True,
        content="<p>@bob #cats</p>",
        summary="cw",
        sensitive=True,
        language="en",
        context=f"https://home.example/users/alice/notes/{post.id}/context",
        application="toot",
        published_at=tx.now,
        received_at=tx.now,
    )
    assert posts.get(tx, post.id) == post
    assert posts.source(tx, post.id) == ("@bob #Cats", "text/markdown")
    assert mentions.of_post(tx, post.id) == [bob]
    assert mentions.hashtags_of(tx, post.id) == ("cats",)
    assert accounts.owner(tx).last_post_at == tx.now
    assert events == [PostPublished(post=post.id)]


def test_an_answer(tx: Tx, owner: Account, bob: Account) -> None:
    """It takes over the conversation; an answer to a boost answers what was boosted."""
    parent = world.say(tx, bob, context="tag:far.example,2026:1")
    boost = world.wrap(tx, bob, parent)

    answer = posting.publish(tx, draft(in_reply_to_id=boost.id))

    assert (answer.in_reply_to, answer.in_reply_to_id, answer.in_reply_to_account_id, answer.context) == (
        parent.uri,
        parent.id,
        bob.id,
        parent.context,
    )


def test_no_answer_to_what_is_hidden(tx: Tx, owner: Account, bob: Account) -> None:
    """Hidden and absent are the same."""
    hidden = world.say(tx, bob, visibility=Visibility.DIRECT)

    for number in (hidden.id, 404):
        with pytest.raises(NotFound):
            posting.publish(tx, draft(in_reply_to_id=number))


def test_the_same_key_makes_one_post(tx: Tx, owner: Account, events: list[Event]) -> None:
    """Within a day, per token."""
    first = posting.publish(tx, draft("one", idempotency=(1, "key")))

    assert posting.publish(tx, draft("one", idempotency=(1, "key"))) == first
    assert posting.publish(tx, draft("one", idempotency=(2, "key"))) != first
    assert len(events) == 2
    world.later(tx, hours=25)
    assert posting.publish(tx, draft("one", idempotency=(1, "key"))) != first


def test_an_edit(tx: Tx, owner: Account, bob: Account, carol: Account, events: list[Event]) -> None:
    """The earlier version is kept, visibility stays, and who is not named any more is silent."""
    post = posting.publish(tx, draft("one", mentions=(bob.id,), visibility=Visibility.PRIVATE))
    world.later(tx, minutes=1)

    edited = posting.edit(tx, post.id, draft("two", mentions=(carol.id,), hashtags=("x",), language="de"))

    assert (edited.content, edited.visibility, edited.language, edited.edited_at) == (
        "<p>two</p>",
        Visibility.PRIVATE,
        "de",
        tx.now,
    )
    assert mentions.of_post(tx, post.id) == [carol]
    assert mentions.of_post(tx, post.id, silent=True) == [bob, carol]
    assert posts.source(tx, post.id) == ("two", "text/plain")
    assert [(edit.content, edit.created_at) for edit in edits.of_post(tx, post.id)] == [
        ("<p>one</p>", post.published_at)
    ]
    assert events[1:] == [PostEdited(post=post.id, local=True)]


def test_an_edit_that_changes_nothing(tx: Tx, owner: Account, events: list[Event]) -> None:
    """Is none."""
    post = posting.publish(tx, draft("one"))
    world.later(tx, minutes=1)

    assert posting.edit(tx, post.id, draft("one")) == post
    assert len(events) == 1


def test_deleting(tx: Tx, owner: Account, bob: Account, carol: Account, events: list[Event]) -> None:
    """The event says to whom it was addressed and where it may be; answers and their authors stay."""
    post = posting.publish(tx, draft("one", mentions=(bob.id,)))
    answer = world.say(tx, carol, in_reply_to=post.uri, in_reply_to_id=post.id, in_reply_to_account_id=owner.id)

    assert posting.delete(tx, post.id) == post

    assert posts.find(tx, post.id) is None
    assert posts.get(tx, answer.id).in_reply_to_id is None
    assert tombstones.has(tx, post.uri)
    assert events[1:] == [
        PostDeleted(
            post=post.id,
            uri=post.uri,
            local=True,
            account=owner.id,
            audience=(PUBLIC, "https://home.example/users/alice/followers", bob.uri),
            inboxes=("https://far.example/inbox", "https://other.example/inbox"),
        )
    ]


def test_strangers_do_not_learn_of_private_posts(
    tx: Tx, owner: Account, bob: Account, carol: Account, events: list[Event]
) -> None:
    """Anybody can say to have answered something; and neither a tombstone nor a day tells that it was there."""
    post = posting.publish(tx, draft("one", mentions=(bob.id,), visibility=Visibility.DIRECT))
    world.say(tx, carol, in_reply_to=post.uri, in_reply_to_id=post.id, in_reply_to_account_id=owner.id)

    posting.delete(tx, post.id)

    deleted = events[-1]
    assert isinstance(deleted, PostDeleted)
    assert (deleted.audience, deleted.inboxes) == ((bob.uri,), (bob.inbox,))
    assert not tombstones.has(tx, post.uri)
    assert accounts.owner(tx).last_post_at is None


def test_deleting_a_boost_takes_it_back(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """Some apps delete the wrapper."""
    boost = boosting.boost(tx, world.say(tx, bob))

    assert posting.delete(tx, boost.id) == boost
    assert isinstance(events[-1], BoostUndone)


def test_only_the_owners(tx: Tx, owner: Account, bob: Account) -> None:
    """Others' posts and boosts are not there to be changed."""
    post = world.say(tx, bob)
    boost = world.wrap(tx, bob, post)
    mine = world.wrap(tx, owner, post)

    for number in (post.id, boost.id, 404):
        with pytest.raises(NotFound):
            posting.delete(tx, number)
    for number in (post.id, mine.id):
        with pytest.raises(NotFound):
            posting.edit(tx, number, draft())


def test_ids_grow_with_time(tx: Tx, owner: Account) -> None:
    """Clients page by them."""
    first = posting.publish(tx, draft("one"))
    tx.now += timedelta(milliseconds=1)
    second = posting.publish(tx, draft("two"))

    assert second.id > first.id
