"""Queueing: the owner retries and drops."""

from smallfed.domain.events import DeliveriesQueued, Event
from smallfed.services import queueing
from smallfed.store import hosts
from smallfed.store.tx import Tx
from tests.workers.post_office import queue
from tests.world import later


def test_retrying_wakes_the_deliverer(tx: Tx, events: list[Event]) -> None:
    queue(tx, ["https://far.example/inbox", "https://near.example/inbox"], body="one", type_="Delete", post=7)
    queue(tx, ["https://far.example/inbox"], body="two", post=8)
    tx.run("UPDATE deliveries SET state = 'failed' WHERE host = 'far.example'")

    assert queueing.retry(later(tx, hours=1), post=7) == {"retried": 2, "hosts": 2}
    assert events == [DeliveriesQueued(hosts=2)]


def test_dropping_leaves_nothing_due(tx: Tx, events: list[Event]) -> None:
    queue(tx, ["https://far.example/inbox", "https://near.example/inbox"], body="one")

    assert queueing.drop(tx, host="FAR.example") == {"dropped": 1, "hosts": 1}
    assert queueing.drop(tx, delivery=2) == {"dropped": 1, "hosts": 1}
    assert (hosts.next_due(tx), events) == (None, [])
