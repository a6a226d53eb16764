"""What the owner is told of what the house itself has done.

Spec: CLIENT_API §7 (severed_relationships).
"""

from collections.abc import Callable
from typing import Any

from smallfed.domain import events
from smallfed.domain.events import Event
from smallfed.services import notifying
from smallfed.store.tx import Tx


def _tell_severance(tx: Tx, event: events.FollowsSevered) -> None:
    notifying.tell_severance(tx, event.severance)


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.FollowsSevered: _tell_severance,
}
