"""Who may do what to which post."""

from datetime import UTC, datetime

import pytest

from smallfed.domain.account import Account
from smallfed.domain.post import Post, Visibility
from smallfed.policy.authority import may_boost, may_change, may_write

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PUBLIC, UNLISTED, PRIVATE, DIRECT, LOCAL = Visibility
BOB = Account(
    id=2,
    uri="https://far.example/users/bob",
    username="bob",
    host="far.example",
    inbox="https://far.example/inbox",
    created_at=NOW,
)


def post(visibility: Visibility = PUBLIC, *, local: bool = False, boost_of_id: int | None = None) -> Post:
    """Return a post of Bob's."""
    return Post(
        id=1,
        uri="https://far.example/1",
        account_id=BOB.id,
        local=local,
        boost_of_id=boost_of_id,
        visibility=visibility,
        published_at=NOW,
        received_at=NOW,
    )


@pytest.mark.parametrize(
    ("uri", "allowed"),
    [
        ("https://far.example/1", True),
        ("https://FAR.example:443/1", True),
        ("http://far.example/1", False),
        ("https://far.example.evil.example/1", False),
        ("https://sub.far.example/1", False),
        ("https://far.example:8443/1", False),
    ],
)
def test_posts_live_where_their_authors_do(uri: str, allowed: bool) -> None:
    """Scheme, host and port must be the same."""
    assert (may_write(BOB, uri) is None) is allowed


@pytest.mark.parametrize(
    ("changed", "author", "actor", "allowed"),
    [
        (post(), BOB, BOB.uri, True),
        (post(), BOB, "https://far.example/users/eve", False),
        (post(local=True), BOB, BOB.uri, False),
        (post(), None, BOB.uri, False),
    ],
)
def test_only_the_author_changes_a_post(changed: Post, author: Account | None, actor: str, allowed: bool) -> None:
    """A neighbour on the same host is a stranger."""
    assert (may_change(changed, author, actor) is None) is allowed


@pytest.mark.parametrize(
    ("booster", "boosted", "allowed"),
    [
        (9, post(PUBLIC), True),
        (9, post(UNLISTED), True),
        (9, post(PRIVATE), False),
        (BOB.id, post(PRIVATE), True),
        (BOB.id, post(DIRECT), False),
        (9, post(PUBLIC, boost_of_id=5), False),
    ],
)
def test_what_may_be_boosted(booster: int, boosted: Post, allowed: bool) -> None:
    """Authors may show their own followers-only posts to their followers again."""
    assert (may_boost(booster, boosted) is None) is allowed
