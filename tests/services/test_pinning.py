"""Pinning: what the owner shows first is told, what others show first is kept."""

import pytest

from smallfed.domain.account import Account
from smallfed.domain.events import Event, PostPinned, PostUnpinned
from smallfed.domain.post import Visibility
from smallfed.errors import Invalid
from smallfed.services import meeting, pinning, posting
from smallfed.store import accounts, bookmarks, fetches
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know
from tests.services.conftest import PUBLIC, draft, last_body, queued

FAR = "https://far.example/inbox"
FEATURED = "https://home.example/users/alice/collections/featured"


def test_a_pin_is_announced_once(tx: Tx, owner: Account, events: list[Event]) -> None:
    post = world.say(tx, owner)

    pinning.pin(tx, post)
    with pytest.raises(Invalid):
        pinning.pin(tx, post)
    for _ in range(2):
        pinning.unpin(tx, post)

    assert events == [PostPinned(post=post.id), PostUnpinned(post=post.id)]


def test_followers_are_told(lively: Tx, owner: Account, bob: Account) -> None:
    """What still waits of the one is not sent after the other, nor after the post is gone."""
    tx = lively
    world.befriend(tx, bob, owner)
    post = posting.publish(tx, draft())
    queued(tx)

    pinning.pin(tx, post)
    added = last_body(tx)
    pinning.unpin(tx, post)
    removed = last_body(tx)

    assert queued(tx) == [("Remove", FAR)]
    assert added["id"] != removed["id"]
    assert [{**each, "id": None} for each in (added, removed)] == [
        {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": None,
            "type": type_,
            "actor": owner.uri,
            "to": [PUBLIC],
            "cc": [owner.followers],
            "object": post.uri,
            "target": FEATURED,
        }
        for type_ in ("Add", "Remove")
    ]

    pinning.pin(tx, post)
    posting.delete(tx, post.id)
    assert queued(tx) == [("Delete", FAR)]


@pytest.mark.parametrize("visibility", [Visibility.PUBLIC, Visibility.UNLISTED, Visibility.PRIVATE])
def test_only_what_everybody_may_see_is_told(lively: Tx, owner: Account, bob: Account, visibility: Visibility) -> None:
    """As the collection itself shows it."""
    tx = lively
    world.befriend(tx, bob, owner)
    post = posting.publish(tx, draft(visibility=visibility))
    queued(tx)

    pinning.pin(tx, post)

    assert queued(tx) == ([] if visibility is Visibility.PRIVATE else [("Add", FAR)])


def test_what_others_show_first_is_replaced(tx: Tx, bob: Account, carol: Account) -> None:
    """What is another's is left out."""
    old, new, newer, hers = world.say(tx, bob), world.say(tx, bob), world.say(tx, bob), world.say(tx, carol)
    boost = world.wrap(tx, bob, hers)
    bookmarks.put_pin(tx, old.id)
    bookmarks.put_pin(tx, hers.id)

    pinning.replace(tx, bob.id, [new.id, hers.id, boost.id, newer.id])

    assert set(bookmarks.pins(tx, bob.id)) == {new.id, newer.id}
    assert bookmarks.pins(tx, carol.id) == [hers.id]
    assert accounts.get(tx, bob.id).featured_at == tx.now


def test_who_is_looked_at_shows_pins(tx: Tx, know: Know, owner: Account) -> None:
    """Once a day, of who has such a collection."""
    person = know(
        "dora@far.example", featured="https://far.example/users/dora/featured", outbox=None, counted_at=tx.now
    )

    meeting.look_at(tx, person)
    [asked] = fetches.claim(tx, limit=5)
    pinning.replace(tx, person.id, [])
    fetches.settle(tx, asked)
    meeting.look_at(tx, accounts.get(tx, person.id))

    assert (asked.uri, asked.kind) == (person.uri, "featured")
    assert fetches.waiting(tx) == 0
