"""The inbound queue: once per (actor, activity), in order, and never lost."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta

import pytest

from smallfed.store import inbound
from smallfed.store.inbound import Arriving, Claimed
from smallfed.store.tx import Tx
from tests.world import NOW, later

BOB = "https://far.example/users/bob"


def arriving(number: int = 1, **changes: object) -> Arriving:
    values: dict[str, object] = {
        "actor": BOB,
        "activity": f"https://far.example/activities/{number}",
        "type": "Create",
        "host": "far.example",
        "order_key": f"https://far.example/notes/{number}",
        "personal": False,
        "body": b"{}",
    }
    return Arriving(**(values | changes))  # type: ignore[arg-type]


def put(tx: Tx, *numbers: int, **changes: object) -> None:
    for number in numbers:
        inbound.put(later(tx, milliseconds=1), arriving(number, **changes))


def numbers(rows: list[Claimed]) -> list[int]:
    return [int(row.activity.rpartition("/")[2]) for row in rows]


def state(tx: Tx) -> list[tuple[str, str | None, int]]:
    return tx.all("SELECT state, reason, attempts FROM inbound ORDER BY id")


def test_the_same_activity_is_put_once(tx: Tx) -> None:
    assert inbound.put(tx, arriving())

    assert not inbound.put(tx, arriving(body=b"other"))

    assert inbound.waiting(tx) == inbound.waiting(tx, "far.example") == 1
    assert [row.body for row in inbound.claim(tx, limit=9)] == [b"{}"]


def test_two_actors_may_use_one_id(tx: Tx) -> None:
    """Nobody can take an id away from somebody else by being first."""
    inbound.put(tx, arriving(actor="https://evil.example/users/eve"))

    assert inbound.put(tx, arriving())


@pytest.mark.parametrize(
    ("type_", "ignored", "first", "again", "taken"),
    [
        ("Follow", None, False, False, True),
        ("Follow", "no", False, False, True),
        ("Create", None, False, False, False),
        ("Create", "no", False, False, False),
        ("Create", "no", False, True, True),
        ("Create", "no", True, True, False),
        ("Create", None, False, True, False),
    ],
)
def test_what_is_settled_is_taken_again(
    tx: Tx, type_: str, ignored: str | None, first: bool, again: bool, taken: bool
) -> None:
    """A Follow is always answered again; what was nothing to us may come once more, to the owner's own inbox."""
    inbound.put(tx, arriving(type=type_, personal=first))
    [row] = inbound.claim(tx, limit=1)
    inbound.settle(tx, row, ignored=ignored)

    assert inbound.put(later(tx, hours=1), arriving(type=type_, personal=again)) is taken

    assert numbers(inbound.claim(tx, limit=1)) == ([1] if taken else [])
    assert inbound.waiting(tx) == int(taken)


def test_a_follow_in_hand_is_not_put_again(tx: Tx) -> None:
    put(tx, 1, type="Follow")

    assert not inbound.put(tx, arriving(type="Follow"))
    assert inbound.waiting(tx) == 1


def test_claims_come_in_the_order_of_arrival(tx: Tx) -> None:
    put(tx, 3, 1, 2)

    first, second, third = (inbound.claim(tx, limit=2) for _ in range(3))

    assert (numbers(first), numbers(second), third) == ([3, 1], [2], [])


def test_a_claim_brings_everything_along(tx: Tx) -> None:
    inbound.put(tx, arriving(personal=True, body=b"small"))

    [row] = inbound.claim(tx, limit=1)

    assert row == Claimed(
        id=row.id,
        actor=BOB,
        activity="https://far.example/activities/1",
        type="Create",
        host="far.example",
        order_key="https://far.example/notes/1",
        personal=True,
        body=b"small",
        attempts=1,
        received_at=NOW,
    )


def test_a_large_body_is_asked_for_by_itself(tx: Tx) -> None:
    large = b"x" * (inbound.LARGE + 1)
    inbound.put(tx, arriving(body=large))

    [row] = inbound.claim(tx, limit=1)

    assert row.body is None
    assert inbound.body(tx, row) == large


def test_a_lease_runs_out(tx: Tx) -> None:
    """Whoever claimed and died leaves a row that comes back."""
    put(tx, 1)
    inbound.claim(tx, limit=1)

    before = inbound.claim(later(tx, seconds=inbound.LEASE.total_seconds() - 1), limit=1)
    after = inbound.claim(later(tx, seconds=1), limit=1)

    assert (numbers(before), numbers(after)) == ([], [1])
    assert after[0].attempts == 2


