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


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.PostPublished: _published,
    events.PostEdited: _published,
    events.PostReceived: _received,
}
