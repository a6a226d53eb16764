"""What follows for the growth meter: others' posts and boosts are counted."""

from collections.abc import Callable
from typing import Any

from smallfed.domain import events
from smallfed.domain.events import Event
from smallfed.store import growth
from smallfed.store.tx import Tx


def _arrived(tx: Tx, event: events.PostReceived) -> None:
    growth.arrived(tx, event.post)


def _boosted(tx: Tx, event: events.PostBoosted) -> None:
    if not event.local:
        growth.arrived(tx, event.boost)


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.PostReceived: _arrived,
    events.PostBoosted: _boosted,
}
