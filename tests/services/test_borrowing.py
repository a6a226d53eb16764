"""Borrowing: what was read of people's pasts goes again, unless something made it matter."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from smallfed.domain.account import Account
from smallfed.domain.events import PostReceived
from smallfed.domain.incoming import Announce, Create, FollowReference
from smallfed.domain.need import Need
from smallfed.domain.post import Post
from smallfed.policy.pasts import Known
from smallfed.services import blocking, boosting, borrowing, following, liking, receiving
from smallfed.services.borrowing import Turned
from smallfed.services.receiving import FETCHED, SENT
from smallfed.store import accounts, bookmarks, follows, mentions, notifications, pasts, posts, votes
from smallfed.store.pasts import MATTERS, Past
from smallfed.store.tx import Tx
from tests.conftest import Know
from tests.services.conftest import PUBLIC, Incoming
from tests.world import befriend, later, say, wrap

KEEP = timedelta(days=30)


def lend(tx: Tx, incoming: Incoming, author: Account, number: int = 1, **fields: object) -> Post:
    """Take a post from its author's outbox."""
    taken = borrowing.take(tx, author.id, Create(id=None, actor=author.uri, post=incoming(author, number, **fields)))
    assert taken is True
    stored = posts.find_uri(tx, f"{author.uri}/notes/{number}")
    assert stored is not None
    return stored


def expire(tx: Tx) -> int:
    """Let everything go that goes; return how many posts went."""
    gone = 0
    while (count := borrowing.expire(tx, KEEP)) is not None:
        gone += count
    return gone


# Taking ---------------------------------------------------------------------------------------------------------------
def test_what_is_borrowed_takes_its_place_by_its_date_and_stays_out_of_home(
    tx: Tx, owner: Account, bob: Account, incoming: Incoming
) -> None:
    """Also of people followed, and if it is from this very minute."""
    befriend(tx, owner, bob)
    moment = tx.now - timedelta(minutes=1)

    post = lend(tx, incoming, bob, published_at=moment)

    assert post.id >> 16 == int(moment.timestamp() * 1000)
    assert not post.in_home
    assert pasts.count(tx) == (1, 1)


def test_what_is_here_is_not_borrowed_but_brought_up_to_date(
    tx: Tx, owner: Account, bob: Account, incoming: Incoming
) -> None:
    befriend(tx, owner, bob)
    receiving.receive(tx, incoming(bob), SENT)
    edited = incoming(bob, content="<p>edited</p>", updated_at=tx.now + timedelta(seconds=1))

    taken = borrowing.take(tx, bob.id, Create(id=None, actor=bob.uri, post=edited))

    assert taken is False
    assert [post.content for post in posts.newest_of(tx, bob.id, 9)] == ["<p>edited</p>"]
    assert pasts.count(tx) == (0, 0)


def test_boosts_are_borrowed_once_and_tell_nobody(
    tx: Tx, lively: Tx, owner: Account, bob: Account, carol: Account, incoming: Incoming
) -> None:
    boost = Announce(id=f"{bob.uri}/boosts/1", actor=bob.uri, object=f"{carol.uri}/notes/1", to=(PUBLIC,))

    unknown = borrowing.take(tx, bob.id, boost)
    receiving.receive(tx, incoming(carol), FETCHED)
    taken = [borrowing.take(tx, bob.id, boost) for _ in range(2)]
    of_ours = Announce(id=f"{bob.uri}/boosts/2", actor=bob.uri, object=say(tx, owner).uri, to=(PUBLIC,))
    borrowing.take(tx, bob.id, of_ours)

    assert unknown == Need(f"{carol.uri}/notes/1")
    assert taken == [True, False]
    assert tx.all("SELECT 1 FROM notifications") == []


def test_what_arrives_after_all_is_borrowed_no_more(
    tx: Tx, lively: Tx, owner: Account, bob: Account, incoming: Incoming
) -> None:
    """It comes home and is told, once."""
    befriend(tx, owner, bob)
    lend(tx, incoming, bob, named=(owner,))
    tx.announced.clear()

    for _ in range(2):
        receiving.receive(tx, incoming(bob, named=(owner,)), SENT)

    [post] = posts.newest_of(tx, bob.id, 9)
    assert post.in_home
    assert pasts.count(tx) == (0, 0)
    assert [event for event in tx.announced if isinstance(event, PostReceived)] == [
        PostReceived(post=post.id, fresh=True)
    ]
    assert tx.all("SELECT type FROM notifications") == [("mention",)]


