"""Groups: each call stands or falls alone, whatever fails, wherever it fails."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.domain.events import Event
from smallfed.domain.need import Need
from smallfed.errors import NotFound, Unavailable
from smallfed.runtime.groups import LENGTH, PATIENCE, Call, Groups, Result, Settled
from smallfed.store.opening import open_reader, open_writer
from smallfed.store.tx import Tx
from tests.prepared import prepared

NOW = datetime(2026, 11, 23, tzinfo=UTC)
WANTED = Need("https://far.example/bob")


class Stored(Event):
    """A row was stored."""

    row: int


class Broken(sqlite3.Connection):
    """A connection on which the statements numbered ``faults``, counted from 1, fail as on a dying disk.

    SQLite ends the transaction on most such errors, and on some it does not: ``ends``.
    """

    faults: frozenset[int] = frozenset()
    ends = True
    count = 0

    def execute(self, *args: object) -> sqlite3.Cursor:  # type: ignore[override]
        self.count += 1
        if self.count in self.faults:
            if self.ends and self.in_transaction:
                super().execute("ROLLBACK")
            raise trouble(sqlite3.SQLITE_IOERR)
        return super().execute(*args)  # type: ignore[arg-type]

    def fail(self, *faults: int, ends: bool) -> None:
        """Count from now, and fail at ``faults``."""
        self.count, self.faults, self.ends = 0, frozenset(faults), ends


def trouble(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    return error


def connect() -> Broken:
    sql = sqlite3.connect(":memory:", isolation_level=None, factory=Broken)
    sql.execute("CREATE TABLE pairs (call INTEGER, half INTEGER, PRIMARY KEY (call, half)) STRICT")
    return sql


def groups_on(sql: sqlite3.Connection, ticks: Callable[[], float] = lambda: 0.0) -> Groups:
    return Groups(sql, lambda sql: Tx(sql, now=NOW, dice=lambda bits: 0), ticks=ticks)


def pairs(sql: sqlite3.Connection) -> list[int]:
    """Return the calls of which both halves are stored; a single half fails the test."""
    rows = sql.execute("SELECT call, count(*) FROM pairs GROUP BY call ORDER BY call").fetchall()
    assert {halves for _, halves in rows} <= {2}
    return [call for call, _ in rows]


def store(tx: Tx, call: int) -> int:
    """Store both halves and say so."""
    tx.run("INSERT INTO pairs VALUES (?, 1)", call)
    tx.announce(Stored(row=call))
    tx.run("INSERT INTO pairs VALUES (?, 2)", call)
    return call


def put(groups: Groups, do: Callable[[Tx], object], *, urgent: bool = True) -> None:
    groups.put(Call(do, ignore, urgent=urgent))


def ignore(result: Result) -> None:
    """Nobody waits."""


def run_all(groups: Groups) -> Settled:
    """Run groups until nothing waits: one that breaks leaves what it has not begun to the next."""
    settled = groups.run()
    while groups.waiting:
        more = groups.run()
        settled = Settled(
            results=settled.results + more.results,
            events=settled.events + more.events,
            committed=settled.committed or more.committed,
            trouble=settled.trouble or more.trouble,
        )
    return settled


def results(settled: Settled) -> list[object]:
    """Return what every call returned, or the kind of what it raised."""
    return [getattr(r, "value", None) or type(getattr(r, "error", None)) for _, r in settled.results]


def test_calls_share_one_commit() -> None:
    sql = connect()
    groups = groups_on(sql)
    for call in (1, 2, 3):
        put(groups, lambda tx, call=call: store(tx, call))
    statements: list[str] = []
    sql.set_trace_callback(statements.append)

    settled = groups.run()

    assert [s for s in statements if s in ("BEGIN IMMEDIATE", "COMMIT")] == ["BEGIN IMMEDIATE", "COMMIT"]
    assert results(settled) == [1, 2, 3]
    assert settled.events == [Stored(row=1), Stored(row=2), Stored(row=3)]
    assert (settled.committed, settled.trouble, groups.waiting) == (True, None, 0)
    assert pairs(sql) == [1, 2, 3]


@pytest.mark.parametrize(
    ("ending", "result"),
    [
        (NotFound("no such post"), NotFound),
        (ZeroDivisionError(), ZeroDivisionError),
        (SystemExit(), SystemExit),
        (WANTED, WANTED),
    ],
)
def test_a_call_that_raises_or_needs_leaves_nothing_and_harms_nobody(ending: object, result: object) -> None:
    def falls(tx: Tx) -> object:
        store(tx, 2)
        if isinstance(ending, BaseException):
            raise ending
        return ending

    sql = connect()
    groups = groups_on(sql)
    put(groups, lambda tx: store(tx, 1))
    put(groups, falls)
    put(groups, lambda tx: store(tx, 3))

    settled = groups.run()

    assert results(settled) == [1, result, 3]
    assert settled.events == [Stored(row=1), Stored(row=3)]
    assert pairs(sql) == [1, 3]


def test_a_broken_constraint_is_the_callers_own() -> None:
    sql = connect()
    groups = groups_on(sql)
    for call in (1, 1, 2):
        put(groups, lambda tx, call=call: store(tx, call))

    settled = groups.run()

    assert results(settled) == [1, sqlite3.IntegrityError, 2]
    assert settled.trouble is None
    assert pairs(sql) == [1, 2]


def test_a_constraint_that_ends_the_transaction_is_the_callers_own_too() -> None:
    sql = connect()
    sql.execute("CREATE TABLE once (n INTEGER UNIQUE ON CONFLICT ROLLBACK)")
    sql.execute("INSERT INTO once VALUES (1)")
    groups = groups_on(sql)
    put(groups, lambda tx: store(tx, 1))
    put(groups, lambda tx: tx.run("INSERT INTO once VALUES (1)"))
    put(groups, lambda tx: store(tx, 2))

    settled = run_all(groups)

    assert results(settled) == [1, sqlite3.IntegrityError, 2]
    assert settled.events == [Stored(row=1), Stored(row=2)]
    assert pairs(sql) == [1, 2]


def test_a_commit_that_fails_is_laid_on_the_guilty() -> None:
    sql = connect()
    sql.execute("PRAGMA foreign_keys = ON")
    sql.execute("CREATE TABLE late (n INTEGER REFERENCES late (n) DEFERRABLE INITIALLY DEFERRED)")
    groups = groups_on(sql)
    put(groups, lambda tx: store(tx, 1))
    put(groups, lambda tx: tx.run("INSERT INTO late VALUES (99)"))

    settled = run_all(groups)

    assert results(settled)[0] == 1
    assert isinstance(settled.results[1][1].error, sqlite3.Error)  # type: ignore[union-attr]
    assert pairs(sql) == [1]
    assert not sql.in_transaction


def test_urgent_calls_go_first_even_when_they_come_while_a_group_runs() -> None:
    order: list[str] = []
    groups = groups_on(connect())

    def patient(tx: Tx) -> None:
        order.append("patient 1")
        put(groups, lambda tx: order.append("urgent 2"))

    put(groups, patient, urgent=False)
    put(groups, lambda tx: order.append("patient 2"), urgent=False)
    put(groups, lambda tx: order.append("urgent 1"))

    groups.run()

    assert order == ["urgent 1", "patient 1", "urgent 2", "patient 2"]


class Work:
    """Calls that take their time, in seconds."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def of(self, call: int, seconds: float) -> Callable[[Tx], int]:
        """Return a call that takes so long."""

        def do(tx: Tx) -> int:
            self.seconds += seconds
            return store(tx, call)

        return do


