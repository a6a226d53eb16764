"""Queueing: what leaves waits to be delivered; and the owner's hand on it."""

from functools import partial

from smallfed.domain.events import DeliveriesQueued
from smallfed.services import dealing
from smallfed.store import bodies, deliveries, recipients
from smallfed.store.deliveries import Which
from smallfed.store.recipients import Recipients
from smallfed.store.tx import Tx


def put(tx: Tx, body: int, to: Recipients) -> None:
    """Queue a body (see ``store/bodies``) for its recipients; it is dropped where there are none."""
    hosts = recipients.put(tx, body, to, unwanted=partial(dealing.unwanted_hosts, tx))
    if hosts:
        tx.announce(DeliveriesQueued(hosts=hosts))
    else:
        bodies.drop(tx, body)


def retry(tx: Tx, *, post: int | None = None, host: str | None = None, delivery: int | None = None) -> dict[str, int]:
    """Try again now: deliveries about a post, to a host, one of them; those that are all of what is given.

    Given nothing, all. What had failed waits again, with the whole schedule before it; what was dropped does not.
    """
    rows = deliveries.hasten(tx, Which(post=post, host=host and host.lower(), id=delivery))
    touched = {host for _, host in rows}
    tx.announce(DeliveriesQueued(hosts=len(touched)))
    return {"retried": len(rows), "hosts": len(touched)}


def drop(tx: Tx, *, post: int | None = None, host: str | None = None, delivery: int | None = None) -> dict[str, int]:
    """Give up what waits, chosen as for ``retry``. What is on its way this very moment may still arrive."""
    rows = deliveries.drop(tx, Which(post=post, host=host and host.lower(), id=delivery), why="dropped by the owner")
    return {"dropped": len(rows), "hosts": len({host for _, host in rows})}