def test_what_we_know_to_be_whole(tx: Tx, owner: Account, bob: Account, know: Know) -> None:
    """All of the owner, and of who shows nothing; of people followed what was sent, and what was read if they meet."""
    silent = know("silent@far.example", outbox=None)
    fresh = borrowing.known(tx, bob)
    borrowing.turn(tx, bob.id, None, Turned(moments=[tx.now - timedelta(days=3)], new=1, next="p2"))
    read = borrowing.known(tx, bob)
    befriend(later(tx, days=1), owner, bob)
    apart = borrowing.known(tx, bob)
    borrowing.turn(tx, bob.id, None, Turned(moments=[tx.now, tx.now - timedelta(days=2)], new=1, next="p2"))
    together = borrowing.known(tx, bob)

    days = [int((tx.now - timedelta(days=day)).timestamp() * 1000) << 16 for day in range(5)]
    assert borrowing.known(tx, owner) == borrowing.known(tx, silent) == Known(ended=True, sent=True)
    assert fresh == Known()
    assert read == Known(floor=days[4], head_at=tx.now - timedelta(days=1))
    assert apart == Known(floor=days[0], sent=True, head_at=tx.now - timedelta(days=1))
    assert together == Known(floor=days[2], sent=True, head_at=tx.now)


# Turning pages --------------------------------------------------------------------------------------------------------
def test_where_reading_goes_on(tx: Tx, owner: Account, bob: Account) -> None:
    hours = [tx.now - timedelta(hours=hour) for hour in range(9)]
    borrowing.turn(tx, bob.id, None, Turned(moments=hours[1:3], new=2, next="p2"))
    first = pasts.find(tx, bob.id)
    borrowing.turn(tx, bob.id, first, Turned(moments=hours[3:5], new=2, next="p3", skip=40))
    second = pasts.find(tx, bob.id)
    borrowing.turn(tx, bob.id, first, Turned(why="somebody who was overtaken"))
    borrowing.turn(later(tx, hours=1), bob.id, None, Turned(moments=hours[0:2], new=1, next="p2 of the news"))
    met = pasts.find(tx, bob.id)
    borrowing.turn(tx, bob.id, None, Turned(moments=[tx.now], new=1, next="p2 after a gap"))

    begun = Past(account_id=bob.id, next="p2", newest=hours[1], reached=hours[2], head_at=hours[0], looked_at=hours[0])
    assert first == begun
    assert second == Past(
        account_id=bob.id, next="p3", skip=40, newest=hours[1], reached=hours[4], head_at=hours[0], looked_at=hours[0]
    )
    assert met == Past(
        account_id=bob.id, next="p3", skip=40, newest=hours[0], reached=hours[4], head_at=tx.now, looked_at=tx.now
    )
    assert pasts.find(tx, bob.id) == Past(
        account_id=bob.id, next="p2 after a gap", newest=tx.now, reached=tx.now, head_at=tx.now, looked_at=tx.now
    )


def test_pages_that_bring_nothing_end_it(tx: Tx, owner: Account, bob: Account) -> None:
    borrowing.turn(tx, bob.id, None, Turned(moments=[tx.now], new=1, next="p"))

    for _ in range(3):
        borrowing.turn(tx, bob.id, pasts.find(tx, bob.id), Turned(moments=[tx.now], next="p"))

    past = pasts.find(tx, bob.id)
    assert past is not None
    assert past.ended == "it leads nowhere"


# Giving back ----------------------------------------------------------------------------------------------------------
def test_what_matters_to_nobody_goes_with_the_place_where_reading_stopped(
    tx: Tx, owner: Account, bob: Account, carol: Account, incoming: Incoming
) -> None:
    """Once nobody has looked for so long; all of one past at once, so that there is never a gap in it."""
    for number in range(3):
        lend(tx, incoming, bob, number)
    borrowing.turn(tx, bob.id, None, Turned(next="p2"))
    lend(later(tx, days=20), incoming, carol)
    borrowing.turn(tx, carol.id, None, Turned(next="p2"))

    early = expire(later(tx, days=9))
    late = expire(later(tx, days=2))

    assert (early, late) == (0, 3)
    assert pasts.find(tx, bob.id) is None
    assert pasts.count(tx) == (1, 1)


