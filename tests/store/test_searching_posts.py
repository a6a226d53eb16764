"""Posts are found by the words that can be read in them, and by what operators ask for."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.post import Attachment, Post, Visibility
from smallfed.services import indexing
from smallfed.store import accounts, attachments, bookmarks, mentions, mutes, posts
from smallfed.store.searching_posts import Query, search_posts
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know
from tests.world import later


def written(tx: Tx, account: Account, content: str, **fields: object) -> int:
    """Store a post by ``account`` a minute later than the one before, let it be found, and return its id."""
    later(tx, minutes=1)
    number = posts.arrival_id(tx, tx.now)
    post = Post(
        id=number,
        uri=f"{account.uri}/notes/{number}",
        account_id=account.id,
        local=account.local,
        content=content,
        received_at=tx.now,
        **{"visibility": Visibility.PUBLIC, "published_at": tx.now, **fields},
    )
    posts.put(tx, post)
    indexing.index(tx, number)
    return number


def found(tx: Tx, text: str, **query: int) -> list[int]:
    """Return what the owner finds."""
    result = search_posts(tx, text, Query(**{"limit": 5, **query}), viewer=accounts.owner(tx).id)
    return [post.id for post in result]


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("garden", True),
        ("GARDEN", True),
        ("gard", True),  # the last word may be a beginning
        ("gard walk", False),
        ("walk gard", True),
        ('walk "gard"', False),
        ("arden", False),
        ("#walk @garden", True),
        ("garden missing", False),
        ("garden -missing", True),
        ("garden -walk", False),
        ("-missing", True),
        ("-garden", False),
        ('"walk in the garden"', True),
        ('"walk the garden"', False),
        ("“in the garden”", True),
        ('garden -"in the"', False),
        ("apfel", True),
        ("ÄPFEL", True),
        ("a&b", True),
        ("100%", True),
        ("back\\slash", True),
        ("mastodon", True),  # a part of a hashtag
        ("catsofmastodon", True),
        ("href", False),
        ("boo", True),
        ("tulip", True),  # what a picture shows
        ("東京", True),
        ("東", True),
        ("京都", False),
        ("타워", True),
        ("ท่องเที่ยว", True),
        ("हिन्दी", True),
        ("12", False),
        ("", False),
        ("#", False),
        ("🎉", False),
    ],
)
def test_words(tx: Tx, owner: Account, text: str, is_found: bool) -> None:
    content = (
        '<p>A walk in the <a href="https://x.example">Garden</a>: Äpfel, a&amp;b, 100% back\\slash</p>'
        "<p>#CatsOfMastodon 東京タワー 서울타워에서 การท่องเที่ยวไทย यह हिन्दी है</p>"
    )
    post = written(tx, owner, content, summary="Boo")
    attachments.replace(tx, post, [Attachment(id=1, kind="image", url="https://x.example/1", description="A tulip")])
    indexing.index(tx, post)

    assert found(tx, text) == ([post] if is_found else [])


def test_newest_first_in_pieces(tx: Tx, owner: Account, know: Know) -> None:
    bob = know("bob@peer.example", indexable=True)
    first, second, third = (written(tx, who, "<p>word</p>") for who in (owner, bob, owner))

    assert found(tx, "word") == [third, second, first]
    assert found(tx, "word", limit=1) == [third]
    assert found(tx, "word", limit=1, offset=1) == [second]
    assert found(tx, "word", max_id=third) == [second, first]
    assert found(tx, "word", min_id=first) == [third, second]
    assert found(tx, "word", account=owner.id) == [third, first]


def test_many_that_may_not_be_shown_hide_none_that_may(tx: Tx, owner: Account, know: Know) -> None:
    loud = know("loud@peer.example", indexable=True)
    wanted = written(tx, owner, "<p>word</p>")
    for _ in range(200):
        written(tx, loud, "<p>word</p>")

    mutes.put(tx, loud.id, notifications=True, expires_at=None)

    assert found(tx, "word") == [wanted]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from:me", "mine"),
        ("from:alice", "mine"),
        ("from:@bob@peer.example", "reply picture secret"),
        ("from:bob", "reply picture secret"),
        ("word from:bob", "reply picture secret"),
        ("-from:me", "reply picture secret"),
        ("from:nobody", ""),
        ("-from:nobody", "mine reply picture secret"),
        ("mentions:me", "secret"),
        ("has:image", "picture"),
        ("has:media", "picture"),
        ("has:video", ""),
        ("has:link", "mine"),
        ("has:embed", ""),
        ("has:quote", ""),
        ("has:poll", "reply"),
        ("has:nonsense", ""),
        ("-has:media from:bob", "reply secret"),
        ("is:reply", "reply"),
        ("is:sensitive", "picture"),
        ("language:de", "picture"),
        ("lang:en-GB", "mine"),
        ("language:", ""),
        ("in:library", "mine secret"),
        ("in:public", "mine reply picture"),
        ("in:all", "mine reply picture secret"),
        ("before:2026-03-02", "mine reply"),
        ("after:2026-03-01", "picture secret"),
        ("after:2026-03-01 before:2026-03-03", "picture"),
        ("during:2026-03-02", "picture"),
        ("-during:2026-03-02", "mine reply secret"),
        ("-before:2026-03-02", "picture secret"),
        ("before:yesterday", ""),
        ("during:9999-12-31", ""),
        ("before:0001-01-01", ""),
        ("nonsense:word", ""),
        ("word:", "mine reply picture secret"),
    ],
)
def test_operators(tx: Tx, owner: Account, know: Know, text: str, expected: str) -> None:
    bob = know("bob@peer.example", indexable=True)
    content = '<p>word <a href="https://x.example">x</a> <a class="mention" href="https://y.example">@y</a></p>'
    mine = written(tx, owner, content, language="en-GB")
    reply = written(tx, bob, "<p>word</p>", in_reply_to="https://far.example/1", kind="Question")
    later(tx, days=1)
    picture = written(tx, bob, "<p>word</p>", sensitive=True, language="de", summary="boo")
    attachments.replace(tx, picture, [Attachment(id=1, kind="image", url="https://x.example/1")])
    later(tx, days=1)
    secret = written(tx, bob, "<p>word</p>", visibility=Visibility.DIRECT)
    mentions.put(tx, secret, owner.id)
    for post in (picture, secret):
        indexing.index(tx, post)
    names = {secret: "secret", picture: "picture", reply: "reply", mine: "mine"}

    assert " ".join(names[post] for post in reversed(found(tx, text))) == expected


def test_a_day_is_that_of_publication_not_of_arrival(tx: Tx, owner: Account) -> None:
    later(tx, hours=12, minutes=4)
    late = written(tx, owner, "<p>word</p>", published_at=datetime(2026, 3, 1, 23, 59, tzinfo=UTC))

    assert found(tx, "during:2026-03-01") == found(tx, "before:2026-03-02") == [late]
    assert found(tx, "during:2026-03-02") == found(tx, "after:2026-03-01") == []


def test_what_the_owner_may_not_see_is_not_found(tx: Tx, owner: Account, know: Know) -> None:
    written(tx, know("bob@peer.example", indexable=True), "<p>word</p>", visibility=Visibility.DIRECT)

    assert found(tx, "word") == []


def test_who_does_not_agree_any_more_is_not_found_from_that_moment(tx: Tx, owner: Account, know: Know) -> None:
    bob = know("bob@peer.example", indexable=True)
    kept, other = (written(tx, bob, "<p>word</p>") for _ in range(2))
    bookmarks.put(tx, kept)
    indexing.index(tx, kept)

    accounts.put(tx, structs.replace(bob, indexable=False))

    assert found(tx, "word") == [kept]
    accounts.put(tx, bob)
    assert found(tx, "word") == [other, kept]


PIECES = ("AND", "OR", "NOT", "NEAR(", "words", "any", "from:", "has:", "before:", "in:", "2026-01-01", "me", "\ud800")
TYPED = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from([*"\"“-+*:(){}^%\\';#@ \x00東é\U0001f600", *PIECES]),
        max_size=12,
    ).map("".join),
)


@given(TYPED)
@example('"' * 999)
@example("from:\ud800")
@example("-" * 2000)
@example("a:" * 500)
@example("* NEAR(word, 2) AND ) OR {words}")
def test_whatever_is_typed_can_be_asked(typed: str) -> None:
    tx = _world()

    for text in (typed, f"{typed} word", f'word "{typed}'):
        found(tx, text)


WORLD: list[Tx] = []


def _world() -> Tx:
    if not WORLD:
        tx = world.empty_tx()
        owner = world.acquaint(tx, "alice@home.example", local=True)
        written(tx, owner, "<p>word</p>")
        WORLD.append(tx)
    return WORLD[0]
