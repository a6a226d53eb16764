"""What follows from changes of the owner's profile.

Spec: PROTOCOL §6.1 (recipients), appendix A.
"""

from collections.abc import Callable
from typing import Any

from smallfed.domain import events
from smallfed.domain.events import Event
from smallfed.domain.house import House
from smallfed.domain.relay import Style
from smallfed.services import rendering
from smallfed.services.consequences.sending import send
from smallfed.store import houses, recalls, relays
from smallfed.store.recipients import Recipients
from smallfed.store.tx import Tx
from smallfed.translate import outward


def _change_profile(tx: Tx, _event: events.ProfileChanged) -> None:
    house: House = houses.get(tx)
    recalls.overrule(tx, None, ["Update"], about=f"{house.actor}#updates/")
    update = outward.update_actor(house, rendering.actor(tx, house), at=tx.now)
    send(tx, update, Recipients(followers=True, following=True, inboxes=relays.inboxes(tx, Style.MASTODON)))


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.ProfileChanged: _change_profile,
}
