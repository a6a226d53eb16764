"""Houses that speak as other software does."""

from typing import Any

from msgspec import json

from smallfed.domain.events import DeliveriesQueued
from smallfed.store import bodies, recipients
from smallfed.store.recipients import Recipients
from smallfed.store.tx import Tx
from tests.fediverse.houses import House


async def say_as_others_do(house: House, to: House, /, **activity: Any) -> None:
    """Send an activity of the house's owner as another software would write it, signed by their key."""
    assert house.app is not None
    wire = {"@context": "https://www.w3.org/ns/activitystreams", "actor": house.actor, **activity}
    body = json.encode(wire)

    def send(tx: Tx) -> None:
        number = bodies.put(tx, activity=str(wire.get("id")), type_=str(wire["type"]), body=body)
        recipients.put(tx, number, Recipients(inboxes=[f"{to.actor}/inbox"]))
        tx.announce(DeliveriesQueued(hosts=1))

    await house.app.parts.db.write(send)
