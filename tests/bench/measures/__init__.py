"""What is measured: name → a function that yields rows of the table. In this order they run."""

from collections.abc import Callable, Iterator

from tests.bench.budget import Row
from tests.bench.measures import (
    delivering,
    listing,
    noticing,
    reading,
    receiving,
    relaying,
    searching,
    serving,
    standing,
    streaming,
)
from tests.bench.stage import Bench

Measure = Callable[[Bench], Iterator[Row]]

MEASURES: dict[str, Measure] = {
    "start": standing.start,
    "inbox": receiving.inbox,
    "strangers": receiving.strangers,
    "fresh": delivering.fresh,
    "warm": delivering.warm,
    "sick": delivering.sick,
    "queue": delivering.queue,
    "objects": reading.objects,
    "proxied": reading.proxied,
    "profile": reading.profile,
    "media": serving.media,
    "phones": serving.phones,
    "home": reading.home,
    "notices": noticing.notices,
    "search": searching.search,
    "streaming": streaming.streaming,
    "relays": relaying.relays,
    "lists": listing.lists,
}
