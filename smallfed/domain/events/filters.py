"""Filters."""

from smallfed.domain.events.event import Event


class FiltersChanged(Event, frozen=True, kw_only=True):
    """The owner's filters are others than before: what apps were told in ``filtered`` may hold no more."""
