"""Announcements: what the house tells the owner's apps."""

from smallfed.domain.events.event import Event


class AnnouncementMade(Event, frozen=True, kw_only=True):
    """There is an announcement, or another text of one."""

    announcement: int


class AnnouncementGone(Event, frozen=True, kw_only=True):
    """An announcement is no more."""

    announcement: int


class AnnouncementReacted(Event, frozen=True, kw_only=True):
    """The owner reacts to an announcement with ``name``, or no more."""

    announcement: int
    name: str
