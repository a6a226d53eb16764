"""Correspondences."""

from smallfed.domain.events.event import Event


class CorrespondenceChanged(Event, frozen=True, kw_only=True):
    """A correspondence has a new last post, or was read, or is to be read again."""

    correspondence: int