@pytest.mark.parametrize(("urgent", "length"), [(True, PATIENCE), (False, LENGTH)])
def test_a_group_closes_when_its_time_is_up(urgent: bool, length: float) -> None:
    work = Work()
    groups = groups_on(connect(), ticks=lambda: work.seconds)
    for call in (1, 2, 3):
        put(groups, work.of(call, length / 2), urgent=urgent)

    assert [results(groups.run()), groups.waiting] == [[1, 2], 1]
    assert [results(groups.run()), groups.waiting] == [[3], 0]


def test_a_group_closes_soon_when_somebody_comes_who_waits() -> None:
    work = Work()
    groups = groups_on(connect(), ticks=lambda: work.seconds)
    for call in range(1, 5):
        put(groups, work.of(call, PATIENCE / 2), urgent=False)

    def come(tx: Tx) -> int:
        put(groups, work.of(6, PATIENCE / 2))
        return store(tx, 5)

    put(groups, come, urgent=False)
    for call in range(7, 12):
        put(groups, work.of(call, PATIENCE / 2), urgent=False)

    assert results(groups.run()) == [1, 2, 3, 4, 5, 6, 7]


def test_what_must_not_stay_has_the_group_run_again_and_what_changed_nothing_does_not() -> None:
    sql, begun = connect(), list[str]()
    groups = groups_on(sql)

    def needs(tx: Tx, call: int | None) -> Need:
        begun.append(f"needs {call}")
        if call is not None:
            store(tx, call)
        return WANTED

    def stores(tx: Tx, call: int) -> int:
        begun.append(f"stores {call}")
        return store(tx, call)

    put(groups, lambda tx: stores(tx, 1))
    put(groups, lambda tx: needs(tx, None))
    first = groups.run()
    put(groups, lambda tx: stores(tx, 2))
    put(groups, lambda tx: needs(tx, 3))
    put(groups, lambda tx: stores(tx, 4))
    second = groups.run()

    assert begun == ["stores 1", "needs None", *["stores 2", "needs 3"] * 2, "stores 4"]
    assert [results(first), results(second)] == [[1, WANTED], [2, WANTED, 4]]
    assert second.events == [Stored(row=2), Stored(row=4)]
    assert pairs(sql) == [1, 2, 4]


