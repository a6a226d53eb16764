"""Announcements: what the owner, or the house itself, tells the owner's apps."""

from datetime import datetime

from msgspec import Struct


class Announcement(Struct, frozen=True, kw_only=True):
    """One row of announcements. ``text`` is Markdown as typed, ``content`` sanitised HTML.

    ``starts_at`` and ``ends_at`` are when it is about; after the latter it is shown no more. ``key`` names a state of
    the house that it is about; None: the owner wrote it.
    """

    id: int
    text: str
    content: str
    key: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    all_day: bool = False
    read: bool = False
    published_at: datetime
    updated_at: datetime
