"""What follows when the owner moves, and when somebody who has moved answers at the new place.

Spec: PROTOCOL §8.1.
"""

from collections.abc import Callable
from typing import Any

from smallfed.domain import events
from smallfed.domain.events import Event
from smallfed.domain.relay import Style
from smallfed.services import moving
from smallfed.services.consequences.sending import send
from smallfed.store import houses, relays
from smallfed.store.recipients import Recipients
from smallfed.store.tx import Tx
from smallfed.translate import outward


def _arrive(tx: Tx, event: events.FollowGranted) -> None:
    moving.arrived(tx, event.target)


def _decline(tx: Tx, event: events.FollowDenied) -> None:
    moving.declined(tx, event.target)


def _depart(tx: Tx, event: events.OwnerDeparted) -> None:
    passed_on = relays.inboxes(tx, Style.MASTODON)
    move = outward.move(houses.get(tx), departure=event.departure, target=event.target, relayed=bool(passed_on))
    send(tx, move, Recipients(followers=True, inboxes=passed_on))


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.FollowGranted: _arrive,
    events.FollowDenied: _decline,
    events.OwnerDeparted: _depart,
}
