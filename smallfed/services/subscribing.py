"""Subscribing: apps say where, and of what, they want to be told while they do not run.

Spec: CLIENT_API §7 (push/subscription); https://docs.joinmastodon.org/methods/push/.
"""

from collections.abc import Collection

from msgspec import structs

from smallfed.domain.subscription import Address, From, Subscription, alerts_of
from smallfed.errors import NotFound
from smallfed.store import push_subscriptions
from smallfed.store.tx import Tx


def subscribe(
    tx: Tx, token: int, address: Address, *, alerts: Collection[str], policy: From, sealed: bytes
) -> Subscription:
    """Subscribe the bearer of a token, instead of what it had subscribed to."""
    return push_subscriptions.put(tx, token, address, alerts_of(alerts), policy, sealed)


def get(tx: Tx, token: int) -> Subscription:
    """Return the subscription of a token; NotFound when it has none."""
    found = push_subscriptions.of_token(tx, token)
    if found is None:
        raise NotFound("Record not found")
    return found


def change(tx: Tx, token: int, *, alerts: Collection[str] | None, policy: From | None) -> Subscription:
    """Change what a subscription wants to hear, all alerts at once; None leaves it as it is. NotFound as ``get``."""
    found = get(tx, token)
    changed = structs.replace(
        found,
        alerts=found.alerts if alerts is None else alerts_of(alerts),
        policy=found.policy if policy is None else policy,
    )
    push_subscriptions.change(tx, changed.id, changed.alerts, changed.policy)
    return changed


def unsubscribe(tx: Tx, token: int) -> None:
    """End the subscription of a token, if it has one."""
    push_subscriptions.drop_of(tx, token)
