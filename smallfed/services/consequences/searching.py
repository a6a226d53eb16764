"""What follows for searching: a post is found as it stands, from the moment that something about it changes.

What others write is found a moment after it has come: together with what came then.

Spec: RULINGS 9.
"""

from collections.abc import Callable
from typing import Any

from smallfed.domain import events
from smallfed.domain.events import Event
from smallfed.services import indexing
from smallfed.store import posts, quotes
from smallfed.store.tx import Tx


def _expect(tx: Tx, event: events.PostReceived) -> None:
    indexing.expect(tx, event.post)


def _index(tx: Tx, event: events.PostEdited | events.OwnerNamed | events.VoteCast) -> None:
    indexing.index(tx, event.post)


def _withheld(tx: Tx, event: events.PictureWithheld) -> None:
    if event.post is not None:
        indexing.index(tx, event.post)


def _publish(tx: Tx, event: events.PostPublished) -> None:
    """What the owner answers or quotes can be found too."""
    post, quote = posts.get(tx, event.post), quotes.of_post(tx, event.post)
    found = (event.post, post.in_reply_to_id, None if quote is None else quote.quoted_id)
    indexing.index(tx, *(each for each in found if each is not None))


def _touch(tx: Tx, event: events.PostLiked | events.LikeUndone | events.PostBoosted | events.BoostUndone) -> None:
    if event.local:
        indexing.index(tx, event.post)


def _change_mind(tx: Tx, event: events.ConsentToSearchChanged) -> None:
    indexing.consider_again(tx, event.account)


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.PostPublished: _publish,
    events.PostReceived: _expect,
    events.PostEdited: _index,
    events.PictureWithheld: _withheld,
    events.OwnerNamed: _index,
    events.VoteCast: _index,
    events.PostLiked: _touch,
    events.LikeUndone: _touch,
    events.PostBoosted: _touch,
    events.BoostUndone: _touch,
    events.ConsentToSearchChanged: _change_mind,
}
