"""What the owner is told, and what is kept from the owner for now."""

from smallfed.domain.events.event import Event


class NotificationMade(Event, frozen=True, kw_only=True):
    """The owner is to be told something; ``quiet``: it is old, and stands in the list when the owner looks."""

    notification: int
    quiet: bool = False


class NotificationFiltered(Event, frozen=True, kw_only=True):
    """Something was stored that the owner is not told: the notification policy keeps it back."""

    notification: int


class NotificationsMerged(Event, frozen=True, kw_only=True):
    """The owner wants to hear of ``account`` after all: what was kept back stands among the notifications now.

    ``mentions`` are the posts that named the owner, the oldest first.
    """

    account: int
    mentions: tuple[int, ...] = ()


class FollowsSevered(Event, frozen=True, kw_only=True):
    """A block of a whole domain has ended follows: ``severance`` is the row of it."""

    severance: int
