"""The benchmark runs; what it measures is nobody's business here."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.bench.__main__ import options
from tests.bench.budget import Row, table
from tests.bench.measures import delivering, receiving, relaying, streaming
from tests.bench.stage import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with ExitStack() as running:
        yield Bench(tmp_path, scale=0.005, posts=100, running=running)


def test_notes_are_taken_in_and_delivered(bench: Bench) -> None:
    rows = [*receiving.inbox(bench), *receiving.strangers(bench), *delivering.warm(bench)]

    assert [row.name for row in rows] == ["accepted", "accepted p99", "processed", "bytes", "strangers", "warm"]
    assert all(row.value > 0 for row in rows)


def test_events_are_heard(bench: Bench) -> None:
    rows = list(streaming.streaming(bench))

    assert [row.name for row in rows] == ["heard", "heard p99", "sent heard"]
    assert all(row.value > 0 for row in rows)


def test_a_relay_stays_within_its_caps(bench: Bench) -> None:
    (row,) = relaying.relays(bench)

    assert row.name == "relayed"
    assert "waiting" in row.note


def test_the_table_has_the_budget_beside_the_figures() -> None:
    text = table([Row(name="start", value=0.9, note="once"), Row(name="accepted", value=1000.0)])

    assert text.splitlines() == [
        "what                                                  ours       must        aim          how",
        "start until it answers                              0.90 s   ≤ 1.20 s   ≤ 0.80 s  holds   once",
        "inbox accepted, durable, RSA verified, 32 senders  1,000/s  ≥ 1,200/s  ≥ 2,500/s  MISSED",
    ]


def test_what_is_not_measured_cannot_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        options(["--only", "nonsense"])

    assert "'sick'" in capsys.readouterr().err
