"""Timelines: what is in them, for whom, and what is left out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.domain.list import List, Replies
from smallfed.domain.post import Attachment, Post, Visibility
from smallfed.store import (
    attachments,
    blocks,
    bookmarks,
    likes,
    lists,
    mentions,
    mutes,
    threads,
    timelines,
)
from smallfed.store.likes import Like
from smallfed.store.paging import Page
from smallfed.store.timelines import Choice, Without
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know

ALL = Page(limit=40)
Say = Callable[..., Post]


@pytest.fixture
def bob(know: Know, owner: Account) -> Account:
    """Return @bob@far.example."""
    return know("bob@far.example")


@pytest.fixture
def carol(know: Know, owner: Account) -> Account:
    """Return @carol@other.example."""
    return know("carol@other.example")


@pytest.fixture
def say(tx: Tx) -> Say:
    """Return ``say(author, **columns)``: a post, each a second after the one before."""

    def later_each_time(author: Account, **columns: Any) -> Post:
        world.later(tx, seconds=1)
        return world.say(tx, author, **columns)

    return later_each_time


def illustrate(tx: Tx, post: Post) -> None:
    """Give a post a picture."""
    attachments.replace(tx, post.id, [Attachment(id=0, kind="image", url="https://far.example/1.png")])


def test_home(tx: Tx, owner: Account, bob: Account, say: Say) -> None:
    """What was put there, newest first, and nothing else."""
    first, _, third = say(owner, in_home=True), say(bob), say(bob, in_home=True)

    assert timelines.home(tx, ALL) == [third, first]
    assert timelines.home(tx, Page(max_id=third.id)) == [first]


@pytest.mark.parametrize(
    ("without", "left"),
    [
        (Without(), "boost answer secret plain"),
        (Without(replies=True), "boost secret plain"),
        (Without(reblogs=True), "answer secret plain"),
        (Without(visibilities=(Visibility.DIRECT, Visibility.PRIVATE)), "boost answer plain"),
        (Without(replies=True, reblogs=True, visibilities=(Visibility.DIRECT,)), "plain"),
    ],
)
def test_what_is_left_out(tx: Tx, owner: Account, bob: Account, say: Say, without: Without, left: str) -> None:
    """Of home, and of lists in the same way."""
    world.befriend(tx, owner, bob)
    plain = say(bob, in_home=True)
    secret = say(bob, in_home=True, visibility=Visibility.DIRECT)
    mentions.put(tx, secret.id, owner.id)
    answer = say(bob, in_home=True, **answer_to(say(owner)))
    boost = say(bob, in_home=True, kind="Announce", boost_of_id=answer.in_reply_to_id)
    lists.put(tx, known := List(id=1, title="All", replies=Replies.FOLLOWED, created_at=tx.now))
    lists.put_member(tx, 1, bob.id, follow=None)
    named = {"plain": plain, "secret": secret, "answer": answer, "boost": boost}

    assert timelines.home(tx, ALL, without) == [named[name] for name in left.split()]
    assert timelines.of_list(tx, known, ALL, without) == [named[name] for name in left.split()]


@pytest.mark.parametrize("how", ["mute", "block", "blocked_by", "domain"])
def test_home_without_the_unwanted(tx: Tx, owner: Account, bob: Account, carol: Account, say: Say, how: str) -> None:
    """Neither they, nor their words in another's mouth, nor what is said to them; and all is back afterwards."""
    bobs = say(bob, in_home=True)
    boost = world.wrap(tx, carol, bobs, in_home=True)
    naming = say(carol, in_home=True)
    mentions.put(tx, naming.id, bob.id)
    kept = say(carol, in_home=True)
    everything = timelines.home(tx, ALL)
    assert len(everything) == 4
    match how:
        case "mute":
            mutes.put(tx, bob.id, notifications=True, expires_at=tx.now + timedelta(hours=1))
        case "block":
            blocks.put(tx, owner.id, bob.id, "https://home.example/blocks/1")
        case "blocked_by":
            blocks.put(tx, bob.id, owner.id, "https://far.example/blocks/1")
        case "domain":
            world.keep_away(tx, "far.example")

    assert timelines.home(tx, ALL) == [kept]

    world.later(tx, hours=2)
    blocks.drop(tx, owner.id, bob.id)
    blocks.drop(tx, bob.id, owner.id)
    world.let_near(tx, "far.example")
    assert timelines.home(tx, ALL) == everything
    assert boost in everything


