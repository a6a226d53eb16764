"""Figures: what is counted and how things stand, as text for Prometheus.

Counts are kept where things happen (``observe/counting``); how things stand is asked when somebody wants to know, by
questions that indexes and sums answer. The library is loaded then, and only then.

Spec: https://prometheus.io/docs/instrumenting/exposition_formats/.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from smallfed import __version__
from smallfed.observe.counting import COUNTERS, SPREADS
from smallfed.services import sizing
from smallfed.services.sizing import Disk, Glance
from smallfed.store import backlog, holdings, inbound
from smallfed.store.backlog import Tally
from smallfed.store.holdings import Holding
from smallfed.store.tx import Tx
from smallfed.workers.parts import Parts

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class State(Struct, frozen=True, kw_only=True):
    """How things stand."""

    inbox: int
    queue: Tally
    glance: Glance
    copies: list[Holding]
    level: int
    allowance: int | None
    writable: bool
    listeners: int


class Figures:
    """Tells everything there is to tell; ``listeners`` says how many streams are open."""

    def __init__(self, parts: Parts, listeners: Callable[[], int]) -> None:
        self._parts, self._listeners = parts, listeners

    async def text(self) -> bytes:
        """Return all figures."""
        from prometheus_client import CollectorRegistry, generate_latest

        state = await self._parts.db.long_read(self._state)
        registry = CollectorRegistry()
        registry.register(_Told([*_counted(), *_standing(state)]))
        return generate_latest(registry)

    def _state(self, tx: Tx) -> State:
        room, options = self._parts.room, self._parts.config
        disk = Disk(free=room.free, total=room.total, reserve=options.storage.reserve, budget=options.media.disk_budget)
        return State(
            inbox=inbound.waiting(tx),
            queue=backlog.tally(tx),
            glance=sizing.glance(tx, disk, room.stock.own),
            copies=holdings.by_cause(tx),
            level=room.level,
            allowance=room.allowance,
            writable=self._parts.db.health.ok,
            listeners=self._listeners(),
        )


class _Told:
    """A collector of metrics that are there already."""

    def __init__(self, metrics: "list[Metric]") -> None:
        self._metrics = metrics

    def collect(self) -> "list[Metric]":
        return self._metrics


def _counted() -> "Iterator[Metric]":
    from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

    for counter in COUNTERS:
        counted = CounterMetricFamily(counter.name, counter.doc, labels=counter.labels)
        for labels, value in counter.values.copy().items():
            counted.add_metric(labels, value)
        yield counted
    for spread in SPREADS:
        told = HistogramMetricFamily(spread.name, spread.doc, labels=spread.labels)
        for labels, counts in spread.counts.copy().items():
            told.add_metric(labels, _buckets(spread.steps, counts), spread.sums[labels])
        yield told


def _buckets(steps: tuple[float, ...], counts: list[int]) -> list[tuple[str, float]]:
    """Return how many there were up to each step, as the format wants them."""
    sums, buckets = 0, list[tuple[str, float]]()
    for step, count in zip((*map(str, steps), "+Inf"), counts, strict=True):
        sums += count
        buckets.append((step, sums))
    return buckets


def _standing(state: State) -> "Iterator[Metric]":
    from prometheus_client.core import GaugeMetricFamily

    glance = state.glance
    single: dict[str, tuple[str, float | None]] = {
        "smallfed_inbox_waiting": ("Activities that wait to be looked at.", state.inbox),
        "smallfed_deliveries_waiting": ("Deliveries that wait.", state.queue.deliveries),
        "smallfed_servers_waiting": ("Servers that deliveries wait for.", state.queue.servers),
        "smallfed_servers_failing": ("Of these, servers that did not answer last time.", state.queue.silent),
        "smallfed_streams": ("Apps that listen to streams.", state.listeners),
        "smallfed_database_bytes": ("Size of the database.", glance.database),
        "smallfed_database_writable": ("1 while the database takes what it is given.", state.writable),
        "smallfed_media_own_bytes": ("Size of the owner's files.", glance.own),
        "smallfed_media_budget_bytes": ("What all media may take; none without a budget.", glance.disk.budget),
        "smallfed_media_allowance_bytes": ("What copies may take beside the owner's files.", state.allowance),
        "smallfed_disk_free_bytes": ("What the disk has left.", glance.disk.free),
        "smallfed_disk_bytes": ("Size of the disk.", glance.disk.total),
        "smallfed_disk_reserve_bytes": ("What is left free.", glance.disk.reserve),
        "smallfed_disk_level": ("0: ample; 1: nothing of others is kept; 2: uploads are refused.", state.level),
        "smallfed_disk_full_days": ("Days until the disk is full, as it went lately; none: never.", glance.days_left),
    }
    for name, (doc, value) in single.items():
        gauge = GaugeMetricFamily(name, doc)
        if value is not None:
            gauge.add_metric([], float(value))
        yield gauge
    yield _by_cause("smallfed_media_copies_bytes", "Size of copies of others' media, by why they are here.", state)
    yield from _yesterday(glance)
    about = GaugeMetricFamily("smallfed_info", "1, with the version.", labels=["version"])
    about.add_metric([__version__], 1)
    yield about


def _by_cause(name: str, doc: str, state: State) -> "Metric":
    from prometheus_client.core import GaugeMetricFamily

    gauge = GaugeMetricFamily(name, doc, labels=["cause", "part"])
    for line in state.copies:
        gauge.add_metric([line.key, "original"], line.bytes)
        gauge.add_metric([line.key, "thumbnail"], line.preview_bytes)
    return gauge


def _yesterday(glance: Glance) -> "Iterator[Metric]":
    from prometheus_client.core import GaugeMetricFamily

    gauge = GaugeMetricFamily("smallfed_growth_bytes", "What came yesterday, by why.", labels=["cause", "kind"])
    for line in glance.yesterday.causes:
        gauge.add_metric([line.key, "posts"], line.post_bytes)
        gauge.add_metric([line.key, "files"], line.file_bytes)
    yield gauge
    share = GaugeMetricFamily("smallfed_growth_noisiest_share", "Part of it that one server brought, if it was much.")
    if glance.yesterday.noisy is not None:
        share.add_metric([], glance.yesterday.noisy.bytes / glance.yesterday.all.bytes)
    yield share
