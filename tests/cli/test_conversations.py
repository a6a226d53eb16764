"""smallfed conversations: what was spent today, and what ended what."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from smallfed.__main__ import run
from smallfed.cli.frame import frame
from smallfed.runtime.clock import Clock
from smallfed.store import conversations
from smallfed.store.conversations import Conversation
from tests.cli.house import written
from tests.prepared import prepared

Call = Callable[..., str]


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Return a function that types ``smallfed conversations …`` and returns what it says."""
    prepared(tmp_path / "smallfed.db")

    def call(*arguments: str) -> str:
        assert run(frame(), ["conversations", "--data", str(tmp_path), *arguments]) == 0
        return capsys.readouterr().out

    return call


@pytest.fixture
def looked(tmp_path: Path, call: Call) -> Conversation:
    """Return the latest of two looks at conversations; today one server was asked as often as it may be."""
    look = Conversation(
        uri="https://far.example/notes/1",
        begun_at=Clock().now().replace(microsecond=0) - timedelta(minutes=5, seconds=5),
        opened=True,
        found=200,
        fetched=450,
        hosts=5,
        seconds=12.34,
        ended=None,
    )
    with written(tmp_path) as tx:
        conversations.put(tx, look)
        ended = "near.example\x1b does not answer"
        earlier = {"uri": "https://near.example/notes/1", "opened": False, "ended": ended}
        fields = {name: getattr(look, name) for name in look.__struct_fields__}
        at = look.begun_at - timedelta(hours=2)
        conversations.put(tx, Conversation(**fields | earlier | {"begun_at": at}))
        for day in (tx.now, tx.now + timedelta(days=1)):  # it may be midnight before the command is typed
            conversations.spend(tx, f"{day:%Y-%m-%d}", {"far.example": 400, "near.example": 5000})
            conversations.spend(tx, f"{day:%Y-%m-%d}", {"far.example": 50})
    return look


def test_nothing_was_looked_at(call: Call) -> None:
    assert call() == "Today: 0 of 20000 requests, to 0 servers.\n"


def test_what_was_spent_and_what_ended_it(call: Call, looked: Conversation) -> None:
    lines = call().splitlines()

    assert lines[:4] == [
        "Today: 5450 of 20000 requests, to 2 servers.",
        "No more today for: near.example.",
        "    5000  near.example",
        "     450  far.example",
    ]
    rows = [line.split() for line in lines[5:]]
    assert rows[1] == [
        "5",
        "min",
        "ago",
        "opened",
        "200",
        "450",
        "5",
        "12.3",
        "complete",
        "https://far.example/notes/1",
    ]
    assert " ".join(rows[2]).endswith("near.example? does not answer https://near.example/notes/1")


def test_for_programs(call: Call, looked: Conversation) -> None:
    [told] = json.loads(call("--json", "--limit", "1"))

    assert told["spent"] == {"near.example": 5000, "far.example": 450}
    assert [(one["uri"], one["ended"]) for one in told["conversations"]] == [(looked.uri, None)]
