"""Notifications: what the owner is told."""

from datetime import datetime

from msgspec import Struct


class Notification(Struct, frozen=True, kw_only=True):
    """``type`` is a word of the client API.

    These are mention, status, reblog, favourite, follow, follow_request, poll, update.
    """

    id: int
    type: str
    account_id: int
    post_id: int | None
    created_at: datetime