def test_what_waits_when_nobody_can_write_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "smallfed.db"
    prepared(path)
    other, sql = open_writer(path), open_writer(path)
    other.execute("BEGIN IMMEDIATE")
    sql.execute("PRAGMA busy_timeout = 0")
    groups = groups_on(sql)
    for call in (1, 2):
        put(groups, lambda tx, call=call: store(tx, call))

    settled = groups.run()
    other.close()
    sql.close()

    assert results(settled) == [Unavailable, Unavailable]
    assert (settled.committed, settled.full, groups.waiting) == (False, False, 0)


# Three calls in a group: 1 BEGIN, 3 times 2 INSERT, 1 COMMIT.
@pytest.mark.parametrize("ends", [True, False])
@pytest.mark.parametrize("n", range(1, 9))
def test_a_fault_at_any_statement_costs_nobody_anything(n: int, ends: bool) -> None:
    """The group is undone, and alone everybody gets through; only where not even a BEGIN worked all are refused."""
    sql = connect()
    groups = groups_on(sql)
    for call in (1, 2, 3):
        put(groups, lambda tx, call=call: store(tx, call))
    sql.fail(n, ends=ends)

    settled = run_all(groups)

    told = [] if n == 1 else [1, 2, 3]
    assert results(settled) == (told or [Unavailable] * 3)
    assert settled.events == [Stored(row=call) for call in told]
    assert pairs(sql) == told
    assert not sql.in_transaction


@given(st.frozensets(st.integers(1, 40), max_size=8), st.booleans())
def test_many_faults_leave_each_call_whole(faults: frozenset[int], ends: bool) -> None:
    """Whoever is told that it is stored finds it stored, whoever is not can ask again; and nothing hangs."""
    sql = connect()
    groups = groups_on(sql)
    for call in (1, 2, 3):
        put(groups, lambda tx, call=call: store(tx, call))
    # Undoing never fails in SQLite, so it must not fail here.
    sql.fail(*faults, ends=True) if ends else sql.fail(*sorted(faults)[:1], ends=False)

    settled = run_all(groups)
    sql.fail(ends=True)

    told = [value for value in results(settled) if value is not Unavailable]
    assert len(settled.results) == 3
    assert pairs(sql) == told
    assert settled.events == [Stored(row=call) for call in told if isinstance(call, int)]
    assert not sql.in_transaction


