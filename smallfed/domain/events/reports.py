"""Reports: who complains."""

from smallfed.domain.events.event import Event


class ReportFiled(Event, frozen=True, kw_only=True):
    """The owner complains of somebody. The servers ``hosts`` are to hear of it: theirs, and of those they answered."""

    report: int
    hosts: tuple[str, ...] = ()


class ReportReceived(Event, frozen=True, kw_only=True):
    """Somebody complains of the owner."""

    report: int
