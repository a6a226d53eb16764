"""What is kept with its reason: how it is listed, and how it waits again."""

from datetime import datetime, timedelta

import pytest

from smallfed.store import inbound, keeping
from smallfed.store.keeping import Again, Group, Kept, Which
from smallfed.store.tx import Tx
from tests import world
from tests.store.test_inbound import BOB, numbers, plans, put
from tests.world import NOW, later

MOST = 100
OLD = "Too old."
UNKNOWN = "Not understood: a Dance."


@pytest.fixture
def kept(tx: Tx) -> Tx:
    """Return a Tx where 1 and 2 (Dance), 3 (Create) were ignored, 4 (Like, near) is parked, 5 done and 6 waits."""
    put(tx, 1, 2, type="Dance")
    put(tx, 3)
    put(tx, 4, type="Like", host="near.example")
    put(tx, 5, type="Like")
    one, two, three, four, five = inbound.claim(tx, limit=5)
    for row, reason in ((one, UNKNOWN), (two, UNKNOWN), (three, OLD)):
        inbound.settle(later(tx, seconds=1), row, ignored=reason)
    inbound.park(tx, four, due=tx.now + timedelta(hours=1), reason="No answer.", waiting_for=BOB)
    inbound.settle(tx, five)
    put(tx, 6)
    tx.run("DELETE FROM letters WHERE inbound_id = ?", one.id)
    return later(tx, minutes=5)


def counted(tx: Tx) -> dict[str, int]:
    return dict(tx.all("SELECT host, waiting FROM inbound_hosts"))


def true_counts(tx: Tx) -> dict[str, int]:
    """What inbound_hosts should say."""
    rows = tx.all("SELECT host, count(*) FROM inbound WHERE state IN ('waiting', 'parked') GROUP BY host")
    return {**dict(rows), inbound.EVERYBODY: sum(number for _, number in rows)}


def test_groups(kept: Tx) -> None:
    def at(milliseconds: int, seconds: int = 0) -> datetime:
        return NOW + timedelta(milliseconds=milliseconds, seconds=seconds)

    assert keeping.groups(kept) == [
        Group(type="Dance", state="ignored", reason=UNKNOWN, times=2, letters=1, since=at(5, 1)),
        Group(type="Create", state="ignored", reason=OLD, times=1, letters=1, since=at(5, 3)),
        Group(type="Like", state="parked", reason="No answer.", times=1, letters=1, since=at(4)),
    ]


def test_a_row(kept: Tx) -> None:
    assert keeping.rows(kept, Which(type="Create"), limit=MOST) == [
        Kept(
            id=3,
            actor=BOB,
            activity="https://far.example/activities/3",
            type="Create",
            host="far.example",
            state="ignored",
            reason=OLD,
            at=NOW + timedelta(seconds=3, milliseconds=5),
            letter=True,
        )
    ]


CHOICES = [
    (Which(), [3, 2, 1, 4]),
    (Which(states=("ignored",)), [3, 2, 1]),
    (Which(states=("parked",)), [4]),
    (Which(type="Dance"), [2, 1]),
    (Which(type="Dance", reason="too old"), []),
    (Which(reason="UNDERSTOOD"), [2, 1]),
    (Which(reason="100%"), []),
    (Which(host="near.example"), [4]),
    (Which(id=2), [2]),
    (Which(id=5), []),
]


@pytest.mark.parametrize(("which", "found"), CHOICES)
def test_choosing_rows(kept: Tx, which: Which, found: list[int]) -> None:
    assert [row.id for row in keeping.rows(kept, which, limit=MOST)] == found
    assert [row.id for row in keeping.rows(kept, which, limit=1)] == found[:1]


@pytest.mark.parametrize(("which", "found"), CHOICES)
def test_what_is_chosen_waits_again(kept: Tx, which: Which, found: list[int]) -> None:
    """Except the one whose letter is gone; and the counts of hosts stay true."""
    done = keeping.again(kept, which, limit=MOST)

    ready = sorted(set(found) - {1})
    assert done == Again(again=len(ready), gone=int(1 in found), blocked=0, left=0)
    assert numbers(inbound.claim(kept, limit=MOST)) == sorted([*ready, 6])
    assert counted(kept) == true_counts(kept)


def test_it_waits_as_if_it_had_just_arrived(kept: Tx) -> None:
    """With the whole patience before it: three days may have passed."""
    later(kept, days=4)

    keeping.again(kept, Which(), limit=MOST)

    columns = "state, due, attempts, waiting_for, reason, received_at, settled_at"
    now = int(kept.now.timestamp() * 1000)
    assert (
        kept.all(f"SELECT {columns} FROM inbound WHERE id IN (2, 3, 4)")
        == [("waiting", now, 0, None, None, now, None)] * 3
    )


def test_twice_is_once(kept: Tx) -> None:
    keeping.again(kept, Which(), limit=MOST)

    assert keeping.again(kept, Which(), limit=MOST) == Again(again=0, gone=1, blocked=0, left=0)
    assert counted(kept) == true_counts(kept) == {"": 4, "far.example": 3, "near.example": 1}


def test_blocked_hosts_stay(kept: Tx) -> None:
    world.keep_away(kept, "far.example")

    assert keeping.again(kept, Which(), limit=MOST) == Again(again=1, gone=1, blocked=2, left=0)
    assert [row.id for row in keeping.rows(kept, Which(), limit=MOST)] == [3, 2, 1]
    assert counted(kept) == true_counts(kept)


def test_part_by_part(kept: Tx) -> None:
    """What is ignored once more goes behind what was not looked at yet."""
    assert keeping.again(kept, Which(states=("ignored",)), limit=1) == Again(again=1, gone=1, blocked=0, left=1)
    [two] = [row for row in inbound.claim(kept, limit=MOST) if row.id == 2]
    inbound.settle(later(kept, seconds=1), two, ignored=UNKNOWN)

    keeping.again(kept, Which(states=("ignored",)), limit=1)

    assert [row.id for row in keeping.rows(kept, Which(states=("ignored",)), limit=MOST)] == [2, 1]
    assert counted(kept) == true_counts(kept)


def test_settling_again_takes_it_off_the_counts(kept: Tx) -> None:
    keeping.again(kept, Which(), limit=MOST)

    for row in inbound.claim(kept, limit=MOST):
        inbound.settle(kept, row)

    assert true_counts(kept) == {inbound.EVERYBODY: 0}
    assert counted(kept) == {inbound.EVERYBODY: 0}


def test_everything_goes_by_index(kept: Tx) -> None:
    """A month of rows is not read for the few that are kept."""
    which = Which(type="Dance", reason="x", host="far.example")

    found = [
        plan
        for call in (
            lambda: keeping.groups(kept),
            lambda: keeping.rows(kept, which, limit=1),
            lambda: keeping.again(kept, which, limit=1),
        )
        for plan in plans(kept.sql, call)
    ]

    assert [plan for plan in found if plan.startswith("SCAN inbound <-")] == []
    assert any(plan.startswith("SCAN inbound USING INDEX inbound_ignored") for plan in found)
