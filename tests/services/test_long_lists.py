"""What a change of a list costs, in steps of SQLite's machine: the same beside a short list and beside a long one."""

from collections.abc import Callable, Iterator

import pytest

from smallfed.domain.account import Account
from smallfed.domain.blocklist import Blocklist, Entry
from smallfed.services import reckoning, trusting
from smallfed.services.trusting import Trust
from smallfed.store import blocklists, cut_offs, domain_blocks
from smallfed.store.tx import Tx
from tests.conftest import Know

LOOK = 10  # steps between two looks
SHORT, LONG = 200, 3000


def reckon(tx: Tx) -> None:
    """Reckon all that is marked, as the loop does."""
    while reckoning.go_on(tx):
        pass


def steps(tx: Tx, do: Callable[[], object]) -> int:
    """Return how many steps are taken while something is done, in tens."""
    looks: Iterator[int] = iter(range(1 << 60))
    tx.sql.set_progress_handler(lambda: next(looks) < 0, LOOK)
    do()
    tx.sql.set_progress_handler(None, 0)
    return next(looks)


def taken(tx: Tx, start: int, end: int) -> Blocklist:
    """Return a list that blocks these by its own word, and let all of it hold."""
    known = blocklists.find(tx, "long") or trusting.subscribe(
        tx, "https://lists.example/long.csv", Trust(name="long", weight=2, automatic=True)
    )
    trusting.take(tx, known.id, [Entry(subject=f"spam{number}.example") for number in range(start, end)])
    reckon(tx)
    return known


def _one_more(tx: Tx, known: Blocklist, number: int) -> None:
    trusting.take(tx, known.id, [Entry(subject=f"more{number}.example")])
    reckon(tx)


def _one_less(tx: Tx, known: Blocklist, number: int) -> None:
    trusting.retract(tx, known.id, [f"spam{number}.example"])
    reckon(tx)


def _settle(tx: Tx, _known: Blocklist, _number: int) -> None:
    cut_offs.settle(tx, "*")


def _ask(tx: Tx, _known: Blocklist, number: int) -> None:
    assert domain_blocks.covers(tx, f"deep.spam{number + 9}.example")


@pytest.mark.parametrize("change", [_one_more, _one_less, _settle, _ask])
def test_it_costs_the_same_beside_a_long_list(
    lively: Tx, owner: Account, know: Know, change: Callable[[Tx, Blocklist, int], None]
) -> None:
    """But for the depth of an index: what is added, retracted, settled or asked."""
    for number in range(20):
        know(f"somebody@met{number}.example")
    known = taken(lively, 0, SHORT)
    change(lively, known, 0)
    short = steps(lively, lambda: change(lively, known, 1))
    taken(lively, SHORT, LONG)

    long = steps(lively, lambda: change(lively, known, 2))

    assert long <= short + 5, (short, long)


def test_what_a_list_costs_grows_with_what_is_on_it(lively: Tx, owner: Account, know: Know) -> None:
    """And not faster: each of its entries costs no more when there are many before it."""
    know("somebody@met.example")
    first = steps(lively, lambda: taken(lively, 0, 500))
    taken(lively, 500, 2500)

    last = steps(lively, lambda: taken(lively, 2500, 3000))

    assert last <= first * 1.1, (first, last)
