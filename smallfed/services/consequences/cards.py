"""What follows from posts for the pages that they link to."""

from collections.abc import Callable
from typing import Any

from smallfed.domain import events
from smallfed.domain.events import Event
from smallfed.services import carding
from smallfed.store import posts
from smallfed.store.tx import Tx


def _published(tx: Tx, event: events.PostPublished | events.PostEdited) -> None:
    carding.expect(tx, posts.get(tx, event.post))


def _received(tx: Tx, event: events.PostReceived) -> None:
    if event.fresh:
        carding.receive(tx, posts.get(tx, event.post))


def _boosted(tx: Tx, event: events.PostBoosted) -> None:
    """What a boost in home shows is shown in home."""
    wrapper = None if event.local else posts.get(tx, event.boost)
    if wrapper is not None and wrapper.in_home:
        carding.expect(tx, posts.get(tx, event.post), shown=True)


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.PostPublished: _published,
    events.PostEdited: _published,
    events.PostReceived: _received,
    events.PostBoosted: _boosted,
}