def test_reading_again_keeps_it(tx: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    lend(tx, incoming, bob)
    borrowing.turn(tx, bob.id, None, Turned())
    borrowing.turn(later(tx, days=29), bob.id, pasts.find(tx, bob.id), Turned())

    assert expire(later(tx, days=29)) == 0
    assert expire(later(tx, days=2)) == 1


def test_a_slice_at_a_time(tx: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    for number in range(borrowing.SLICE + 1):
        lend(tx, incoming, bob, number)
    borrowing.turn(tx, bob.id, None, Turned())
    later(tx, days=31)

    assert [borrowing.expire(tx, KEEP) for _ in range(4)] == [borrowing.SLICE, 1, 0, None]


def test_people_followed_keep_their_past(tx: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    lend(tx, incoming, bob)
    borrowing.turn(tx, bob.id, None, Turned(next="p2"))
    befriend(tx, owner, bob)

    assert expire(later(tx, days=31)) == 0
    follow = follows.find(tx, owner.id, bob.id)
    assert follow is not None
    follows.drop(tx, follow.id)
    assert expire(later(tx, days=31)) == 1


def test_a_post_borrowed_twice_goes_with_the_last(
    tx: Tx, owner: Account, bob: Account, carol: Account, incoming: Incoming
) -> None:
    post = lend(tx, incoming, carol)
    pasts.borrow(tx, bob.id, post.id)
    wrapper = wrap(tx, bob, post)
    pasts.borrow(tx, bob.id, wrapper.id)
    borrowing.turn(tx, bob.id, None, Turned())
    borrowing.turn(later(tx, days=20), carol.id, None, Turned())

    assert expire(later(tx, days=11)) == 1  # the boost
    assert expire(later(tx, days=20)) == 1


def boosted_with_a_boost(tx: Tx, owner: Account, post: Post) -> None:
    boosting.boost(tx, post)


def named(tx: Tx, owner: Account, post: Post) -> None:
    mentions.put(tx, post.id, owner.id)


def below(tx: Tx, owner: Account, post: Post) -> None:
    ours = say(tx, owner)
    posts.change(tx, post.id, in_reply_to=ours.uri, in_reply_to_id=ours.id, in_reply_to_account_id=owner.id)


def above(tx: Tx, owner: Account, post: Post) -> None:
    say(tx, owner, in_reply_to=post.uri, in_reply_to_id=post.id)


def far_above(tx: Tx, owner: Account, post: Post) -> None:
    middle = say(tx, accounts.get(tx, post.account_id), in_reply_to=post.uri, in_reply_to_id=post.id)
    pasts.borrow(tx, post.account_id, middle.id)
    above(tx, owner, middle)


def boosts_ours(tx: Tx, owner: Account, post: Post) -> None:
    ours = say(tx, owner)
    tx.run("UPDATE posts SET kind = 'Announce', boost_of_id = ? WHERE id = ?", ours.id, post.id)


def voted(tx: Tx, owner: Account, post: Post) -> None:
    tx.run("INSERT INTO polls (post_id, multiple) VALUES (?, 0)", post.id)
    tx.run("INSERT INTO poll_options (post_id, position, name, title) VALUES (?, 0, 'yes', 'yes')", post.id)
    votes.put(tx, post.id, owner.id, 0)


def _quote(tx: Tx, post: Post, quoted: Post) -> None:
    tx.run(
        "INSERT INTO quotes (id, post_id, quoted, quoted_id, state, created_at) VALUES (1, ?, ?, ?, 'accepted', 0)",
        post.id,
        quoted.uri,
        quoted.id,
    )


def quoted(tx: Tx, owner: Account, post: Post) -> None:
    _quote(tx, say(tx, owner), post)


def quotes_ours(tx: Tx, owner: Account, post: Post) -> None:
    _quote(tx, post, say(tx, owner))


def answered(tx: Tx, owner: Account, post: Post) -> None:
    """Somebody else answers, in what was sent to us."""
    say(tx, accounts.get(tx, post.account_id), in_reply_to=post.uri, in_reply_to_id=post.id)


def put_away(tx: Tx, owner: Account, post: Post) -> None:
    notifications.put(tx, "mention", post.account_id, post.id)
    blocking.block_domain(tx, "far.example")


@pytest.mark.parametrize(
    "matter",
    [
        lambda tx, owner, post: posts.change(tx, post.id, in_home=True),
        lambda tx, owner, post: liking.like(tx, post),
        lambda tx, owner, post: bookmarks.put(tx, post.id),
        lambda tx, owner, post: bookmarks.put_pin(tx, post.id),
        lambda tx, owner, post: notifications.put(tx, "status", post.account_id, post.id),
        boosted_with_a_boost,
        named,
        below,
        above,
        far_above,
        boosts_ours,
        voted,
        quoted,
        quotes_ours,
        answered,
        put_away,
    ],
)
def test_what_matters_stays(
    tx: Tx, owner: Account, bob: Account, incoming: Incoming, matter: Callable[[Tx, Account, Post], object]
) -> None:
    post, other = lend(tx, incoming, bob), lend(tx, incoming, bob, 99)
    borrowing.turn(tx, bob.id, None, Turned(next="p2"))
    matter(tx, owner, post)

    gone = expire(later(tx, days=31))

    assert gone == 1
    assert posts.find(tx, post.id) is not None
    assert posts.find(tx, other.id) is None
    assert pasts.find(tx, bob.id) == Past(account_id=bob.id, looked_at=tx.now)  # read from the beginning next time


def test_every_reason_to_stay_is_tried() -> None:
    """The list above has one for each, and one more for a distant answer."""
    assert len(MATTERS) == 15


def test_following_brings_home_what_was_read_before(
    tx: Tx, lively: Tx, owner: Account, bob: Account, incoming: Incoming
) -> None:
    """And reads what is new since somebody looked."""
    post = lend(tx, incoming, bob)
    following.follow(tx, bob)
    following.granted(tx, bob, FollowReference(actor=owner.uri, object=bob.uri))

    assert posts.get(tx, post.id).in_home
    assert tx.all("SELECT uri, kind FROM fetches") == [(bob.uri, "outbox")]
