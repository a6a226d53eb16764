"""Featured tags: hashtags that a profile shows."""

from datetime import datetime

from msgspec import Struct


class FeaturedTag(Struct, frozen=True, kw_only=True):
    """``name`` is the one spelling of a hashtag, ``title`` as written; ``url`` is its page on its own server."""

    id: int
    account_id: int
    name: str
    title: str
    url: str | None = None
    created_at: datetime
