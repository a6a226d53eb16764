"""What follows from posts for the pages that they link to."""

from collections.abc import Callable
from typing import Any

from smallfed.domain import events
from smallfed.domain.events import Event
from smallfed.services import carding, screening
from smallfed.store import posts
from smallfed.store.tx import Tx


def _published(tx: Tx, event: events.PostPublished) -> None:
    carding.expect(tx, posts.get(tx, event.post))


def _edited(tx: Tx, event: events.PostEdited) -> None:
    _expect(tx, event.post)


def _withheld(tx: Tx, event: events.PictureWithheld) -> None:
    """What has no picture any more may show a page instead."""
    if event.post is not None:
        _expect(tx, event.post)


def _expect(tx: Tx, number: int) -> None:
    post = posts.get(tx, number)
    if not screening.keeps_back(tx, post):
        carding.expect(tx, post)


def _boosted(tx: Tx, event: events.PostBoosted) -> None:
    """What a boost in home shows is shown in home."""
    wrapper = None if event.local else posts.get(tx, event.boost)
    if wrapper is not None and wrapper.in_home:
        carding.expect(tx, posts.get(tx, event.post), shown=True)


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.PostPublished: _published,
    events.PostEdited: _edited,
    events.PictureWithheld: _withheld,
    events.PostBoosted: _boosted,
}
