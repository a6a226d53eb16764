"""Posts of others come, change and go."""

from datetime import timedelta
from typing import Any

import pytest

from smallfed.domain.account import Account, Emoji
from smallfed.domain.events import Event, OwnerNamed, PostDeleted, PostEdited, PostReceived, PostSent
from smallfed.domain.incoming import IncomingMention, IncomingVersion
from smallfed.domain.need import Need
from smallfed.domain.post import Attachment, Post, Visibility
from smallfed.domain.refused import Refused
from smallfed.services.receiving import FETCHED, SENT, Coming, receive
from smallfed.services.removing import remove
from smallfed.services.revising import revise
from smallfed.store import (
    accounts,
    attachments,
    blocks,
    documents,
    edits,
    follows,
    mentions,
    posts,
    tombstones,
)
from smallfed.store.moments import EPOCH
from smallfed.store.tx import Tx
from tests import world
from tests.services.conftest import PUBLIC, Incoming

YEARS_AGO = timedelta(days=1000)


def taken(result: Post | Need | Refused | None) -> Post:
    """Return the post that was taken in."""
    assert isinstance(result, Post), result
    return result


# Coming ---------------------------------------------------------------------------------------------------------------
def test_a_post_is_stored_with_everything(
    tx: Tx, owner: Account, bob: Account, carol: Account, incoming: Incoming, events: list[Event]
) -> None:
    """What the document states is there afterwards."""
    world.befriend(tx, owner, bob)
    picture = Attachment(id=0, kind="image", media_type="image/png", url="https://far.example/1.png", focus=(0.5, -1.0))
    post = incoming(
        bob,
        named=(owner, carol),
        url="https://far.example/@bob/1",
        summary="cw",
        sensitive=True,
        language="de",
        hashtags=("cats", "dogs"),
        emojis=(Emoji(shortcode="blob", url="https://far.example/blob.png"),),
        attachments=(picture,),
        likes_claimed=7,
        context="tag:far.example,2026:1",
        raw=b'{"type":"Note"}',
    )

    stored = taken(receive(tx, post, SENT))

    assert stored == Post(
        id=stored.id,
        uri=post.uri,
        url=post.url,
        account_id=bob.id,
        local=False,
        visibility=Visibility.PUBLIC,
        in_home=True,
        content="<p>1</p>",
        summary="cw",
        sensitive=True,
        language="de",
        context="tag:far.example,2026:1",
        emojis=post.emojis,
        published_at=tx.now,
        received_at=tx.now,
        likes_claimed=7,
    )
    assert mentions.of_post(tx, stored.id) == [owner, carol]
    assert mentions.hashtags_of(tx, stored.id) == ("cats", "dogs")
    (kept,) = attachments.of_post(tx, stored.id)
    assert (kept.url, kept.focus) == (picture.url, picture.focus)
    assert documents.find(tx, stored.id) == b'{"type":"Note"}'
    assert events == [PostReceived(post=stored.id, fresh=True)]


def test_an_unknown_author_is_needed(tx: Tx, owner: Account, incoming: Incoming, events: list[Event]) -> None:
    """Nothing is judged and nothing touched before we know who speaks."""
    stranger = Account(
        id=9, uri="https://far.example/u", username="u", host="far.example", inbox="i", created_at=tx.now
    )

    assert receive(tx, incoming(stranger), SENT) == Need("https://far.example/u")
    assert events == []


def test_strangers_must_concern_the_owner(
    tx: Tx, owner: Account, bob: Account, carol: Account, incoming: Incoming
) -> None:
    """Public small talk of strangers is not kept; what we fetched ourselves is."""
    assert isinstance(receive(tx, incoming(bob), SENT), Refused)
    assert isinstance(receive(tx, incoming(bob, named=(carol,)), SENT), Refused)
    assert taken(receive(tx, incoming(bob, 2), FETCHED)).in_home is False
    assert taken(receive(tx, incoming(bob, 3, named=(owner,)), SENT)).in_home is False
    assert isinstance(receive(tx, incoming(bob, 4), Coming(fresh=True, personal=True)), Refused)


