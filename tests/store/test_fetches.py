"""What shall be fetched when there is time."""

from datetime import timedelta

from smallfed.store import fetches
from smallfed.store.fetches import Fetch
from smallfed.store.tx import Tx
from tests.world import later

NOTE = "https://far.example/notes/1"
BOB = "https://far.example/users/bob"


def test_asked_for_once_per_kind(tx: Tx) -> None:
    assert fetches.put(tx, BOB, depth=3)
    assert not fetches.put(tx, BOB)
    assert fetches.put(tx, BOB, kind="counts")

    assert fetches.claim(tx, limit=9) == [
        Fetch(uri=BOB, kind="counts", depth=0, attempts=1),
        Fetch(uri=BOB, kind="object", depth=3, attempts=1),
    ]


def test_a_claim_is_a_lease(tx: Tx) -> None:
    fetches.put(tx, NOTE)
    fetches.claim(tx, limit=1)

    assert fetches.claim(tx, limit=1) == []
    assert fetches.next_due(tx) == tx.now + fetches.LEASE
    [again] = fetches.claim(later(tx, seconds=fetches.LEASE.total_seconds()), limit=1)
    assert again.attempts == 2


def test_postponed_and_settled(tx: Tx) -> None:
    fetches.put(tx, NOTE)
    [fetch] = fetches.claim(tx, limit=1)

    fetches.postpone(tx, fetch, due=tx.now + timedelta(hours=1), reason="HTTP 500")
    assert fetches.next_due(tx) == tx.now + timedelta(hours=1)

    fetches.settle(tx, fetch)
    assert fetches.next_due(tx) is None
    assert fetches.waiting(tx) == 0