@pytest.mark.parametrize("steps", range(1, 60))
def test_an_interrupt_at_any_step_of_the_machine_leaves_each_call_whole(steps: int) -> None:
    """SQLite's own doing: an interrupted statement that writes ends the whole transaction."""
    sql = connect()
    groups = groups_on(sql)
    left = iter([False] * steps + [True])
    sql.set_progress_handler(lambda: next(left, False), 1)
    for call in (1, 2, 3):
        put(groups, lambda tx, call=call: store(tx, call))

    settled = run_all(groups)
    sql.set_progress_handler(None, 0)

    told = [value for value in results(settled) if isinstance(value, int)]
    assert len(settled.results) == 3
    assert pairs(sql) == told
    assert settled.events == [Stored(row=call) for call in told]


Ending = NotFound | Need | None


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from([None, NotFound("no"), WANTED]), st.booleans())))
def test_any_mixture_ends_like_one_by_one(plan: list[tuple[int, Ending, bool]]) -> None:
    """The model: urgent ones first, each either whole or not at all, a row that is there already refused."""
    sql = connect()
    groups = groups_on(sql)

    def act(tx: Tx, call: int, ending: Ending) -> object:
        store(tx, call)
        if isinstance(ending, Exception):
            raise ending
        return ending or call + 100

    for call, ending, urgent in plan:
        put(groups, lambda tx, call=call, ending=ending: act(tx, call, ending), urgent=urgent)

    settled = groups.run()

    expected: list[object] = []
    stored: list[int] = []
    for call, ending, _ in sorted(plan, key=lambda p: not p[2]):
        if call in stored:
            expected.append(sqlite3.IntegrityError)
        elif ending is None:
            stored.append(call)
            expected.append(call + 100)
        else:
            expected.append(ending if isinstance(ending, Need) else NotFound)
    assert results(settled) == expected
    assert settled.events == [Stored(row=call) for call in stored]
    assert pairs(sql) == sorted(stored)


def test_a_full_disk_refuses_what_does_not_fit_and_keeps_the_rest(tmp_path: Path) -> None:
    """The large call ends the group's transaction; alone, the small ones find room, and reading goes on."""
    path = tmp_path / "smallfed.db"
    prepared(path)
    sql = open_writer(path)
    sql.execute("CREATE TABLE pairs (call INTEGER, half INTEGER, PRIMARY KEY (call, half)) STRICT")
    sql.execute("CREATE TABLE large (body BLOB)")
    (pages,) = sql.execute("PRAGMA page_count").fetchone()
    sql.execute(f"PRAGMA max_page_count = {pages + 2}")
    groups = groups_on(sql)
    put(groups, lambda tx: store(tx, 1))
    put(groups, lambda tx: tx.run("INSERT INTO large VALUES (zeroblob(1000000))"))
    put(groups, lambda tx: store(tx, 2))

    settled = run_all(groups)

    assert results(settled) == [1, Unavailable, 2]
    assert (settled.committed, settled.full) == (True, True)
    with_reader = open_reader(path)
    assert pairs(with_reader) == [1, 2]
    with_reader.close()
    sql.close()


def test_what_was_left_half_done_is_refused_too() -> None:
    """After a bug in the logic itself nobody waits for ever."""
    sql = connect()
    groups = groups_on(sql)
    put(groups, lambda tx: store(tx, 1))
    put(groups, lambda tx: store(tx, 2))
    sql.fail(5, 6, ends=False)  # the RELEASE, and then the ROLLBACK

    with pytest.raises(sqlite3.OperationalError):
        groups.run()

    assert results(groups.refuse()) == [Unavailable, Unavailable]
    assert groups.waiting == 0