def test_answers_to_the_owner_and_in_threads_of_the_followed_are_kept(
    tx: Tx, owner: Account, bob: Account, carol: Account, incoming: Incoming
) -> None:
    """A reply may forget to name whom it answers."""
    world.befriend(tx, owner, carol)
    mine, theirs, bobs = world.say(tx, owner), world.say(tx, carol), world.say(tx, bob)

    answer = taken(receive(tx, incoming(bob, 1, in_reply_to=mine.uri), SENT))
    assert (answer.in_reply_to_id, answer.in_reply_to_account_id) == (mine.id, owner.id)
    assert isinstance(receive(tx, incoming(bob, 2, in_reply_to=theirs.uri), SENT), Post)
    assert isinstance(receive(tx, incoming(bob, 3, in_reply_to=bobs.uri), SENT), Refused)


@pytest.mark.parametrize(
    ("to", "followed", "kept"),
    [
        (("https://far.example/users/bob/followers",), False, None),
        (("https://far.example/users/bob/followers",), True, Visibility.PRIVATE),
        (("https://far.example/users/carol/followers",), True, None),
        (("https://home.example/users/alice",), False, Visibility.DIRECT),
    ],
)
@pytest.mark.parametrize("fresh", [True, False])
def test_what_is_not_public_must_be_for_the_owner(
    tx: Tx,
    owner: Account,
    bob: Account,
    incoming: Incoming,
    to: tuple[str, ...],
    followed: bool,
    kept: Visibility | None,
    fresh: bool,
) -> None:
    """Also when we came by it ourselves."""
    if followed:
        world.befriend(tx, owner, bob)

    result = receive(tx, incoming(bob, to=to, cc=()), Coming(fresh=fresh))

    assert (result.visibility if isinstance(result, Post) else None) == kept


