"""Reports: who complains."""

from smallfed.domain.events.event import Event


class ReportFiled(Event, frozen=True, kw_only=True):
    """The owner complains of somebody. ``forward``: their server is to hear of it."""

    report: int
    forward: bool


class ReportReceived(Event, frozen=True, kw_only=True):
    """Somebody complains of the owner."""

    report: int
