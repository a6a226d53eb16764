"""Somebody takes back what they did."""

from collections.abc import Callable
from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.domain.incoming import Undo
from smallfed.domain.refused import Refused
from smallfed.services import blocking, liking, undoing
from smallfed.store import blocks, follows, likes, posts, tombstones
from smallfed.store.tx import Tx
from tests import world

Undoing = Callable[..., Undo]


@pytest.fixture
def undo() -> Undoing:
    """Return ``undo(actor, **fields)``."""

    def make(actor: Account, **fields: Any) -> Undo:
        return Undo(id=f"{actor.uri}#undo", actor=actor.uri, **fields)

    return make


@pytest.mark.parametrize("embedded", [True, False])
def test_each_kind(tx: Tx, owner: Account, bob: Account, undo: Undoing, embedded: bool) -> None:
    """By the whole activity, or by its id alone, which is found by what we stored."""
    post = world.say(tx, owner)
    follow = world.befriend(tx, bob, owner)
    boost = world.wrap(tx, bob, post)
    liking.receive_like(tx, bob, post, f"{bob.uri}/likes/1")
    blocks.put(tx, bob.id, owner.id, f"{bob.uri}/blocks/1")
    everything = [
        ("Follow", follow.uri, owner.uri),
        ("Announce", boost.uri, post.uri),
        ("Like", f"{bob.uri}/likes/1", post.uri),
        ("Block", f"{bob.uri}/blocks/1", owner.uri),
    ]
    blocks.drop(tx, bob.id, owner.id)
    blocks.put(tx, bob.id, owner.id, f"{bob.uri}/blocks/1")

    for kind, uri, target in everything:
        activity = undo(bob, undone=uri, **({"kind": kind, "object": target} if embedded else {}))
        assert undoing.undo(tx, activity) is None

    assert follows.find(tx, bob.id, owner.id) is None
    assert posts.find(tx, boost.id) is None
    assert likes.count(tx, post.id) == 0
    assert not blocks.has(tx, bob.id, owner.id)


def test_by_kind_and_object_where_the_id_is_another(tx: Tx, owner: Account, bob: Account, undo: Undoing) -> None:
    """Misskey's Undo has no id in what it embeds."""
    post = world.say(tx, owner)
    liking.receive_like(tx, bob, post, f"{bob.uri}/likes/1")

    assert undoing.undo(tx, undo(bob, kind="Like", object=post.uri)) is None
    assert likes.count(tx, post.id) == 0


def test_nobody_undoes_anothers_doings(tx: Tx, owner: Account, bob: Account, carol: Account, undo: Undoing) -> None:
    """Not even with the right id."""
    post = world.say(tx, owner)
    follow = world.befriend(tx, bob, owner)
    boost = world.wrap(tx, bob, post)
    liking.receive_like(tx, bob, post, f"{bob.uri}/likes/1")

    for uri in (follow.uri, boost.uri, f"{bob.uri}/likes/1"):
        assert isinstance(undoing.undo(tx, undo(carol, undone=uri)), Refused)

    assert follows.has(tx, bob.id, owner.id)
    assert posts.find(tx, boost.id) == boost
    assert likes.count(tx, post.id) == 1


def test_what_is_not_found_is_remembered(tx: Tx, owner: Account, bob: Account, undo: Undoing) -> None:
    """It may still come, and then has no effect, once."""
    post = world.say(tx, owner)
    uri = f"{bob.uri}/likes/1"

    assert isinstance(undoing.undo(tx, undo(bob, undone=uri, kind="Like", object=post.uri)), Refused)

    assert isinstance(liking.receive_like(tx, bob, post, uri), Refused)
    assert liking.receive_like(tx, bob, post, uri) is None


def test_an_accept_taken_back(tx: Tx, owner: Account, bob: Account, undo: Undoing) -> None:
    """Means what a Reject means."""
    world.befriend(tx, owner, bob)

    assert undoing.undo(tx, undo(bob, kind="Accept", undone=f"{bob.uri}/accepts/1")) is None
    assert follows.find(tx, owner.id, bob.id) is None


def test_the_owners_block_is_not_theirs(tx: Tx, owner: Account, bob: Account, undo: Undoing) -> None:
    """Whoever is blocked cannot lift it."""
    blocking.block(tx, bob)
    (uri,) = tx.one("SELECT uri FROM blocks")

    assert isinstance(undoing.undo(tx, undo(bob, kind="Block", undone=uri, object=bob.uri)), Refused)
    assert blocks.has(tx, owner.id, bob.id)
    assert not tombstones.swallow(tx, owner.uri, uri)
