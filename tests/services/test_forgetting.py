"""Forgetting: what goes by its age, what stays, and that nothing that stays loses what it refers to."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.domain.account import Account
from smallfed.domain.post import Post
from smallfed.services import blocking, borrowing, forgetting, liking
from smallfed.store import accounts, bookmarks, losing, mentions, notifications, pasts, posts, threads, votes
from smallfed.store import forgetting as rows
from smallfed.store.forgetting import CONCERNS, Terms
from smallfed.store.losing import GO_ALONG, RELATIONS
from smallfed.store.pasts import Past
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know
from tests.world import befriend, later, say, wrap

TERMS = Terms(strangers=timedelta(days=90), followed=None)
SOON = Terms(strangers=timedelta(days=90), followed=timedelta(days=365))
TOP = (1 << 63) - 1


def forget(tx: Tx, terms: Terms = TERMS) -> int:
    """Make a whole round, as the loop does; return how many posts went."""
    gone, below = 0, TOP
    while (low := rows.span(tx, below)) is not None:
        while found := rows.candidates(tx, low, below, terms):
            gone += forgetting.forget(tx, found, terms)
        below = low
    return gone


def lose(tx: Tx) -> int:
    assert TERMS.strangers is not None
    found = losing.strangers(tx, 0, TOP, TERMS.strangers)
    return forgetting.lose(tx, found, TERMS.strangers)


@pytest.fixture
def bob(know: Know) -> Account:
    return know("bob@far.example")


# What goes, and when --------------------------------------------------------------------------------------------------
def test_strangers_posts_go_when_their_time_is_over(tx: Tx, owner: Account, bob: Account) -> None:
    """Counted from when they came, however old they were then."""
    say(tx, bob, published_at=tx.now - timedelta(days=1000))

    early = forget(later(tx, days=90))
    late = forget(later(tx, seconds=1))

    assert (early, late) == (0, 1)


def test_people_followed_have_a_time_of_their_own(tx: Tx, owner: Account, bob: Account) -> None:
    befriend(tx, owner, bob)
    say(tx, bob)
    later(tx, days=366)

    assert forget(tx, TERMS) == 0
    assert forget(tx, SOON) == 1


def test_what_the_owner_wrote_never_goes(tx: Tx, owner: Account) -> None:
    say(tx, owner)

    assert forget(later(tx, days=5000), SOON) == 0


def test_a_whole_thread_goes_in_one_round(tx: Tx, owner: Account, bob: Account) -> None:
    """Answers before what they answer; boosts before what they show."""
    top = say(tx, bob)
    below = top
    for _ in range(20):
        later(tx, seconds=1)
        below = say(tx, bob, in_reply_to=below.uri, in_reply_to_id=below.id)
    wrap(later(tx, seconds=1), bob, below)

    assert forget(later(tx, days=91)) == 22
    assert tx.one("SELECT count(*) FROM posts") == (0,)


def test_it_can_be_fetched_again(tx: Tx, owner: Account, bob: Account) -> None:
    """Nothing remembers it as deleted."""
    post = say(tx, bob)
    forget(later(tx, days=91))

    again = say(tx, bob, uri=post.uri)

    assert posts.find_uri(tx, post.uri) == again
    assert tx.all("SELECT * FROM tombstones") == []


def test_what_it_had_goes_along(tx: Tx, owner: Account, bob: Account) -> None:
    """Cards that nothing else shows, words in the index, tags: each by its own rules."""
    post = say(tx, bob)
    tx.run("INSERT INTO hashtags (post_id, name) VALUES (?, 'cats')", post.id)
    tx.run("INSERT INTO documents (post_id, body) VALUES (?, x'00')", post.id)
    tx.run("INSERT INTO attachments (id, post_id, kind, url, created_at) VALUES (1, ?, 'image', 'u', 0)", post.id)

    forget(later(tx, days=91))

    assert [tx.one(f"SELECT count(*) FROM {table}")[0] for table in ("hashtags", "documents", "attachments")] == [0] * 3


# What stays -----------------------------------------------------------------------------------------------------------
def answered(tx: Tx, owner: Account, post: Post) -> None:
    say(tx, owner, in_reply_to=post.uri, in_reply_to_id=post.id)


def far_below_ours(tx: Tx, owner: Account, post: Post) -> None:
    ours, author = say(tx, owner), accounts.get(tx, post.account_id)
    middle = say(tx, author, in_reply_to=ours.uri, in_reply_to_id=ours.id)
    mentions.put(tx, middle.id, owner.id)
    posts.change(tx, post.id, in_reply_to=middle.uri, in_reply_to_id=middle.id)


def voted(tx: Tx, owner: Account, post: Post) -> None:
    tx.run("INSERT INTO polls (post_id, multiple) VALUES (?, 0)", post.id)
    tx.run("INSERT INTO poll_options (post_id, position, name, title) VALUES (?, 0, 'yes', 'yes')", post.id)
    votes.put(tx, post.id, owner.id, 0)


def quote(tx: Tx, post: Post, quoted: Post) -> None:
    tx.run(
        "INSERT INTO quotes (id, post_id, quoted, quoted_id, state, created_at) VALUES (?, ?, ?, ?, 'accepted', 0)",
        post.id,
        post.id,
        quoted.uri,
        quoted.id,
    )


def boosts_ours(tx: Tx, owner: Account, post: Post) -> None:
    tx.run("UPDATE posts SET kind = 'Announce', boost_of_id = ? WHERE id = ?", say(tx, owner).id, post.id)


def filtered(tx: Tx, owner: Account, post: Post) -> None:
    tx.run("INSERT INTO filters (id, title, contexts, action, created_at) VALUES (1, '', '[]', 'warn', 0)")
    tx.run("INSERT INTO filter_posts (id, filter_id, post_id) VALUES (1, 1, ?)", post.id)


def complained_of(tx: Tx, owner: Account, post: Post) -> None:
    tx.run(
        "INSERT INTO reports (id, account_id, category, comment, posts, rules, forwarded, created_at, updated_at)"
        " VALUES (1, ?, 'spam', '', ?, '[]', 0, 0, 0)",
        post.account_id,
        json.dumps([post.id]),
    )


def later_answered(tx: Tx, owner: Account, post: Post) -> None:
    wish = json.dumps({"text": "x", "in_reply_to_id": post.id})
    tx.run("INSERT INTO scheduled_posts (id, wish, scheduled_at, created_at) VALUES (1, ?, 0, 0)", wish)


def in_conversation(tx: Tx, owner: Account, post: Post) -> None:
    tx.run("INSERT INTO correspondences (id, thread, people, unread) VALUES (1, ?, '[]', 0)", post.id)
    tx.run("INSERT INTO correspondence_posts (post_id, correspondence_id) VALUES (?, 1)", post.id)


def put_away(tx: Tx, owner: Account, post: Post) -> None:
    notifications.put(tx, "mention", post.account_id, post.id)
    blocking.block_domain(tx, "far.example")


TOUCHES: list[Callable[[Tx, Account, Post], object]] = [
    lambda tx, owner, post: liking.like(tx, post),
    lambda tx, owner, post: bookmarks.put(tx, post.id),
    lambda tx, owner, post: notifications.put(tx, "mention", post.account_id, post.id),
    lambda tx, owner, post: mentions.put(tx, post.id, owner.id),
    lambda tx, owner, post: wrap(tx, owner, post),
    lambda tx, owner, post: quote(tx, say(tx, owner), post),
    lambda tx, owner, post: quote(tx, post, say(tx, owner)),
    lambda tx, owner, post: tx.run("INSERT INTO thread_mutes (post_id, created_at) VALUES (?, 0)", post.id),
    answered,
    far_below_ours,
    voted,
    boosts_ours,
    filtered,
    complained_of,
    later_answered,
    in_conversation,
    put_away,
]


@pytest.mark.parametrize("touch", TOUCHES)
def test_what_the_owner_touched_stays_with_all_it_answers(
    tx: Tx, owner: Account, bob: Account, touch: Callable[[Tx, Account, Post], object]
) -> None:
    """The whole chain above it, or what it shows; its neighbours go."""
    top = say(tx, bob)
    parent = say(tx, bob, in_reply_to=top.uri, in_reply_to_id=top.id)
    post = say(tx, bob, in_reply_to=parent.uri, in_reply_to_id=parent.id)
    neighbour = say(tx, bob, in_reply_to=parent.uri, in_reply_to_id=parent.id)
    touch(tx, owner, post)
    chain = [above.id for above in threads.ancestors(tx, posts.get(tx, post.id), owner.id)]

    forget(later(tx, days=91))

    kept = posts.get(tx, post.id)
    assert [above.id for above in threads.ancestors(tx, kept, owner.id)] == chain
    assert posts.find(tx, neighbour.id) is None


def test_every_concern_is_tried() -> None:
    """The list above has one for each, and for being answered, boosted and quoted by the owner."""
    assert len(TOUCHES) == len(CONCERNS) + 3


def test_what_people_followed_boosted_or_quoted_stays_as_long_as_that(
    tx: Tx, owner: Account, bob: Account, know: Know
) -> None:
    carol = know("carol@near.example")
    befriend(tx, owner, carol)
    shown, quoted = say(tx, bob), say(tx, bob)
    wrap(tx, carol, shown)
    quote(tx, say(tx, carol), quoted)

    assert forget(later(tx, days=91)) == 0
    assert forget(later(tx, days=365), SOON) == 4


# Reading anew ---------------------------------------------------------------------------------------------------------
def test_a_past_with_a_hole_is_read_from_the_beginning(tx: Tx, owner: Account, bob: Account) -> None:
    say(tx, bob)
    pasts.put(tx, Past(account_id=bob.id, reached=tx.now, head_at=tx.now, ended="done", looked_at=tx.now))

    forget(later(tx, days=91))

    assert pasts.find(tx, bob.id) is None
    assert not borrowing.known(tx, bob).ended


def test_what_is_borrowed_is_still_given_back_in_its_time(tx: Tx, owner: Account, bob: Account) -> None:
    say(tx, bob)
    pasts.put(tx, Past(account_id=bob.id, head_at=tx.now, looked_at=tx.now))
    looked_at = tx.now
    pasts.borrow(tx, bob.id, say(later(tx, days=80), bob).id)

    forget(later(tx, days=11))

    assert pasts.find(tx, bob.id) == Past(account_id=bob.id, looked_at=looked_at)


def test_of_people_followed_nothing_is_believed_to_be_here_that_went(tx: Tx, owner: Account, bob: Account) -> None:
    befriend(tx, owner, bob)
    say(tx, bob)
    before = borrowing.known(tx, bob)

    forget(later(tx, days=366), SOON)

    after = borrowing.known(tx, bob)
    assert (before.floor, after.floor) == (
        int((tx.now - timedelta(days=366)).timestamp() * 1000) << 16,
        int((tx.now - timedelta(days=365)).timestamp() * 1000) << 16,
    )


def test_pins_that_went_are_read_again(tx: Tx, owner: Account, bob: Account) -> None:
    accounts.change(tx, bob.id, featured_at=tx.now)
    bookmarks.put_pin(tx, say(tx, bob).id)

    forget(later(tx, days=91))

    assert accounts.get(tx, bob.id).featured_at is None


# People ---------------------------------------------------------------------------------------------------------------
def test_people_of_whom_nothing_is_left_follow(tx: Tx, owner: Account, bob: Account, know: Know) -> None:
    """With their keys; whom anybody here has to do with stays."""
    tx.run(
        "INSERT INTO public_keys (key_id, owner, algorithm, der, fetched_at) VALUES ('k', ?, 'rsa', x'00', 0)", bob.uri
    )
    befriend(tx, know("fan@far.example"), owner)
    say(tx, know("writer@far.example"))
    later(tx, days=90)

    early = lose(tx)
    late = lose(later(tx, seconds=1))

    assert (early, late) == (0, 1)
    assert accounts.find(tx, bob.id) is None
    assert tx.one("SELECT count(*) FROM public_keys") == (0,)


def test_every_reference_to_an_account_is_thought_of(tx: Tx) -> None:
    """A new table decides whether it keeps people, or goes with them."""
    tables = [name for (name,) in tx.all("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    found = {
        (table, column)
        for table in tables
        for target, column in tx.all('SELECT "table", "from" FROM pragma_foreign_key_list(?)', table)
        if target == "accounts"
    }

    said = {(table, column) for table, columns in RELATIONS.items() for column in columns}
    assert {pair for pair in found if pair[0] not in GO_ALONG} == said
    assert {table for table, _ in found} >= GO_ALONG


# Whatever there is ----------------------------------------------------------------------------------------------------
NODES = st.lists(
    st.tuples(
        st.sampled_from(["owner", "friend", "stranger"]),
        st.sampled_from(["note", "reply", "boost", "quote"]),
        st.integers(0, 30),
        st.integers(0, 400),
        st.sampled_from(["", "", "", "like", "bookmark", "mention", "notification"]),
    ),
    min_size=1,
    max_size=14,
)


@given(NODES)
def test_nothing_that_stays_changes(nodes: list[tuple[str, str, int, int, str]]) -> None:
    """Of any heap of posts own and touched ones stay, no reference is lost, threads of kept ones are as they were."""
    tx = world.empty_tx()
    people = {
        "owner": world.acquaint(tx, "alice@home.example", local=True),
        "friend": world.acquaint(tx, "friend@near.example"),
        "stranger": world.acquaint(tx, "stranger@far.example"),
    }
    befriend(tx, people["owner"], people["friend"])
    made, touched = list[Post](), set[int]()
    for who, kind, target, age, touch in nodes:
        tx.now = world.NOW - timedelta(days=age)
        made.append(_make(tx, people[who], kind, made[target % len(made)] if made else None))
        if touch and kind != "boost":
            _touch(tx, people["owner"], made[-1], touch)
            touched.add(made[-1].id)
    tx.now = world.NOW
    links = dict[int, tuple[object, ...]]((row[0], row[1:]) for row in _links(tx))
    above = {post.id: [p.id for p in threads.ancestors(tx, posts.get(tx, post.id), None)] for post in made}

    predicted = sum(share.posts for share in rows.would_go(tx, TERMS))
    gone = forget(tx)

    left = dict[int, tuple[object, ...]]((row[0], row[1:]) for row in _links(tx))
    assert gone == predicted == len(made) - len(left)
    assert left == {post: link for post, link in links.items() if post in left}
    assert {post.id for post in made if post.local} | touched <= left.keys()
    assert all([p.id for p in threads.ancestors(tx, posts.get(tx, post), None)] == above[post] for post in left)
    assert tx.all("PRAGMA foreign_key_check") == []
    old = {post.id for post in made if post.received_at < tx.now - timedelta(days=90)}
    assert links.keys() - left.keys() <= old - {p.id for p in made if p.account_id == people["friend"].id}


def _make(tx: Tx, author: Account, kind: str, target: Post | None) -> Post:
    if target is None or target.boost_of_id is not None or kind == "note":
        return say(tx, author)
    if kind == "boost" and posts.find_boost(tx, target.id, author.id) is None:
        return wrap(tx, author, target)
    if kind == "quote":
        post = say(tx, author)
        quote(tx, post, target)
        return post
    return say(tx, author, in_reply_to=target.uri, in_reply_to_id=target.id)


def _touch(tx: Tx, owner: Account, post: Post, how: str) -> None:
    match how:
        case "bookmark":
            bookmarks.put(tx, post.id)
        case "mention":
            mentions.put(tx, post.id, owner.id)
        case "notification":
            notifications.put(tx, "mention", post.account_id, post.id)
        case _:
            tx.run(
                "INSERT INTO likes (id, account_id, post_id, created_at) VALUES (?, ?, ?, 0)",
                post.id,
                owner.id,
                post.id,
            )


def _links(tx: Tx) -> list[tuple[object, ...]]:
    return tx.all(
        "SELECT p.id, p.in_reply_to_id, p.boost_of_id, q.quoted_id FROM posts p LEFT JOIN quotes q ON q.post_id = p.id"
    )
