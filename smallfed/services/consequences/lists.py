"""What follows for lists of others: the owner's word about a server goes before theirs."""

from collections.abc import Callable
from typing import Any

from smallfed.domain import events
from smallfed.domain.events import Event
from smallfed.services import reckoning
from smallfed.store.tx import Tx


def _decided(tx: Tx, event: events.DomainDecided) -> None:
    reckoning.heed(tx, event.domain)


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {events.DomainDecided: _decided}
