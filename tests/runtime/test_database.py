"""The database on the event loop: threads and all, on a real file."""

import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smallfed.domain.events import Event
from smallfed.domain.need import Need
from smallfed.errors import NotFound, Unavailable
from smallfed.runtime.clock import Clock, VirtualClock
from smallfed.runtime.database import Database
from smallfed.store.opening import open_reader, open_writer
from smallfed.store.tx import Tx
from tests.prepared import prepared

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
COUNTING = ENDLESS.replace("i + 1 FROM n", "i + 1 FROM n LIMIT ?")


class Stored(Event):
    """A row was stored."""

    row: int


def store(tx: Tx, row: int, *, note: str = "") -> int:
    """Store a row and say so."""
    tx.run("INSERT INTO things VALUES (?, ?)", row, note)
    tx.announce(Stored(row=row))
    return row


def rows(tx: Tx) -> list[int]:
    return [row for (row,) in tx.all("SELECT id FROM things ORDER BY id")]


def ignore(events: Sequence[Event]) -> None:
    """Nobody listens."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a prepared database with a table of things is."""
    path = tmp_path / "smallfed.db"
    prepared(path)
    with closing(open_writer(path)) as sql:
        sql.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT")
    return path


@asynccontextmanager
async def running(
    path: Path, *, threaded: bool = True, publish: Callable[[Sequence[Event]], None] = ignore
) -> AsyncIterator[Database]:
    db = Database(path, Clock(), publish=publish, threaded=threaded)
    async with trio.open_nursery() as nursery:
        await nursery.start(db.run)
        yield db
        nursery.cancel_scope.cancel()


def stored(path: Path) -> list[int]:
    with closing(open_reader(path)) as sql:
        return [row for (row,) in sql.execute("SELECT id FROM things ORDER BY id")]


@pytest.mark.parametrize("threaded", [True, False])
async def test_what_nobody_waits_for_is_stored_all_the_same(path: Path, threaded: bool) -> None:
    async with running(path, threaded=threaded) as db:
        db.later(store, 1)
        await db.write(store, 2)
        db.later(store, 3)

    assert stored(path) == [1, 2, 3]


