"""What follows from posts for the pages that they link to."""

from collections.abc import Callable
from typing import Any

from smallfed.domain import events
from smallfed.domain.events import Event
from smallfed.services import carding
from smallfed.store import posts
from smallfed.store.tx import Tx
from smallfed.translate.linking import first_link


def _published(tx: Tx, event: events.PostPublished | events.PostEdited) -> None:
    carding.expect(tx, posts.get(tx, event.post))


def _received(tx: Tx, event: events.PostReceived) -> None:
    post = posts.get(tx, event.post) if event.fresh else None
    if post is not None and first_link(post.content) is not None:  # most have none, and cost nothing here
        carding.expect(tx, post)


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.PostPublished: _published,
    events.PostEdited: _published,
    events.PostReceived: _received,
}
