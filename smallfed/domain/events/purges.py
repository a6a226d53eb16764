"""Purges: something must go."""

from smallfed.domain.events.event import Event


class PurgeBegun(Event, frozen=True, kw_only=True):
    """What a purge is about is refused from now on, and goes."""

    purge: int
