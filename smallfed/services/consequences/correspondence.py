"""What follows from direct posts, blocks and what the owner wants to hear for correspondences.

Spec: CLIENT_API §6 (conversations).
"""

from collections.abc import Callable
from typing import Any

from smallfed.domain import events
from smallfed.domain.events import Event
from smallfed.services import corresponding
from smallfed.store import correspondences, posts
from smallfed.store.tx import Tx


def _file(tx: Tx, event: events.PostPublished | events.OwnerNamed) -> None:
    corresponding.file(tx, posts.get(tx, event.post))


def _receive(tx: Tx, event: events.PostReceived) -> None:
    corresponding.file(tx, posts.get(tx, event.post), fresh=event.fresh)


def _hear(tx: Tx, event: events.NotificationsMerged) -> None:
    for post in event.mentions:
        corresponding.file(tx, posts.get(tx, post))


def _forget(tx: Tx, event: events.AccountBlocked) -> None:
    correspondences.drop_with(tx, event.target)


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.PostPublished: _file,
    events.PostReceived: _receive,
    events.OwnerNamed: _file,
    events.NotificationsMerged: _hear,
    events.AccountBlocked: _forget,
}
