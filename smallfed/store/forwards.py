"""Forwards: what of others was passed on to our followers, so that it happens once and not without bound.

Spec: ActivityPub §7.1.2 ("the first time").
"""

from datetime import timedelta

from smallfed.policy.forwarding import Spent
from smallfed.store.moments import ms
from smallfed.store.tx import Tx

DAY = timedelta(days=1)


def put(tx: Tx, activity: str, *, actor: str, thread: int) -> bool:
    """Note that ``activity`` of ``actor`` is passed on, or False: it was already. ``thread`` is the post it answers."""
    return bool(
        tx.run(
            "INSERT INTO forwards (actor, activity, thread, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            actor,
            activity,
            thread,
            ms(tx.now),
        )
    )


def spent(tx: Tx, thread: int) -> Spent:
    """Return how much was passed on in the last day."""
    row = tx.one(
        "SELECT count(*), count(*) FILTER (WHERE thread = ?) FROM forwards WHERE created_at > ?",
        thread,
        ms(tx.now - DAY),
    )
    return Spent(day=row[0], thread=row[1])
