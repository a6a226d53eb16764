"""Counting: how often things happened since the start, and how long they took. As with the log, anybody may say so.

Nothing is kept but numbers under few names: a label never holds a word of a stranger. They are shown by
``workers/figures``, in the terms of https://prometheus.io/docs/concepts/metric_types/.
"""

from bisect import bisect_left
from collections.abc import Sequence


class Counter:
    """How often something happened, by ``labels``."""

    def __init__(self, name: str, doc: str, labels: tuple[str, ...] = ()) -> None:
        self.name, self.doc, self.labels = name, doc, labels
        self.values: dict[tuple[str, ...], float] = {}

    def add(self, *values: str, by: float = 1) -> None:
        """Count once more, or ``by`` more; ``values`` are those of the labels."""
        self.values[values] = self.values.get(values, 0) + by


class Spread:
    """How long something took, by ``labels``: counted in ``steps`` of seconds, and summed up."""

    def __init__(self, name: str, doc: str, labels: tuple[str, ...], steps: Sequence[float]) -> None:
        self.name, self.doc, self.labels, self.steps = name, doc, labels, tuple(steps)
        self.counts: dict[tuple[str, ...], list[int]] = {}
        self.sums: dict[tuple[str, ...], float] = {}

    def add(self, *values: str, seconds: float) -> None:
        """Count one that took so long."""
        counts = self.counts.get(values)
        if counts is None:
            counts = self.counts[values] = [0] * (len(self.steps) + 1)
        counts[bisect_left(self.steps, seconds)] += 1
        self.sums[values] = self.sums.get(values, 0.0) + seconds


STORED = Counter("smallfed_inbox_accepted", "Activities answered 202 and stored, by whether they were new.", ("new",))
HANDLED = Counter(
    "smallfed_inbox_handled",
    "Activities looked at, by what became of them: done, ignored, parked, refused.",
    ("outcome",),
)
DELIVERED = Counter(
    "smallfed_deliveries",
    "Attempts to deliver, by outcome: sent, retry, given up, silence (the server did not answer), untried.",
    ("outcome",),
)
FETCHED = Counter(
    "smallfed_fetches", "Documents asked of other servers, by the class of the status, or what went wrong.", ("answer",)
)
EVICTED = Counter("smallfed_media_evicted_bytes", "Bytes of copies that made room for others, or outlived their time.")
TOOK = Spread(
    "smallfed_request_seconds",
    "How long requests took to be answered, by the door: federation, apps, pages, media, streams.",
    ("door",),
    (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)

COUNTERS = (STORED, HANDLED, DELIVERED, FETCHED, EVICTED)
SPREADS = (TOOK,)
