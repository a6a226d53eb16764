"""Queues: something waits for a loop."""

from smallfed.domain.events.event import Event


class DeliveriesQueued(Event, frozen=True, kw_only=True):
    """Something waits to be delivered."""

    hosts: int


class InboundQueued(Event, frozen=True, kw_only=True):
    """Something waits to be understood."""


class ImportQueued(Event, frozen=True, kw_only=True):
    """Lines of a file wait to be imported."""


class FetchQueued(Event, frozen=True, kw_only=True):
    """Something waits to be fetched."""


class ListsChanged(Event, frozen=True, kw_only=True):
    """A list of others is to be read, or what lists say is to be reckoned again."""


class PushQueued(Event, frozen=True, kw_only=True):
    """Something waits to be pushed to an app."""


class TransferQueued(Event, frozen=True, kw_only=True):
    """Something waits to be brought to the bucket, or back, or to be removed there."""
