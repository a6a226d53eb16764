"""Push subscriptions: where an app of the owner wants to be told of what, while it does not run."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

ALERTS = (
    "mention",
    "quote",
    "status",
    "reblog",
    "follow",
    "follow_request",
    "favourite",
    "poll",
    "update",
    "quoted_update",
    "admin.sign_up",
    "admin.report",
)
"""The types of notifications that can be asked for; the words are the client API's."""


class From(StrEnum):
    """Whose doings an app wants to hear of: everybody's, of whom the owner follows, of who follows the owner."""

    ALL = "all"
    FOLLOWED = "followed"
    FOLLOWER = "follower"
    NONE = "none"


class Address(Struct, frozen=True, kw_only=True):
    """Where a push goes, and for whose eyes: ``p256dh`` is a point of P-256, ``auth`` the secret both sides know.

    ``host`` is that of ``endpoint``. ``standard``: as the RFCs say; otherwise as their drafts did.
    """

    endpoint: str
    host: str
    p256dh: bytes
    auth: bytes
    standard: bool


class Subscription(Struct, frozen=True, kw_only=True):
    """What the bearer of a token asked for. ``sealed`` is the token itself, closed with a key that is not stored here.

    ``failing_since``: nothing has arrived since, though something was sent.
    """

    id: int
    token_id: int
    address: Address
    alerts: tuple[str, ...]
    policy: From
    sealed: bytes
    created_at: datetime
    failing_since: datetime | None = None


def alerts_of(wanted: Collection[str]) -> tuple[str, ...]:
    """Return those of ``wanted`` that there are, in their order here."""
    return tuple(alert for alert in ALERTS if alert in wanted)
