"""Push subscriptions: one for each token at most. They go with their token, and what waits for them goes with them.

Spec: CLIENT_API §7 (push/subscription); SAFETY rule 35.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from smallfed.domain.subscription import Address, From, Subscription
from smallfed.store import ids
from smallfed.store.moments import moment, ms
from smallfed.store.tx import Tx

_SELECT = """SELECT id, token_id, endpoint, host, p256dh, auth, standard, alerts, policy, sealed, created_at,
    failing_since FROM push_subscriptions """


def put(tx: Tx, token: int, address: Address, alerts: Sequence[str], policy: From, sealed: bytes) -> Subscription:
    """Store the subscription of a token, instead of the one it had; what waited for that is forgotten."""
    drop_of(tx, token)
    number = ids.fresh_short(tx, "push_subscriptions")
    tx.run(
        "INSERT INTO push_subscriptions (id, token_id, endpoint, host, p256dh, auth, standard, alerts, policy, sealed,"
        " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        number,
        token,
        address.endpoint,
        address.host,
        address.p256dh,
        address.auth,
        address.standard,
        " ".join(alerts),
        policy,
        sealed,
        ms(tx.now),
    )
    found = _one(tx, "WHERE id = ?", number)
    assert found is not None
    return found


def change(tx: Tx, subscription: int, alerts: Sequence[str], policy: From) -> None:
    """Store of what a subscription wants to hear."""
    tx.run("UPDATE push_subscriptions SET alerts = ?, policy = ? WHERE id = ?", " ".join(alerts), policy, subscription)


def of_token(tx: Tx, token: int) -> Subscription | None:
    """Return the subscription of a token, or None."""
    return _one(tx, "WHERE token_id = ?", token)


def find(tx: Tx, subscription: int) -> Subscription | None:
    """Return the subscription with this id, or None."""
    return _one(tx, "WHERE id = ?", subscription)


def every(tx: Tx) -> list[Subscription]:
    """Return all subscriptions, oldest first: as many as the owner has apps."""
    return [_read(row) for row in tx.all(_SELECT + "ORDER BY id")]


def drop_of(tx: Tx, token: int) -> bool:
    """Forget the subscription of a token; False when there is none."""
    return bool(tx.run("DELETE FROM push_subscriptions WHERE token_id = ?", token))


def drop(tx: Tx, subscription: int) -> None:
    """Forget a subscription, and what waits for it."""
    tx.run("DELETE FROM push_subscriptions WHERE id = ?", subscription)


# How they fare --------------------------------------------------------------------------------------------------------
def arrived(tx: Tx, subscription: int) -> None:
    """Note that something has arrived."""
    tx.run("UPDATE push_subscriptions SET failing_since = NULL WHERE id = ?", subscription)


def failed(tx: Tx, subscription: int, *, patience: timedelta) -> bool:
    """Note that something has not arrived; forget a subscription that has failed for longer than ``patience``.

    Return whether it is forgotten.
    """
    tx.run(
        "UPDATE push_subscriptions SET failing_since = ifnull(failing_since, ?) WHERE id = ?", ms(tx.now), subscription
    )
    return bool(
        tx.run("DELETE FROM push_subscriptions WHERE id = ? AND failing_since < ?", subscription, ms(tx.now - patience))
    )


def rest(tx: Tx, host: str, until: datetime | None) -> None:
    """Leave ``host`` alone until then; None: no longer."""
    tx.run(
        "UPDATE push_subscriptions SET rest_until = ?1 WHERE host = ?2 AND rest_until IS NOT ?1",
        ms(until),
        host,
    )


def _one(tx: Tx, where: str, value: int) -> Subscription | None:
    row = tx.one(_SELECT + where, value)
    return None if row is None else _read(row)


def _read(row: Sequence[Any]) -> Subscription:
    number, token, endpoint, host, p256dh, auth, standard, alerts, policy, sealed, created_at, failing_since = row
    return Subscription(
        id=number,
        token_id=token,
        address=Address(endpoint=endpoint, host=host, p256dh=bytes(p256dh), auth=bytes(auth), standard=bool(standard)),
        alerts=tuple(alerts.split()),
        policy=From(policy),
        sealed=bytes(sealed),
        created_at=moment(created_at),
        failing_since=moment(failing_since),
    )