def test_addressed_without_being_named(tx: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    """That lets the owner see it, and no more; as the personal inbox does where nobody is addressed at all."""
    direct = taken(receive(tx, incoming(bob, 1, to=(owner.uri,), cc=()), SENT))
    blind = taken(receive(tx, incoming(bob, 2, to=(), cc=()), Coming(fresh=True, personal=True)))

    for post in (direct, blind):
        assert mentions.find(tx, post.id, owner.id) is True
        assert posts.find_visible(tx, post.id, owner.id) == post


def test_blocked_authors_are_not_heard(tx: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    """Neither they nor blocked domains, whatever they address."""
    blocks.put(tx, owner.id, bob.id, "https://home.example/blocks/1")
    assert isinstance(receive(tx, incoming(bob, named=(owner,)), SENT), Refused)

    blocks.drop(tx, owner.id, bob.id)
    world.keep_away(tx, "far.example")
    assert isinstance(receive(tx, incoming(bob, named=(owner,)), SENT), Refused)


def test_a_post_lives_where_its_author_does(tx: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    """Else anybody could take any address."""
    assert isinstance(receive(tx, incoming(bob, named=(owner,), uri="https://evil.example/1"), SENT), Refused)
    assert isinstance(receive(tx, incoming(owner, uri=f"{owner.uri}/notes/5"), FETCHED), Refused)


def test_a_known_address_of_another_author(tx: Tx, owner: Account, bob: Account, know: Any, incoming: Incoming) -> None:
    """A neighbour on the same host cannot take a post over (CVE-2024-37903)."""
    post = world.say(tx, bob)
    eve = know("eve@far.example")

    result = receive(tx, incoming(eve, named=(owner,), uri=post.uri), SENT)

    assert isinstance(result, Refused)
    assert posts.get(tx, post.id) == post


def test_coming_again_extends_the_audience_only(
    tx: Tx, owner: Account, bob: Account, incoming: Incoming, events: list[Event]
) -> None:
    """The second delivery of a followers-only post, addressed to the owner now, changes nothing else."""
    follow = world.befriend(tx, owner, bob)
    post = incoming(bob, to=(bob.followers,), cc=())
    first = taken(receive(tx, post, SENT))
    follows.drop(tx, follow.id)
    events.clear()
    assert posts.find_visible(tx, first.id, owner.id) is None

    again = receive(tx, incoming(bob, to=(bob.followers, owner.uri), cc=(), content="other"), SENT)

    assert again == first
    assert posts.find_visible(tx, first.id, owner.id) == first
    assert events == [PostSent(post=first.id)]


def test_deleted_before_it_came(tx: Tx, owner: Account, bob: Account, know: Any, incoming: Incoming) -> None:
    """A Delete that overtook its Create holds, but only by word of the author."""
    eve = know("eve@far.example")
    tombstones.put(tx, f"{bob.uri}/notes/1", eve.uri)
    assert isinstance(receive(tx, incoming(bob, named=(owner,)), SENT), Post)

    tombstones.put(tx, f"{bob.uri}/notes/2", bob.uri)
    assert receive(tx, incoming(bob, 2, named=(owner,)), SENT) == Refused("It was deleted already.")


@pytest.mark.parametrize(
    ("ago", "sorted_by_arrival"),
    [(timedelta(0), True), (timedelta(minutes=15), True), (timedelta(minutes=16), False), (YEARS_AGO, False)],
)
def test_ids_sort_late_posts_by_their_publication(
    tx: Tx, owner: Account, bob: Account, incoming: Incoming, ago: timedelta, sorted_by_arrival: bool
) -> None:
    """RULINGS 12: punctual posts sort by arrival."""
    stored = taken(receive(tx, incoming(bob, published_at=tx.now - ago), FETCHED))

    moment = tx.now if sorted_by_arrival else tx.now - ago
    assert stored.id >> 16 == int(moment.timestamp() * 1000)
    assert stored.published_at == tx.now - ago


def test_impossible_moments(tx: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    """Nothing is published after now, or before there were computers; without a word it is now."""
    future = taken(receive(tx, incoming(bob, 1, published_at=tx.now + YEARS_AGO), FETCHED))
    past = taken(receive(tx, incoming(bob, 2, published_at=EPOCH - YEARS_AGO), FETCHED))
    silent = taken(receive(tx, incoming(bob, 3, published_at=None), FETCHED))

    assert [post.published_at for post in (future, past, silent)] == [tx.now, EPOCH, tx.now]
    assert past.id >= 0


def test_a_parent_that_comes_late_adopts_its_answers(
    tx: Tx, owner: Account, bob: Account, carol: Account, incoming: Incoming
) -> None:
    """And the answer comes home when it turns out to be among people followed."""
    world.befriend(tx, owner, bob)
    world.befriend(tx, owner, carol)
    parent = incoming(carol)
    answer = taken(receive(tx, incoming(bob, in_reply_to=parent.uri), SENT))
    assert (answer.in_reply_to_id, answer.in_home) == (None, False)

    stored = taken(receive(tx, parent, FETCHED))

    answer = posts.get(tx, answer.id)
    assert (answer.in_reply_to_id, answer.in_reply_to_account_id, answer.in_home) == (stored.id, carol.id, True)


def test_people_not_met_yet(tx: Tx, owner: Account, bob: Account, know: Any, incoming: Incoming) -> None:
    """Whom a post names is shown once we have met them."""
    uri = "https://new.example/users/dora"
    post = incoming(bob, named=(owner,))
    mention = IncomingMention(href=uri, name="@dora")
    post = incoming(bob, mentions=(*post.mentions, mention), cc=(owner.uri,))
    stored = taken(receive(tx, post, SENT))
    assert mentions.unknown(tx, stored.id) == [uri]

    dora = know("dora@new.example")
    mentions.introduce(tx, dora)

    assert mentions.of_post(tx, stored.id) == [owner, dora]
    assert mentions.unknown(tx, stored.id) == []


@pytest.mark.parametrize(
    ("claimed", "counted", "fresh", "after"),
    [
        (7, timedelta(hours=-1), True, 8),
        (7, timedelta(hours=1), True, 7),  # the server had counted it already
        (7, timedelta(hours=-1), False, 7),
        (None, None, True, None),
    ],
)
def test_authors_have_written_one_more(
    tx: Tx,
    owner: Account,
    bob: Account,
    incoming: Incoming,
    claimed: int | None,
    counted: timedelta | None,
    fresh: bool,
    after: int | None,
) -> None:
    """Until its server is asked again, what an account has written is what that said, and what came or went since."""
    world.befriend(tx, owner, bob)
    counted_at = None if counted is None else tx.now + counted
    accounts.change(tx, bob.id, posts_claimed=claimed, counted_at=counted_at)

    post = taken(receive(tx, incoming(bob), Coming(fresh=fresh)))
    assert accounts.get(tx, bob.id).posts_claimed == after

    remove(tx, post.uri, bob.uri)
    assert accounts.get(tx, bob.id).posts_claimed == (None if after is None else after - 1)


def test_votes_are_no_posts(tx: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    """A poll vote is never stored as a post."""
    assert isinstance(receive(tx, incoming(bob, vote=True, to=(owner.uri,)), SENT), Refused)


# Changing -------------------------------------------------------------------------------------------------------------
@pytest.fixture
def stored(tx: Tx, owner: Account, bob: Account, incoming: Incoming, events: list[Event]) -> Post:
    """Return a post of Bob's, whom the owner follows, an hour old."""
    world.befriend(tx, owner, bob)
    post = taken(receive(tx, incoming(bob), SENT))
    world.later(tx, hours=1)
    events.clear()
    return post


def test_an_edit_keeps_what_was(
    tx: Tx, owner: Account, bob: Account, incoming: Incoming, stored: Post, events: list[Event]
) -> None:
    """The history has the earlier version, the post the new one."""
    changed = incoming(bob, content="<p>better</p>", updated_at=tx.now, likes_claimed=3)

    now = taken(revise(tx, changed))

    assert (now.content, now.edited_at, now.likes_claimed, now.id) == ("<p>better</p>", tx.now, 3, stored.id)
    (old,) = edits.of_post(tx, stored.id)
    assert (old.content, old.created_at) == (stored.content, stored.published_at)
    assert events == [PostEdited(post=stored.id, local=False)]


def test_what_came_edited_tells_what_it_was(tx: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    """The versions that it names are its history, but for those that would come after it."""
    world.befriend(tx, owner, bob)
    made, edited = tx.now - timedelta(hours=2), tx.now - timedelta(hours=1)
    former = tuple(
        IncomingVersion(made_at=at, content=f"<p>{number}</p>", summary="cw", sensitive=True)
        for number, at in enumerate((made, tx.now, EPOCH - YEARS_AGO))
    )

    post = taken(receive(tx, incoming(bob, published_at=made, updated_at=edited, former=former), SENT))

    told = [(one.content, one.summary, one.sensitive, one.created_at) for one in edits.of_post(tx, post.id)]
    assert told == [("<p>0</p>", "cw", True, made)]


def test_an_edit_that_names_the_owner(
    tx: Tx, owner: Account, bob: Account, incoming: Incoming, stored: Post, events: list[Event]
) -> None:
    """The owner hears of it once; who is not named any more still sees the post."""
    revise(tx, incoming(bob, named=(owner,), content="<p>@alice</p>", updated_at=tx.now))
    world.later(tx, hours=1)
    revise(tx, incoming(bob, named=(owner,), content="<p>@alice!</p>", updated_at=tx.now))
    world.later(tx, hours=1)
    revise(tx, incoming(bob, content="<p>nobody</p>", updated_at=tx.now))

    assert [type(event) for event in events] == [PostEdited, OwnerNamed, PostEdited, PostEdited]
    assert mentions.find(tx, stored.id, owner.id) is True
    assert [edit.content for edit in edits.of_post(tx, stored.id)] == ["<p>1</p>", "<p>@alice</p>", "<p>@alice!</p>"]


@pytest.mark.parametrize("hours", [-2, -1])
def test_an_older_version_changes_nothing(
    tx: Tx, owner: Account, bob: Account, incoming: Incoming, stored: Post, events: list[Event], hours: int
) -> None:
    """Neither an ``updated`` before ours nor one that is not later than the publication is an edit."""
    result = revise(tx, incoming(bob, content="<p>old</p>", updated_at=tx.now + timedelta(hours=hours)))

    assert result == stored
    assert events == []


def test_counts_alone_are_no_edit(
    tx: Tx, owner: Account, bob: Account, incoming: Incoming, stored: Post, events: list[Event]
) -> None:
    """PeerTube sends an Update for each like."""
    now = taken(revise(tx, incoming(bob, updated_at=tx.now, likes_claimed=99)))

    assert (now.likes_claimed, now.edited_at) == (99, None)
    assert edits.of_post(tx, stored.id) == []
    assert events == []


def test_only_the_author_edits(
    tx: Tx, owner: Account, bob: Account, know: Any, incoming: Incoming, stored: Post
) -> None:
    """A neighbour on the same host is a stranger."""
    eve = know("eve@far.example")

    assert isinstance(revise(tx, incoming(eve, uri=stored.uri, content="x", updated_at=tx.now)), Refused)
    assert posts.get(tx, stored.id) == stored


def test_an_edit_of_a_post_we_missed(tx: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    """A young one stands for the post, an old one does not."""
    world.befriend(tx, owner, bob)

    assert isinstance(revise(tx, incoming(bob, 1, updated_at=tx.now)), Post)
    old = incoming(bob, 2, published_at=tx.now - timedelta(days=2), updated_at=tx.now)
    assert isinstance(revise(tx, old), Refused)


# Going ----------------------------------------------------------------------------------------------------------------
def test_a_deleted_post_is_gone_with_what_hung_on_it(
    tx: Tx, owner: Account, bob: Account, carol: Account, incoming: Incoming, stored: Post, events: list[Event]
) -> None:
    """Boosts of it go too, answers stay, and it does not come back."""
    boost = world.wrap(tx, carol, stored)
    answer = world.say(tx, carol, in_reply_to=stored.uri, in_reply_to_id=stored.id, in_reply_to_account_id=bob.id)

    assert remove(tx, stored.uri, bob.uri) == stored

    assert (posts.find(tx, stored.id), posts.find(tx, boost.id)) == (None, None)
    assert posts.get(tx, answer.id).in_reply_to_id is None
    assert events == [PostDeleted(post=stored.id, uri=stored.uri, local=False, account=bob.id, boosts=(boost.id,))]
    assert isinstance(receive(tx, incoming(bob), SENT), Refused)


def test_only_the_author_deletes(tx: Tx, owner: Account, bob: Account, know: Any, stored: Post) -> None:
    """Nobody else on the same host, and nobody at all what is ours."""
    eve = know("eve@far.example")
    mine = world.say(tx, owner)

    assert isinstance(remove(tx, stored.uri, eve.uri), Refused)
    assert isinstance(remove(tx, mine.uri, bob.uri), Refused)
    assert isinstance(remove(tx, "https://other.example/1", bob.uri), Refused)
    assert posts.find(tx, stored.id) == stored
    assert not tombstones.has(tx, stored.uri)


def test_what_was_unknown_is_remembered(tx: Tx, owner: Account, bob: Account) -> None:
    """So that it does not come after its own end."""
    assert remove(tx, f"{bob.uri}/notes/7", bob.uri) is None
    assert tombstones.has(tx, f"{bob.uri}/notes/7", bob.uri)


def test_everybody_is_the_public(tx: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    """Unlisted is public in copy."""
    unlisted = taken(receive(tx, incoming(bob, to=(bob.followers,), cc=(PUBLIC,)), FETCHED))

    assert unlisted.visibility is Visibility.UNLISTED
