"""The writer's care for the log: checkpoints that finish, and those that cannot."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smallfed.runtime.groups import Call, Groups, Settled
from smallfed.runtime.writer import ROWS, Writer
from smallfed.store.opening import open_reader, open_writer
from smallfed.store.tx import Tx
from tests.prepared import prepared

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a prepared database is."""
    prepared(tmp_path / "smallfed.db")
    return tmp_path / "smallfed.db"


@pytest.fixture
def settled() -> list[Settled]:
    """Return the list of what the writer delivers."""
    return []


@pytest.fixture
def writer(path: Path, settled: list[Settled]) -> Iterator[Writer]:
    """Return a writer without a driver."""
    sql = open_writer(path)
    groups = Groups(sql, lambda sql: Tx(sql, now=NOW, dice=lambda bits: 0), ticks=lambda: 0.0)
    writer = Writer(sql, groups, settled.append, log_file=path.with_name("smallfed.db-wal"))
    yield writer
    writer.close()


def put(writer: Writer, rows: int) -> None:
    def store(tx: Tx) -> None:
        tx.sql.executemany("INSERT INTO tombstones VALUES (?, '', 0)", [(f"{rows}/{n}",) for n in range(rows)])

    writer.put(Call(store, lambda result: None))
    writer.work()


def in_file(path: Path) -> int:
    """Return how many rows the database file holds without its log."""
    copy = path.with_name("copy.db")
    copy.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(copy)) as sql:
        (count,) = sql.execute("SELECT count(*) FROM tombstones").fetchone()
    return int(count)


def log_size(path: Path) -> int:
    return path.with_name("smallfed.db-wal").stat().st_size


def test_a_checkpoint_brings_the_log_into_the_file(path: Path, writer: Writer) -> None:
    put(writer, 10)
    before = in_file(path)

    writer.checkpoint()

    assert (before, in_file(path)) == (0, 10)


def test_a_busy_writer_checkpoints_too(path: Path, writer: Writer) -> None:
    put(writer, ROWS + 1)

    assert in_file(path) == ROWS + 1


def test_truncating_empties_the_log(path: Path, writer: Writer) -> None:
    put(writer, 10)

    writer.truncate()

    assert (log_size(path), in_file(path)) == (0, 10)


def test_a_reader_in_the_log_is_not_waited_for(path: Path, writer: Writer) -> None:
    put(writer, 10)
    with closing(open_reader(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM tombstones").fetchone()
        put(writer, 20)

        writer.truncate()
        writer.checkpoint()

        assert log_size(path) > 0
        assert reader.execute("SELECT count(*) FROM tombstones").fetchone() == (10,)


def test_a_checkpoint_that_fails_ends_nothing(
    path: Path, writer: Writer, settled: list[Settled], caplog: pytest.LogCaptureFixture
) -> None:
    """The rows are safe in the log, and the next checkpoint tries again."""
    put(writer, 10)
    writer._sql.set_progress_handler(lambda: True, 1)

    with caplog.at_level(logging.WARNING):
        writer.checkpoint()
    writer._sql.set_progress_handler(None, 0)
    put(writer, 1)

    assert caplog.messages == ["the database could not be checkpointed: OperationalError('interrupted')"]
    assert [group.committed for group in settled] == [True, True]


def test_serving_ends_only_when_nothing_waits(writer: Writer, settled: list[Settled]) -> None:
    writer.stop()
    writer.put(Call(lambda tx: 1, lambda result: None))

    writer.serve()

    assert [group.committed for group in settled] == [True]
    assert writer.health(alive=True).waiting == 0
