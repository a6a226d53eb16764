"""What follows for copies of others' media: they go on belonging to a post that was edited."""

from collections.abc import Callable
from typing import Any

from smallfed.domain import events
from smallfed.domain.events import Event
from smallfed.store import holdings
from smallfed.store.tx import Tx


def _edited(tx: Tx, event: events.PostEdited) -> None:
    if not event.local:
        holdings.follow_edit(tx, event.post)


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {events.PostEdited: _edited}
