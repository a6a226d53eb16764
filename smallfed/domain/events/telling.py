"""What the owner is told."""

from smallfed.domain.events.event import Event


class NotificationMade(Event, frozen=True, kw_only=True):
    """The owner is to be told something."""

    notification: int
