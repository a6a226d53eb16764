"""What follows for apps that do not run from what the owner is told: they are pushed.

What ends a token ends its subscription and what waits for it, by the tables themselves.

Spec: CLIENT_API §7 (push/subscription); SAFETY rule 35.
"""

from collections.abc import Callable
from typing import Any

from smallfed.domain import events
from smallfed.domain.events import Event
from smallfed.services import pushing
from smallfed.store.tx import Tx


def _push(tx: Tx, event: events.NotificationMade) -> None:
    if not event.quiet:
        pushing.queue(tx, event.notification)


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.NotificationMade: _push,
}
