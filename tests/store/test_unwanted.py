"""What relays brought and was turned away: the newest is remembered, by relay."""

from datetime import timedelta

import pytest

from smallfed.domain.account import Account
from smallfed.domain.relay import Style
from smallfed.services import relaying
from smallfed.store import relays, unwanted
from smallfed.store.tx import Tx
from smallfed.store.unwanted import Known, Unwanted


@pytest.fixture
def relay(tx: Tx, owner: Account) -> int:
    return relaying.add(tx, "https://relay.example/inbox", style=Style.MASTODON).id


def post(tx: Tx, number: int, **fields: str) -> Unwanted:
    named = {"uri": f"https://far.example/notes/{number}", "reason": "filter: is covered"} | fields
    return Unwanted(**named, came_at=tx.now)  # type: ignore[arg-type]


def test_a_post_is_found_by_each_of_its_names(tx: Tx, relay: int) -> None:
    carol = "https://far.example/users/carol"
    one, two = post(tx, 1, url="https://far.example/@carol/1", author=carol), post(tx, 2, author=carol)
    unwanted.put(tx, relay, [one, two])

    def found(name: str) -> list[Unwanted]:
        return [each for _, each in unwanted.about(tx, {name}, limit=9)]

    assert (found(one.uri), found(one.url or ""), found(two.uri)) == ([one], [one], [two])
    assert found(carol) == [two, one]
    assert found("https://far.example/notes/3") == []
    assert unwanted.about(tx, {one.uri, carol}, limit=1) == [("https://relay.example/inbox", two)]


def test_the_oldest_makes_room(tx: Tx, relay: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each relay has as much room as the other, and what is gone leaves nothing behind."""
    monkeypatch.setattr(unwanted, "KEPT", 3)
    other = relaying.add(tx, "https://other.example/inbox", style=Style.MASTODON)
    unwanted.put(tx, other.id, [post(tx, 0)])
    for number in range(1, 6, 2):
        unwanted.put(tx, relay, [post(tx, number), post(tx, number + 1)])

    kept = tx.all("SELECT uri FROM relay_unwanted WHERE relay_id = ? ORDER BY number", relay)
    relays.drop(tx, relay)
    unwanted.put(tx, relay, [post(tx, 7)])

    assert kept == [(f"https://far.example/notes/{number}",) for number in (4, 5, 6)]
    assert unwanted.known(tx) == [Known(relay=other.id, address=other.address, count=1, since=tx.now)]


def test_it_goes_with_the_ledger(tx: Tx, relay: int) -> None:
    unwanted.put(tx, relay, [post(tx, 1)])

    tx.now += timedelta(days=3)
    unwanted.put(tx, relay, [post(tx, 2)])

    assert unwanted.expire(tx, timedelta(days=2)) == 1
    assert unwanted.known(tx)[0].count == 1
