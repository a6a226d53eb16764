"""Hosts: health, habits, and who is due."""

import pytest

from smallfed.domain.events import DeliveriesQueued, Event
from smallfed.store import deliveries, hosts
from smallfed.store.hosts import Health
from smallfed.store.tx import Tx
from tests.conftest import Know
from tests.workers.post_office import queue
from tests.world import NOW, later


def changes(tx: Tx) -> int:
    return tx.sql.total_changes


def silence(tx: Tx, host: str, *, times: int) -> None:
    for _ in range(times):
        hosts.silent(tx, host, until=NOW.replace(hour=20), why="refused")
    hosts.recount(tx, [host])


def test_an_unknown_host_is_healthy(tx: Tx) -> None:
    assert hosts.health(tx, ["far.example"]) == {"far.example": Health(host="far.example")}


def test_silences_are_counted_and_forgiven(tx: Tx) -> None:
    queue(tx, ["https://far.example/inbox"], body="one")
    silence(tx, "far.example", times=2)

    assert hosts.health(tx, ["far.example"])["far.example"] == Health(
        host="far.example", failures=2, failing_since=NOW, open_until=NOW.replace(hour=20), last_error="refused"
    )
    assert hosts.next_due(tx) == NOW.replace(hour=20)

    hosts.forgive(tx, ["far.example"])

    assert hosts.health(tx, ["far.example"])["far.example"] == Health(host="far.example", last_error="refused")
    assert hosts.next_due(tx) == NOW


def test_being_seen_closes_the_circuit_and_tells_the_deliverer(tx: Tx, events: list[Event]) -> None:
    queue(tx, ["https://far.example/inbox"], body="one")
    silence(tx, "far.example", times=7)

    hosts.seen(tx, "far.example")

    assert hosts.next_due(tx) == NOW
    assert events == [DeliveriesQueued(hosts=1)]


def test_being_seen_again_writes_nothing(tx: Tx, events: list[Event]) -> None:
    hosts.seen(tx, "far.example")
    before = changes(tx)

    hosts.seen(later(tx, minutes=59), "far.example")
    assert changes(tx) == before

    hosts.seen(later(tx, minutes=2), "far.example")
    assert changes(tx) == before + 1
    assert events == []


@pytest.mark.parametrize("inbox", ["inbox", "shared_inbox"])
def test_whoever_speaks_is_not_gone(tx: Tx, know: Know, inbox: str) -> None:
    """Whatever an inbox has answered; that of somebody else there stays as it is. Otherwise nothing more is asked."""
    theirs = {"inbox": "https://far.example/bob", "shared_inbox": "https://far.example/inbox"}
    bob = know("bob@far.example", **theirs)
    hosts.seen(tx, "far.example", by=bob.uri)
    asked: list[str] = []
    tx.sql.set_trace_callback(asked.append)
    hosts.seen(tx, "far.example", by=bob.uri)
    tx.sql.set_trace_callback(None)
    assert len(asked) == 1

    for each in (theirs[inbox], "https://far.example/eve"):
        deliveries.mark_gone(tx, each)
    hosts.seen(tx, "far.example", by="https://far.example/users/cem")
    assert tx.one("SELECT count(*) FROM gone_inboxes") == (2,)

    hosts.seen(tx, "far.example", by=bob.uri)

    assert tx.all("SELECT inbox FROM gone_inboxes") == [("https://far.example/eve",)]


def test_being_seen_does_not_shorten_a_pause_the_host_asked_for(tx: Tx) -> None:
    queue(tx, ["https://far.example/inbox"], body="one")
    hosts.pause(tx, "far.example", until=NOW.replace(hour=15))
    hosts.recount(tx, ["far.example"])

    hosts.seen(tx, "far.example")

    assert hosts.next_due(tx) == NOW.replace(hour=15)


def test_who_is_due_without_the_busy_and_by_kind(tx: Tx) -> None:
    queue(tx, ["https://a.example/inbox"], body="one")
    queue(later(tx, seconds=1), ["https://b.example/inbox"], body="two")
    hosts.slow(tx, ["a.example"])

    assert hosts.next_due(tx) == NOW
    assert hosts.next_due(tx, busy=["a.example"]) == tx.now
    assert hosts.next_due(tx, slow=[False]) == tx.now
    assert hosts.next_due(tx, slow=[]) is None
    assert hosts.next_due(tx, busy=["a.example", "b.example"]) is None


def test_a_scheme_is_remembered_for_a_month(tx: Tx) -> None:
    hosts.learned(tx, "far.example", "rfc9421")

    assert hosts.scheme(tx, "far.example") == "rfc9421"
    assert hosts.scheme(later(tx, days=31), "far.example") is None


def test_a_scheme_is_written_again_when_it_grows_old_or_changes(tx: Tx) -> None:
    hosts.learned(tx, "far.example", "rfc9421")
    before = changes(tx)

    hosts.learned(later(tx, days=10), "far.example", "rfc9421")
    assert changes(tx) == before

    hosts.learned(later(tx, days=10), "far.example", "rfc9421")
    hosts.learned(tx, "far.example", "cavage", evidence="it took this after refusing the other")
    assert changes(tx) == before + 2
    assert hosts.scheme(tx, "far.example") == "cavage"


def test_a_scheme_is_forgotten_when_it_is_refused(tx: Tx) -> None:
    hosts.learned(tx, "far.example", "rfc9421")

    hosts.unlearn(tx, "far.example")

    assert hosts.scheme(tx, "far.example") is None


@pytest.mark.parametrize("busy", [(), ("far.example",)])
def test_hosts_that_only_seem_due_are_found(tx: Tx, busy: tuple[str, ...]) -> None:
    queue(tx, ["https://far.example/inbox", "https://near.example/inbox"], body="one")
    tx.run("UPDATE deliveries SET state = 'dropped' WHERE host = 'far.example'")

    assert hosts.stale(tx, busy=busy) == ([] if busy else ["far.example"])
