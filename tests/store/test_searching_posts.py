"""Posts are found by the words that can be read in them."""

import pytest

from smallfed.domain.account import Account
from smallfed.domain.post import Post, Visibility
from smallfed.store import posts
from smallfed.store.searching import Query, search_posts
from smallfed.store.tx import Tx
from tests.conftest import Know
from tests.world import later


def written(tx: Tx, account: Account, content: str, **fields: object) -> int:
    """Store a post by ``account`` a minute later than the one before, and return its id."""
    later(tx, minutes=1)
    number = posts.arrival_id(tx, tx.now)
    post = Post(
        id=number,
        uri=f"{account.uri}/notes/{number}",
        account_id=account.id,
        local=account.local,
        content=content,
        published_at=tx.now,
        received_at=tx.now,
        **{"visibility": Visibility.PUBLIC, **fields},
    )
    posts.put(tx, post)
    return number


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("garden", True),
        ("GARDEN", True),
        ("den walk", True),
        ("#walk @garden", True),
        ("garden missing", False),
        ("ÄPFEL", True),
        ("äpfel", True),
        ("a&b", True),
        ("100%", True),
        ("100_", False),
        ("back\\slash", True),
        ("href", False),
        ("amp", False),
        ("boo", True),
        ("", False),
        ("#", False),
    ],
)
def test_words(tx: Tx, owner: Account, text: str, found: bool) -> None:
    content = '<p>A walk in the <a href="https://x.example">Garden</a>: Äpfel, a&amp;b, 100% back\\slash</p>'
    post = written(tx, owner, content, summary="Boo")

    result = search_posts(tx, text, Query(limit=5), viewer=owner.id)

    assert [each.id for each in result] == ([post] if found else [])


def test_newest_first_in_pieces(tx: Tx, owner: Account, know: Know) -> None:
    bob = know("bob@peer.example")
    first, second, third = (written(tx, who, "<p>word</p>") for who in (owner, bob, owner))

    def ids(**query: int) -> list[int]:
        return [post.id for post in search_posts(tx, "word", Query(**{"limit": 5, **query}), viewer=owner.id)]

    assert ids() == [third, second, first]
    assert ids(limit=1) == [third]
    assert ids(limit=1, offset=1) == [second]
    assert ids(max_id=third) == [second, first]
    assert ids(min_id=first) == [third, second]
    assert ids(account=owner.id) == [third, first]


def test_what_the_owner_may_not_see_is_not_found(tx: Tx, owner: Account, know: Know) -> None:
    written(tx, know("bob@peer.example"), "<p>word</p>", visibility=Visibility.DIRECT)

    assert search_posts(tx, "word", Query(limit=5), viewer=owner.id) == []