def test_public(tx: Tx, owner: Account, bob: Account, carol: Account, say: Say) -> None:
    """Public posts that are neither boosts nor answers to others, for strangers too; by origin and with pictures."""
    mine, bobs = say(owner), say(bob)
    own_answer = say(bob, in_reply_to=bobs.uri, in_reply_to_id=bobs.id, in_reply_to_account_id=bob.id)
    say(carol, in_reply_to=bobs.uri, in_reply_to_id=bobs.id, in_reply_to_account_id=bob.id)
    say(bob, visibility=Visibility.UNLISTED)
    world.wrap(tx, owner, bobs)
    illustrate(tx, bobs)

    for viewer in (owner.id, None):
        assert timelines.public(tx, viewer, ALL) == [own_answer, bobs, mine]
        assert timelines.public(tx, viewer, ALL, local=True) == [mine]
        assert timelines.public(tx, viewer, ALL, remote=True) == [own_answer, bobs]
        assert timelines.public(tx, viewer, ALL, only_media=True) == [bobs]
    mutes.put(tx, bob.id, notifications=True, expires_at=None)
    assert timelines.public(tx, owner.id, ALL) == [mine]


def test_account(tx: Tx, owner: Account, bob: Account, carol: Account, say: Say) -> None:
    """Each choice leaves something out; a mute does not, whom one asks for is shown. Others see nothing of mutes."""
    plain = say(owner)
    secret = say(owner, visibility=Visibility.DIRECT)
    answer = say(owner, in_reply_to="https://far.example/1")
    boost = world.wrap(tx, owner, say(bob))
    boring = world.wrap(tx, owner, say(carol))
    illustrate(tx, plain)
    mentions.replace_hashtags(tx, answer.id, ["cats"])
    bookmarks.put_pin(tx, plain.id)

    def of(viewer: int | None, **choice: Any) -> list[Post]:
        return timelines.account(tx, viewer, owner.id, ALL, Choice(**choice))

    assert of(owner.id) == [boring, boost, answer, secret, plain]
    mutes.put(tx, carol.id, notifications=True, expires_at=None)
    assert of(owner.id) == [boost, answer, secret, plain]
    assert of(None) == of(bob.id) == [boring, boost, answer, plain]
    assert of(None, without=Without(replies=True)) == [boring, boost, plain]
    assert of(None, without=Without(reblogs=True)) == [answer, plain]
    assert of(None, only_media=True) == of(None, pinned=True) == [plain]
    assert of(None, tagged="cats") == [answer]
    assert of(owner.id, without=Without(visibilities=(Visibility.PUBLIC,))) == [secret]
    mutes.put(tx, bob.id, notifications=True, expires_at=None)
    bobs = say(bob)
    assert bobs in timelines.account(tx, owner.id, bob.id, ALL, Choice())


def test_private_posts_of_others(tx: Tx, owner: Account, bob: Account, say: Say) -> None:
    """Only while the owner follows."""
    secret = say(bob, visibility=Visibility.PRIVATE, in_home=True)

    assert timelines.home(tx, ALL) == timelines.account(tx, owner.id, bob.id, ALL, Choice()) == []
    world.befriend(tx, owner, bob)
    assert timelines.home(tx, ALL) == timelines.account(tx, owner.id, bob.id, ALL, Choice()) == [secret]


