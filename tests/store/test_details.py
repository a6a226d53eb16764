"""What is shown with posts, gathered for a page at once."""

import sqlite3
from datetime import timedelta

import pytest
from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.post import Attachment, Visibility
from smallfed.store import attachments, bookmarks, details, edits, likes, mentions, mutes, posts
from smallfed.store.details import Detail
from smallfed.store.likes import Like
from smallfed.store.paging import Page
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know

NOTHING = Detail(
    likes=0,
    boosts=0,
    replies=0,
    favourited=False,
    reblogged=False,
    bookmarked=False,
    pinned=False,
    muted=False,
    mentions=(),
    hashtags=(),
    attachments=(),
)


def test_everything_about_a_post(tx: Tx, owner: Account, know: Know) -> None:
    """And nothing about another one in the same page."""
    bob, carol = know("bob@far.example"), know("carol@other.example")
    post, other = world.say(tx, owner), world.say(tx, bob)
    for number, account in enumerate((owner, bob), 1):
        likes.put(tx, Like(id=number, account_id=account.id, post_id=post.id, uri=None, created_at=tx.now))
        world.wrap(tx, account, post)
    world.say(tx, bob, in_reply_to_id=post.id, in_reply_to=post.uri)
    world.say(tx, bob, in_reply_to_id=post.id, in_reply_to=post.uri, visibility=Visibility.DIRECT)
    bookmarks.put(tx, post.id)
    bookmarks.put_pin(tx, post.id)
    mutes.put_thread(tx, post.id)
    mentions.put(tx, post.id, carol.id)
    mentions.put(tx, post.id, bob.id, silent=True)
    mentions.replace_hashtags(tx, post.id, ["b", "a"])
    urls = [f"https://home.example/{name}.png" for name in ("second", "first")]
    attachments.replace(tx, post.id, [Attachment(id=0, kind="image", url=url) for url in urls])

    found = details.of_posts(tx, [post, other])

    assert found == {
        post.id: Detail(
            likes=2,
            boosts=2,
            replies=1,
            favourited=True,
            reblogged=True,
            bookmarked=True,
            pinned=True,
            muted=True,
            mentions=(carol,),
            hashtags=("a", "b"),
            attachments=attachments.of_post(tx, post.id),
            likes_verified=2,
            boosts_verified=2,
        ),
        other.id: NOTHING,
    }
    assert [picture.url for picture in found[post.id].attachments] == urls
    assert details.of_posts(tx, []) == {}


def test_counts_of_others_are_theirs_or_ours(tx: Tx, owner: Account, know: Know) -> None:
    """Whichever is larger; what is said of our own posts counts for nothing."""
    bob = know("bob@far.example")
    claims = {"likes_claimed": 7, "boosts_claimed": 0, "replies_claimed": 9}
    theirs, ours = world.say(tx, bob, **claims), world.say(tx, owner, **claims)
    world.wrap(tx, owner, theirs)

    found = details.of_posts(tx, [theirs, ours])

    assert [(one.likes, one.boosts, one.replies) for one in found.values()] == [(7, 1, 9), (0, 0, 0)]


def test_the_number_of_queries_does_not_grow(tx: Tx, owner: Account, know: Know) -> None:
    """A page of forty costs as many queries as one post."""
    bob = know("bob@far.example")
    page = [world.say(tx, bob) for _ in range(40)]
    for post in page:
        mentions.put(tx, post.id, owner.id)

    def count(wanted: int) -> int:
        asked: list[str] = []
        tx.known.clear()
        tx.sql.set_trace_callback(asked.append)
        details.of_posts(tx, page[:wanted])
        tx.sql.set_trace_callback(None)
        return len(asked)

    assert count(40) == count(1)


def test_who_likes_and_boosts(tx: Tx, owner: Account, know: Know) -> None:
    """Newest first, by the likes' ids; boosts that not everybody may see are not told of."""
    bob, carol = know("bob@far.example"), know("carol@other.example")
    post = world.say(tx, owner)
    for number, account in enumerate((bob, carol), 1):
        likes.put(tx, Like(id=number, account_id=account.id, post_id=post.id, uri=None, created_at=tx.now))
    boost = world.wrap(tx, bob, post)
    world.wrap(tx, carol, post, visibility=Visibility.PRIVATE)

    assert likes.likers(tx, post.id, Page()) == [(2, carol), (1, bob)]
    assert likes.likers(tx, post.id, Page(max_id=2)) == [(1, bob)]
    assert likes.boosters(tx, post.id, Page()) == [(boost.id, bob)]
    assert (likes.count(tx, post.id), likes.count_boosts(tx, post.id)) == (2, 1)


@pytest.mark.parametrize(("theirs", "kept"), [(True, edits.MOST), (False, edits.MOST + 5)])
def test_nobody_fills_our_history(tx: Tx, owner: Account, know: Know, *, theirs: bool, kept: int) -> None:
    """Who changes a post without end leaves so many versions of it here; the owner's stay."""
    post = world.say(tx, know("bob@far.example") if theirs else owner)
    for number in range(edits.MOST + 5):
        edits.put(
            tx, structs.replace(post, content=str(number), edited_at=world.NOW + timedelta(hours=number)), (), None
        )

    versions = [edit.content for edit in edits.of_post(tx, post.id)]
    assert versions == [str(number) for number in range(edits.MOST + 5)][-kept:]


def test_history_keeps_pictures(tx: Tx, owner: Account) -> None:
    """As they were."""
    post = world.say(tx, owner)
    picture = Attachment(id=5, kind="image", url="https://home.example/1.png", focus=(0.25, -0.5))

    edits.put(tx, post, (picture,), None)

    assert edits.of_post(tx, post.id)[0].attachments == (picture,)


def test_ids_that_are_taken_are_drawn_again(tx: Tx, owner: Account) -> None:
    """Two posts of the same millisecond never share an id."""
    drawn = [7, 7, 8]
    tx.dice = lambda _bits: drawn.pop(0)
    first = posts.arrival_id(tx, tx.now)
    world.say(tx, owner, id=first)

    assert posts.arrival_id(tx, tx.now) == first + 1


def test_one_boost_of_a_post_by_each(tx: Tx, owner: Account) -> None:
    """The table itself holds that."""
    post = world.say(tx, owner)
    world.wrap(tx, owner, post)

    with pytest.raises(sqlite3.IntegrityError, match="boost_of_id"):
        world.wrap(tx, owner, post)