def test_a_new_worker_takes_leases_back_but_wakes_nobody(tx: Tx) -> None:
    put(tx, 1, 2)
    leased, parked = inbound.claim(tx, limit=2)
    inbound.park(tx, parked, due=tx.now + timedelta(hours=1), reason="later")

    assert inbound.release(tx) == 1

    assert numbers(inbound.claim(tx, limit=9)) == numbers([leased])


def test_settled_rows_keep_their_reason(tx: Tx) -> None:
    put(tx, 1, 2, 3)
    done, ignored, _ = inbound.claim(tx, limit=3)

    inbound.settle(tx, done)
    inbound.settle(tx, ignored, ignored="nothing to us")
    inbound.settle(tx, ignored, ignored="twice")

    assert state(tx) == [("done", None, 1), ("ignored", "nothing to us", 1), ("waiting", None, 1)]
    assert inbound.waiting(tx) == 1


def test_parked_rows_wake_when_the_fact_arrives(tx: Tx) -> None:
    put(tx, 1, 2)
    one, two = inbound.claim(tx, limit=2)
    for row, uri in ((one, BOB), (two, "https://far.example/users/eve")):
        inbound.park(tx, row, due=tx.now + timedelta(hours=1), reason="unknown", waiting_for=uri)

    assert inbound.claim(tx, limit=9) == []
    assert inbound.wake(tx, BOB) == 1

    assert numbers(inbound.claim(tx, limit=9)) == [1]
    assert numbers(inbound.claim(later(tx, hours=1), limit=9)) == [1, 2]


def test_next_due(tx: Tx) -> None:
    assert inbound.next_due(tx) is None

    put(tx, 1)

    assert inbound.next_due(tx) == tx.now
    inbound.claim(tx, limit=1)
    assert inbound.next_due(tx) == tx.now + inbound.LEASE


def test_only_the_greediest_are_crowded_out(tx: Tx) -> None:
    """A host that fills the queue does not shut the others out."""
    put(tx, *range(10), host="greedy.example")
    put(tx, 11, host="modest.example")

    assert not inbound.crowded(tx, "greedy.example", limit=12)
    assert inbound.crowded(tx, "greedy.example", limit=11)
    assert not inbound.crowded(tx, "modest.example", limit=11)
    assert not inbound.crowded(tx, "new.example", limit=11)


def test_many_subdomains_have_one_share(tx: Tx) -> None:
    """A thousand names below a domain do not make a modest host the greediest."""
    for number in range(10):
        put(tx, number, host=f"x{number}.greedy.example")
    put(tx, 11, 12, host="modest.example")

    assert inbound.waiting(tx, "new.greedy.example") == 10
    assert inbound.crowded(tx, "x1.greedy.example", limit=12)
    assert not inbound.crowded(tx, "modest.example", limit=12)


def test_everything_goes_by_index(tx: Tx) -> None:
    """No statement of the queue reads the whole table: it has a month of rows."""
    put(tx, 1)
    [row] = inbound.claim(tx, limit=1)
    calls: list[Callable[[], object]] = [
        lambda: inbound.put(tx, arriving(2)),
        lambda: inbound.crowded(tx, "far.example", limit=1),
        lambda: inbound.claim(tx, limit=9),
        lambda: inbound.next_due(tx),
        lambda: inbound.park(tx, row, due=tx.now, reason="", waiting_for=BOB),
        lambda: inbound.wake(tx, BOB),
        lambda: inbound.settle(tx, row),
        lambda: inbound.release(tx),
    ]

    scans = [plan for call in calls for plan in plans(tx.sql, call) if plan.startswith("SCAN inbound <-")]

    assert scans == []


def plans(sql: sqlite3.Connection, call: Callable[[], object]) -> list[str]:
    """Return how SQLite goes about every statement of ``call``."""
    statements: list[str] = []
    sql.set_trace_callback(statements.append)
    call()
    sql.set_trace_callback(None)
    assert statements
    return [f"{row[3]} <- {text}" for text in statements for row in sql.execute(f"EXPLAIN QUERY PLAN {text}")]


@pytest.mark.parametrize("ignored", [None, "It was heard before."])
def test_who_complained_is_not_kept(tx: Tx, ignored: str | None) -> None:
    """Neither done nor ignored; when it comes again, nothing piles up."""
    for _ in range(2):
        assert inbound.put(tx, arriving(type="Flag", body=b"secret"))
        (row,) = inbound.claim(tx, limit=9)
        inbound.settle(tx, row, ignored=ignored)

    ((actor, activity, host, about),) = tx.all("SELECT actor, activity, host, order_key FROM inbound")
    assert (actor, host, about) == ("https://far.example", "far.example", "https://far.example")
    assert activity.startswith("sha256:")
    assert tx.all("SELECT body FROM letters") == []
