"""Entities about pushes.

Spec: CLIENT_API §14: PushSubscription, with its notes on ``alerts``.
"""

from typing import Annotated, Literal

from msgspec import Meta

from smallfed.mastodon.entities.kinds import Entity, Name, Url


class PushSubscription(Entity, frozen=True, kw_only=True):
    """Where an app is told of what. ``id`` is a number that apps in JavaScript can hold, too."""

    id: Annotated[int, Meta(gt=0, lt=1 << 53)]
    endpoint: Url
    server_key: Name
    alerts: dict[str, bool]
    standard: bool
    policy: Literal["all", "followed", "follower", "none"]
