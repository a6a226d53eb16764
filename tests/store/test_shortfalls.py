"""What apps asked for in vain is counted, and never much of it kept."""

from datetime import timedelta

from smallfed.domain.shortfall import Noted, Shortfall, What
from smallfed.store import shortfalls
from smallfed.store.tx import Tx


def noted(tx: Tx, app: str, *, known: bool = True, name: str = "", seconds: float = 0, count: int = 1) -> Noted:
    moment = tx.now + timedelta(seconds=seconds)
    shortfall = Shortfall(app=app, known=known, method="GET", route="/api/v1/x", what=What.ERROR, name=name)
    return Noted(shortfall=shortfall, count=count, first_at=moment, last_at=moment)


def test_the_same_is_counted_in_one_row(tx: Tx) -> None:
    shortfalls.put(tx, [noted(tx, "Tusky", count=2)])
    shortfalls.put(tx, [noted(tx, "Tusky", seconds=5), noted(tx, "Elk")])

    elk, tusky = shortfalls.listed(tx)

    assert (elk.shortfall.app, tusky.shortfall.app, tusky.count) == ("Elk", "Tusky", 3)
    assert (tusky.first_at, tusky.last_at) == (tx.now, tx.now + timedelta(seconds=5))
    assert shortfalls.listed(tx, app="tusky") == [tusky]
    assert (shortfalls.forget(tx), shortfalls.listed(tx)) == (2, [])


def test_strangers_push_out_strangers_only(tx: Tx) -> None:
    most = shortfalls.MOST[False]
    shortfalls.put(tx, [noted(tx, "Tusky", seconds=-9999)])

    shortfalls.put(tx, [noted(tx, f"bot {number}", known=False, seconds=number) for number in range(most + 10)])

    first, *others = shortfalls.listed(tx)
    assert (first.shortfall.app, len(others)) == ("Tusky", most)
    assert min(each.last_at for each in others) == tx.now + timedelta(seconds=10)


def test_pushing_out_walks_the_index(tx: Tx) -> None:
    asked: list[str] = []
    tx.sql.set_trace_callback(asked.append)
    shortfalls.put(tx, [])
    tx.sql.set_trace_callback(None)

    steps = [row[3] for one in asked for row in tx.sql.execute(f"EXPLAIN QUERY PLAN {one}")]

    assert "SEARCH shortfalls USING COVERING INDEX shortfalls_last (known=?)" in steps, steps
    assert not any("TEMP B-TREE" in step for step in steps)