def test_published(tx: Tx, owner: Account, bob: Account, say: Say) -> None:
    """What everybody may see of the owner's, for outbox, pins and feeds."""
    post, unlisted = say(owner), say(owner, visibility=Visibility.UNLISTED)
    say(owner, visibility=Visibility.PRIVATE)
    say(owner, visibility=Visibility.DIRECT)
    boost = world.wrap(tx, owner, say(bob))
    hidden = world.wrap(tx, owner, post, visibility=Visibility.PRIVATE)
    bookmarks.put_pin(tx, unlisted.id)

    assert timelines.published(tx, ALL) == [boost, unlisted, post]
    assert timelines.published(tx, ALL, pinned=True) == [unlisted]
    assert timelines.count_published(tx) == 3
    assert hidden.visibility is Visibility.PRIVATE


def test_marked(tx: Tx, owner: Account, bob: Account, say: Say) -> None:
    """By when they were marked, and only as long as the owner may see them."""
    older, newer = say(bob), say(bob)
    gone = say(bob, visibility=Visibility.PRIVATE)
    for number, post in enumerate((newer, older, gone), 1):
        likes.put(tx, Like(id=number, account_id=owner.id, post_id=post.id, uri=None, created_at=tx.now))
        world.later(tx, seconds=1)
        bookmarks.put(tx, post.id)

    assert timelines.favourites(tx, ALL) == [(2, older), (1, newer)]
    assert timelines.favourites(tx, Page(max_id=2)) == [(1, newer)]
    assert [post for _, post in timelines.bookmarks(tx, ALL)] == [older, newer]


# Threads --------------------------------------------------------------------------------------------------------------
def answer_to(parent: Post) -> dict[str, Any]:
    """Return the columns of an answer."""
    return {
        "in_reply_to": parent.uri,
        "in_reply_to_id": parent.id,
        "in_reply_to_account_id": parent.account_id,
    }


def test_context(tx: Tx, owner: Account, bob: Account, carol: Account, say: Say) -> None:
    """Ancestors oldest first; each answer followed by its own answers."""
    root = say(owner)
    middle = say(bob, **answer_to(root))
    post = say(carol, **answer_to(middle))
    one = say(bob, **answer_to(post))
    two = say(owner, **answer_to(post))
    below_one = say(owner, **answer_to(one))

    assert threads.ancestors(tx, post, owner.id) == [root, middle]
    assert threads.descendants(tx, post, owner.id) == [one, below_one, two]
    assert threads.descendants(tx, root, None) == [middle, post, one, below_one, two]
    assert threads.ancestors(tx, root, None) == []


def test_context_shows_only_what_one_may_see(tx: Tx, owner: Account, bob: Account, carol: Account, say: Say) -> None:
    """And nothing below what is hidden; whom the owner mutes is left out."""
    root = say(owner)
    secret = say(bob, visibility=Visibility.DIRECT, **answer_to(root))
    mentions.put(tx, secret.id, owner.id)
    below = say(owner, **answer_to(secret))
    carols = say(carol, **answer_to(root))

    assert threads.descendants(tx, root, owner.id) == [secret, below, carols]
    assert threads.descendants(tx, root, None) == [carols]
    assert threads.ancestors(tx, below, None) == [root]
    mutes.put(tx, carol.id, notifications=True, expires_at=None)
    assert threads.descendants(tx, root, owner.id) == [secret, below]


def test_endless_threads_end(tx: Tx, owner: Account, say: Say) -> None:
    """A chain is cut at its limits, and a ring does not turn for ever."""
    chain = [say(owner)]
    for _ in range(threads.HIGH + 10):
        chain.append(say(owner, **answer_to(chain[-1])))

    assert len(threads.ancestors(tx, chain[-1], owner.id)) == threads.HIGH
    assert len(threads.descendants(tx, chain[0], owner.id)) == threads.DEEP
    world.posts.change(tx, chain[0].id, in_reply_to_id=chain[1].id)
    ring = world.posts.get(tx, chain[0].id)
    assert [post.id for post in threads.ancestors(tx, ring, owner.id)] == [chain[1].id]
    assert len(threads.descendants(tx, ring, owner.id)) <= threads.DEEP
    assert mutes.root(tx, ring.id) in {post.id for post in chain}