async def test_what_nobody_waits_for_may_fail(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody is told, but a mistake of ours is written down."""
    async with running(path) as db:
        db.later(store, 1)
        db.later(store, 1)
        await db.write(store, 2)
    db.later(store, 3)

    assert stored(path) == [1, 2]
    assert ["IntegrityError" in (record.exc_text or str(record.exc_info)) for record in caplog.records] == [True]


@pytest.mark.parametrize("threaded", [True, False])
async def test_what_is_written_is_read(path: Path, threaded: bool) -> None:
    async with running(path, threaded=threaded) as db:
        assert await db.write(store, 1, note="spoon") == 1
        assert await db.patient_write(store, 2) == 2

        assert await db.read(rows) == [1, 2]
        assert await db.long_read(rows) == [1, 2]


@pytest.mark.parametrize("threaded", [True, False])
async def test_what_is_answered_is_on_disk(path: Path, threaded: bool) -> None:
    """Another connection sees it, and the live connection syncs every commit."""
    async with running(path, threaded=threaded) as db:
        await db.write(store, 1)

        assert stored(path) == [1]
        assert await db.write(lambda tx: tx.one("PRAGMA synchronous")) == (2,)


@pytest.mark.parametrize("threaded", [True, False])
async def test_need_and_errors_come_back_and_leave_nothing(path: Path, threaded: bool) -> None:
    def needs(tx: Tx) -> int | Need:
        store(tx, 1)
        return Need("https://far.example/bob")

    def fails(tx: Tx) -> int:
        store(tx, 2)
        raise NotFound("no such thing")

    async with running(path, threaded=threaded) as db:
        assert await db.write(needs) == Need("https://far.example/bob")
        with pytest.raises(NotFound, match="no such thing"):
            await db.write(fails)

        assert await db.read(rows) == []


@pytest.mark.parametrize("threaded", [True, False])
async def test_events_are_heard_in_commit_order_before_the_callers(path: Path, threaded: bool) -> None:
    heard: list[Event] = []
    answered: list[bool] = []

    async def ask(db: Database, row: int) -> None:
        await db.write(store, row)
        answered.append(Stored(row=row) in heard)

    async with running(path, threaded=threaded, publish=heard.extend) as db:
        async with trio.open_nursery() as nursery:
            for row in range(20):
                nursery.start_soon(ask, db, row)
        committed = await db.read(lambda tx: [row for (row,) in tx.all("SELECT id FROM things ORDER BY rowid")])

    assert answered == [True] * 20
    assert sorted(committed) == sorted(event.row for event in heard if isinstance(event, Stored))


async def test_callers_of_one_moment_share_a_commit(path: Path) -> None:
    groups: list[int] = []

    async with (
        running(path, threaded=False, publish=lambda events: groups.append(len(events))) as db,
        trio.open_nursery() as nursery,
    ):
        for row in range(50):
            nursery.start_soon(db.write, store, row)

    assert groups == [50]


async def test_the_doors_go_first(path: Path) -> None:
    heard: list[Event] = []

    async with running(path, threaded=False, publish=heard.extend) as db, trio.open_nursery() as nursery:
        for row in range(5):
            nursery.start_soon(db.patient_write, store, row)
        nursery.start_soon(db.write, store, 9)

    assert heard[0] == Stored(row=9)


async def test_a_listener_that_fails_harms_nobody(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def fail(events: Sequence[Event]) -> None:
        raise ZeroDivisionError

    async with running(path, publish=fail) as db:
        assert await db.write(store, 1) == 1

    assert caplog.messages == ["1 events were not published"]


@pytest.mark.parametrize("threaded", [True, False])
async def test_once_asked_it_is_done_whatever_becomes_of_the_caller(path: Path, threaded: bool) -> None:
    result = 0
    async with running(path, threaded=threaded) as db:
        with trio.CancelScope() as scope:
            begun = trio.Event()

            async def leave() -> None:
                await begun.wait()
                scope.cancel()

            async with trio.open_nursery() as nursery:
                nursery.start_soon(leave)
                begun.set()
                result = await db.write(store, 1)
                await trio.sleep_forever()

        assert scope.cancelled_caught
        assert result == 1
        assert await db.read(rows) == [1]


async def test_who_is_cancelled_before_does_not_ask(path: Path) -> None:
    async with running(path) as db:
        with trio.CancelScope() as scope:
            scope.cancel()
            await db.write(store, 1)

        assert await db.read(rows) == []


async def test_stopping_stores_what_was_asked_and_refuses_the_rest(path: Path) -> None:
    db = Database(path, Clock(), publish=ignore)
    async with trio.open_nursery() as callers, trio.open_nursery() as nursery:
        await nursery.start(db.run)
        for row in range(100):
            callers.start_soon(db.write, store, row)
        await wait_all_tasks_blocked(0)
        nursery.cancel_scope.cancel()

    with pytest.raises(Unavailable, match="shutting down"):
        await db.write(store, 200)
    with pytest.raises(Unavailable, match="shutting down"):
        await db.read(rows)
    assert stored(path) == list(range(100))
    assert not db.health.ok


async def test_stopping_leaves_one_file(path: Path) -> None:
    async with running(path) as db:
        await db.write(store, 1)

    assert [file.name for file in path.parent.iterdir()] == ["smallfed.db"]


async def test_an_idle_writer_brings_the_log_into_the_database(path: Path) -> None:
    """So that it stays short, and a start after a crash quick."""

    def in_file() -> bool:
        copy = path.with_name("copy.db")
        copy.write_bytes(path.read_bytes())  # without its log
        with closing(sqlite3.connect(copy)) as sql:
            return sql.execute("SELECT count(*) FROM things").fetchone() == (1,)

    async with running(path) as db:
        await db.write(store, 1)

        with trio.fail_after(20):
            while not in_file():  # noqa: ASYNC110 - a file rings no bell
                await trio.sleep(0.05)


async def test_reading_goes_on_while_another_holds_the_write_lock(path: Path) -> None:
    async with running(path) as db:
        await db.write(store, 1)
        with closing(open_writer(path)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("INSERT INTO things VALUES (2, '')")

            assert await db.read(rows) == [1]
            assert await db.long_read(rows) == [1]


async def test_a_read_sees_one_moment(path: Path) -> None:
    """What is committed while it runs is not seen."""
    ready, go_on = threading.Event(), threading.Event()

    def twice(tx: Tx) -> tuple[list[int], list[int]]:
        before = rows(tx)
        ready.set()
        go_on.wait(20)
        return before, rows(tx)

    seen: list[tuple[list[int], list[int]]] = []

    async with running(path) as db, trio.open_nursery() as nursery:

        async def look() -> None:
            seen.append(await db.long_read(twice))

        nursery.start_soon(look)
        await trio.to_thread.run_sync(ready.wait, 20)
        await db.write(store, 1)
        go_on.set()

    assert seen == [([], [])]


async def test_a_read_cannot_write(path: Path) -> None:
    async with running(path) as db:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await db.read(store, 1)


async def test_short_reads_are_inline_and_what_turns_out_long_is_read_again_in_a_thread(path: Path) -> None:
    def count_to(tx: Tx, n: int) -> tuple[int, bool]:
        here = threading.current_thread() is threading.main_thread()
        return tx.one(COUNTING, n)[0], here

    async with running(path) as db:
        assert await db.read(count_to, 10) == (10, True)
        assert await db.read(count_to, 100_000) == (100_000, False)
        assert await db.read(count_to, 10) == (10, True)


async def test_the_limit_is_for_each_read_not_for_all(path: Path) -> None:
    """The steps of a statement that is kept prepared add up; the limit must not."""
    async with running(path) as db:
        await db.write(lambda tx: [store(tx, row) for row in range(100)])

        here = [
            await db.read(lambda tx: (len(rows(tx)), threading.current_thread() is threading.main_thread()))
            for _ in range(1000)
        ]

    assert here.count((100, True)) > 900  # some may be late on a busy machine


async def test_an_abandoned_long_read_ends(path: Path) -> None:
    async with running(path) as db:
        with trio.move_on_after(0.05) as scope:
            await db.long_read(lambda tx: tx.one(ENDLESS))

        assert scope.cancelled_caught
        assert await db.long_read(rows) == []


async def test_a_long_read_does_not_hold_up_the_closing(path: Path) -> None:
    async with trio.open_nursery() as readers:

        async def endless(db: Database) -> None:
            with pytest.raises(Unavailable, match="shutting down"):
                await db.long_read(lambda tx: tx.one(ENDLESS))

        async with running(path) as db:
            readers.start_soon(endless, db)
            await trio.sleep(0.05)


async def test_a_full_disk_is_told_and_passes(path: Path) -> None:
    def fill(tx: Tx) -> None:
        tx.run("INSERT INTO things (note) VALUES (?)", "x" * 1_000_000)

    async with running(path) as db:
        await db.write(store, 1)
        (pages,) = await db.write(lambda tx: tx.one("PRAGMA page_count"))
        await db.write(lambda tx: tx.one(f"PRAGMA max_page_count = {pages}"))

        with pytest.raises(Unavailable, match="disk is full"):
            await db.write(fill)
        full = db.health
        still = await db.read(rows)
        await db.write(lambda tx: tx.one("PRAGMA max_page_count = 1000000"))
        await db.write(store, 2)

        assert (full.ok, full.full, full.alive) == (False, True, True)
        assert still == [1]
        assert db.health.ok
        assert await db.read(rows) == [1, 2]


async def test_a_writer_that_crashes_keeps_nobody_waiting_and_can_be_started_again(path: Path) -> None:
    """A bug that destroys the connection ends ``run``; whoever supervises it starts it again."""
    db = Database(path, Clock(), publish=ignore)
    async with trio.open_nursery() as nursery:

        async def run(*, task_status: trio.TaskStatus[None]) -> None:
            with pytest.RaisesGroup(sqlite3.ProgrammingError):
                await db.run(task_status=task_status)

        await nursery.start(run)
        with pytest.raises(Unavailable):
            await db.write(lambda tx: tx.sql.close())
    assert not db.health.alive

    async with trio.open_nursery() as nursery:
        await nursery.start(db.run)
        assert await db.write(store, 1) == 1
        nursery.cancel_scope.cancel()


async def test_consequences_are_written_in_the_same_transaction(path: Path) -> None:
    def follow(tx: Tx, event: Event) -> None:
        assert isinstance(event, Stored)
        if event.row < 100:
            store(tx, event.row + 100)

    db = Database(path, Clock(), publish=ignore, then=follow)
    async with trio.open_nursery() as nursery:
        await nursery.start(db.run)
        await db.write(store, 1)

        assert await db.read(rows) == [1, 101]
        nursery.cancel_scope.cancel()


async def test_virtual_time(path: Path, autojump_clock: MockClock) -> None:
    """Days pass while nothing waits, and none while something is written."""
    db = Database(path, VirtualClock(NOW), publish=ignore, threaded=False)
    async with trio.open_nursery() as nursery:
        await nursery.start(db.run)

        first = await db.write(lambda tx: tx.now)
        await trio.sleep(24 * 3600)
        second = await db.read(lambda tx: tx.now)
        third = await db.long_read(lambda tx: tx.now)

        assert [first, second, third] == [NOW, NOW + timedelta(days=1), NOW + timedelta(days=1)]
        nursery.cancel_scope.cancel()
