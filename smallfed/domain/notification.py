"""Notifications: what the owner is told."""

from datetime import datetime

from msgspec import Struct


class Notification(Struct, frozen=True, kw_only=True):
    """``type`` is a word of the client API.

    These are mention, status, reblog, favourite, follow, follow_request, poll, update; quote, where the post is the one
    that quotes the owner's; and quoted_update, where it is the owner's, which quotes what was changed.
    """

    id: int
    type: str
    account_id: int
    post_id: int | None
    created_at: datetime
