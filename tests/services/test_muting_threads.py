"""A muted thread is muted as a whole, says so on every post of it, and is quiet."""

from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.domain.post import Post
from smallfed.services import liking, muting, sorting
from smallfed.services.receiving import SENT, receive
from smallfed.store import details, posts
from smallfed.store.tx import Tx
from tests import world
from tests.services.conftest import Incoming, told


def answer(tx: Tx, author: Account, above: Post, **columns: Any) -> Post:
    """Store an answer, a second after whatever was before."""
    world.later(tx, seconds=1)
    return world.say(
        tx,
        author,
        in_reply_to=above.uri,
        in_reply_to_id=above.id,
        in_reply_to_account_id=above.account_id,
        **columns,
    )


def muted(tx: Tx, *wanted: Post) -> list[bool]:
    """Return what the owner is told of each of some posts, asked for at once."""
    found = details.of_posts(tx, wanted)
    return [found[post.id].muted for post in wanted]


@pytest.mark.parametrize("at", range(4))
def test_whichever_post_is_named_the_whole_thread_is_muted(tx: Tx, owner: Account, bob: Account, at: int) -> None:
    """Up to the top, down to the last answer, beside and in boosts; nothing else is."""
    top = world.say(tx, bob)
    middle = answer(tx, owner, top)
    last, beside = answer(tx, bob, middle), answer(tx, bob, top)
    other = world.say(tx, bob)
    named = (top, middle, last, world.wrap(tx, owner, last))[at]

    muting.mute_thread(tx, named)
    while_muted = muted(tx, top, middle, last, beside, other)
    later = answer(tx, bob, beside)
    muting.unmute_thread(tx, last)

    assert while_muted == [True, True, True, True, False]
    assert muted(tx, top, middle, last, beside, later, other) == [False] * 6


def test_it_is_quiet(lively: Tx, owner: Account, bob: Account, carol: Account, incoming: Incoming) -> None:
    """Of mentions and of what others think of the owner's posts in it; what is elsewhere is told."""
    top = world.say(lively, owner)
    other = world.say(lively, owner)
    muting.mute_thread(lively, top)

    receive(lively, incoming(bob, 1, (owner,), in_reply_to=top.uri), SENT)
    for number, post in enumerate((top, other)):
        liking.receive_like(lively, carol, post, f"{carol.uri}/likes/{number}")
    receive(lively, incoming(bob, 2, (owner,), in_reply_to=f"{bob.uri}/notes/1"), SENT)

    assert told(lively) == [("favourite", carol.id, other.id)]


def test_what_came_late_above_is_muted_too(tx: Tx, owner: Account, bob: Account) -> None:
    """The thread turns out to be longer than it was when it was muted, and others hang on the same post."""
    orphan = world.say(tx, bob, in_reply_to="https://far.example/top")
    muting.mute_thread(tx, orphan)

    top = world.say(tx, bob, uri="https://far.example/top")
    sorting.adopt(tx, top)
    beside = answer(tx, bob, top)

    assert muted(tx, top, posts.get(tx, orphan.id), beside) == [True, True, True]
    muting.unmute_thread(tx, beside)
    assert muted(tx, top, posts.get(tx, orphan.id), beside) == [False, False, False]
