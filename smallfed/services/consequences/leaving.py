"""What follows from leaving: everybody we have ever known is told, with proofs that others can pass on.

Spec: PROTOCOL §8.3, §3.1, §3.2 (FEP-8b32).
"""

from collections.abc import Callable
from typing import Any

from msgspec import json

from smallfed.domain import events
from smallfed.domain.events import DeliveriesQueued, Event
from smallfed.domain.house import House
from smallfed.protocol.emitted import Activity
from smallfed.protocol.signatures import ldsignature, proofs
from smallfed.protocol.signatures.keys import PrivateKey
from smallfed.store import bodies, farewells, houses
from smallfed.store.tx import Tx
from smallfed.translate import outward


def _say_farewell(tx: Tx, _event: events.OwnerLeft) -> None:
    house: House = houses.get(tx)
    delete = outward.delete_actor(house)
    body = bodies.put(tx, activity=delete.id, type_=delete.type, body=_sealed(tx, house, delete))
    hosts = farewells.tell(tx, body)
    if hosts:
        tx.announce(DeliveriesQueued(hosts=hosts))
    else:
        bodies.drop(tx, body)


def _sealed(tx: Tx, house: House, activity: Activity) -> bytes:
    """Render ``activity`` with both kinds of proof. It takes a moment, and a house does it once in its life."""
    stored = houses.keys(tx)
    keys = {name: PrivateKey.from_pem(stored[name][0]) for name in ("owner-ed25519", "owner-rsa")}
    body = outward.body(activity, proven=True, sealed=True)
    proven = proofs.create(body, key=keys["owner-ed25519"], verification_method=house.ed25519_key_id, now=tx.now)
    return json.encode(ldsignature.create(proven, key=keys["owner-rsa"], key_id=house.key_id, now=tx.now))


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.OwnerLeft: _say_farewell,
}
