"""Placements: what is due, what was believed, and what is forgotten."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from msgspec import structs

from smallfed.domain.placement import BucketInUse, Placed, Wanted
from smallfed.store import placements
from smallfed.store.tx import Tx
from tests.store.test_plans import plan

BUCKET = BucketInUse(place="https://s3.example/media", public="https://cdn.example/smallfed")
A, B, C = "files/a.jpg", "files/b.jpg", "remote/c.jpg"


def settled(tx: Tx, *names: str, wanted: Wanted = Wanted.BUCKET) -> None:
    placements.put(tx, names, wanted)
    for name in names:
        row = placements.find(tx, name)
        assert row is not None
        placements.settle(tx, row, {"there": True, "size": 7, "digest": b"d", "due": None})


def test_what_is_due_comes_in_its_order_without_what_is_busy(tx: Tx) -> None:
    placements.put(tx, [A, B, C], Wanted.BUCKET)
    first = placements.due(tx, limit=9, busy=())[0]
    placements.settle(tx, first, {"due": tx.now + timedelta(hours=1), "error": "away", "attempts": 1})

    assert [each.name for each in placements.due(tx, limit=9, busy=())] == [B, C]
    assert [each.name for each in placements.due(tx, limit=9, busy=[B])] == [C]
    assert placements.next_due(tx, busy=[B, C]) == tx.now + timedelta(hours=1)
    assert placements.next_due(tx, busy=[A, B, C]) is None
    assert [(each.name, each.error) for each in placements.failing(tx, 9)] == [(A, "away")]
    assert (placements.waiting(tx), placements.failing_count(tx)) == (3, 1)
    assert placements.hasten(tx) == 3
    assert {each.name for each in placements.due(tx, limit=9, busy=())} == {A, B, C}


def test_what_came_of_work_counts_only_while_the_file_is_wanted_there(tx: Tx) -> None:
    placements.put(tx, [A], Wanted.BUCKET)
    (seen,) = placements.due(tx, limit=1, busy=())
    placements.leave(tx, [A])

    assert not placements.settle(tx, seen, {"there": True, "size": 7, "digest": b"d", "due": None})
    assert not placements.drop(tx, seen)
    (gone,) = placements.due(tx, limit=1, busy=())
    assert (gone.wanted, gone.there) == (Wanted.NOWHERE, False)
    assert placements.drop(tx, gone)
    assert placements.find(tx, A) is None


def test_what_was_to_be_removed_counts_as_removed_when_it_is_kept_again(tx: Tx) -> None:
    settled(tx, A, B)
    placements.leave(tx, [A])

    new = placements.put(tx, [A, B], Wanted.BUCKET)

    rows = {each.name: each for each in placements.after(tx, "", -1)}
    assert new == 1
    assert (rows[A].there, rows[A].due, rows[B].there, rows[B].due) == (False, tx.now, True, None)


def test_what_begins_alike_goes_together_and_nothing_else(tx: Tx) -> None:
    names = ["files/ab.jpg", "files/abc.jpg", "files/abc-small.jpg", "files/b.jpg", "remote/abc.jpg"]
    placements.put(tx, names, Wanted.BUCKET)

    gone = placements.leave(tx, ["files/abc*", "files/never*", "remote/abc.jpg"])

    assert gone == 3
    left = {each.name for each in placements.after(tx, "", -1) if each.wanted is not Wanted.NOWHERE}
    assert left == {"files/ab.jpg", "files/b.jpg"}
    assert placements.below(tx, "files") == sorted(names[:4])


def test_where_everybody_can_read(tx: Tx) -> None:
    """Only what is there for sure, only while there is such a bucket with a public address."""
    placements.use(tx, BUCKET)
    settled(tx, A, C)
    settled(tx, "files/d.jpg")
    placements.put(tx, [B], Wanted.BUCKET)
    placements.leave(tx, ["files/d.jpg"])
    asked = [A, B, C, "files/d.jpg", "files/unknown.jpg"]

    public = placements.addresses(tx, asked)
    placements.use(tx, structs.replace(BUCKET, public=""))
    closed = placements.addresses(tx, asked)
    placements.use(tx, None)

    assert public == {A: f"https://cdn.example/smallfed/{A}", C: f"https://cdn.example/smallfed/{C}"}
    assert (closed, placements.addresses(tx, asked)) == ({}, {})
    assert (placements.bucket(tx), placements.last_place(tx)) == (None, BUCKET.place)


def test_how_many_are_where(tx: Tx) -> None:
    settled(tx, A, C)
    settled(tx, "avatars/a.png", wanted=Wanted.BOTH)
    placements.put(tx, [B], Wanted.BUCKET)

    assert placements.summary(tx) == [
        Placed(wanted=Wanted.BOTH, there=True, waiting=False, failing=False, files=1, size=7),
        Placed(wanted=Wanted.BUCKET, there=False, waiting=True, failing=False, files=1, size=0),
        Placed(wanted=Wanted.BUCKET, there=True, waiting=False, failing=False, files=2, size=14),
    ]
    assert placements.only_there(tx) == 2


@pytest.mark.parametrize(
    ("ask", "args"),
    [
        (placements.find, (A,)),
        (partial(placements.due, limit=3, busy=[A]), ()),
        (partial(placements.next_due, busy=[A]), ()),
        (placements.addresses, ([A, B],)),
        (placements.leave, (["files/abc*"],)),
        (placements.below, ("files",)),
        (placements.waiting, ()),
        (lambda tx: placements.turn(tx, Wanted.HERE, after=A, limit=3), ()),
    ],
)
def test_what_is_asked_often_looks_at_few_rows(tx: Tx, ask: Callable[..., Any], args: tuple[Any, ...]) -> None:
    placements.use(tx, BUCKET)
    settled(tx, A)

    steps = plan(tx, ask, *args)

    assert steps
    assert [step for step in steps if "SCAN placements" in step and "COVERING INDEX placements_due" not in step] == []
    assert [step for step in steps if "SCAN h" in step or "TEMP B-TREE" in step] == []
