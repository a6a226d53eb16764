"""smallfed replay: what it shows, what it puts back, what it asks."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest

from smallfed.__main__ import run
from smallfed.cli.exits import Exit
from smallfed.cli.frame import frame
from smallfed.runtime.clock import Clock
from smallfed.store import inbound
from tests import world
from tests.cli.conftest import Call
from tests.cli.house import looked_at, written
from tests.store.test_inbound import arriving

COMMAND = "replay"


@pytest.fixture
def data(data: Path) -> Path:
    """Return a data directory: 1 and 2 were ignored, 2 without its letter; 3 is parked; 4 is of a blocked host."""
    now = Clock().now()
    with written(data, ago=timedelta(minutes=10, seconds=5)) as tx:
        for number in (1, 2, 3):
            inbound.put(tx, arriving(number, type="Dance" if number < 3 else "Like"))
        inbound.put(tx, arriving(4, type="Create", host="evil.example"))
        one, two, three, four = inbound.claim(tx, limit=4)
        inbound.settle(tx, one, ignored="Unknown \x1b[31mtype.")
        inbound.settle(tx, two, ignored="Unknown \x1b[31mtype.")
        inbound.park(tx, three, due=now + timedelta(hours=1), reason="No answer.")
        inbound.settle(tx, four, ignored="Blocked.")
        tx.run("DELETE FROM letters WHERE inbound_id = 2")
        world.keep_away(tx, "evil.example")
    return data


def states(data: Path) -> list[str]:
    with looked_at(data) as tx:
        return [state for (state,) in tx.sql.execute("SELECT state FROM inbound ORDER BY id")]


def cells(out: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("  ") if cell] for line in out.splitlines()]


@pytest.mark.parametrize("arguments", [(), ("groups",)])
def test_groups(call: Call, arguments: tuple[str, ...]) -> None:
    code, out, err = call(*arguments)

    assert (code, err) == (0, "")
    assert cells(out) == [
        ["TYPE", "STATE", "TIMES", "LETTERS", "SINCE", "REASON"],
        ["Dance", "ignored", "2", "1", "10 min ago", "Unknown ?[31mtype."],
        ["Create", "ignored", "1", "1", "10 min ago", "Blocked."],
        ["Like", "parked", "1", "1", "10 min ago", "No answer."],
    ]


def test_groups_for_programs(call: Call) -> None:
    _, out, _ = call("--json")

    found = [(one["type"], one["state"], one["times"], one["letters"]) for one in json.loads(out)]
    assert found == [("Dance", "ignored", 2, 1), ("Create", "ignored", 1, 1), ("Like", "parked", 1, 1)]


def test_single_rows(call: Call) -> None:
    code, out, _ = call("list", "--type", "Dance", "--reason", "unknown", "--host", "FAR.example", "--limit", "2")

    actor, activity = "https://far.example/users/bob", "https://far.example/activities"
    assert code == 0
    assert cells(out) == [
        ["ID", "TYPE", "STATE", "WHEN", "LETTER", "ACTOR", "ACTIVITY", "REASON"],
        ["2", "Dance", "ignored", "10 min ago", "gone", actor, f"{activity}/2", "Unknown ?[31mtype."],
        ["1", "Dance", "ignored", "10 min ago", "kept", actor, f"{activity}/1", "Unknown ?[31mtype."],
        ["These are the latest 2; --limit shows more."],
    ]


@pytest.mark.parametrize(
    ("arguments", "found"), [((), [4, 2, 1, 3]), (("--parked",), [3]), (("--host", "nowhere.example"), [])]
)
def test_single_rows_for_programs(call: Call, arguments: tuple[str, ...], found: list[int]) -> None:
    _, out, _ = call("list", "--json", *arguments)

    assert sorted(one["id"] for one in json.loads(out)) == sorted(found)


GONE = "1 gone: letters are kept for seven days.\n"
BLOCKED = "1 left alone: you block the server.\n"


@pytest.mark.parametrize(
    ("arguments", "said", "waiting"),
    [
        (("--yes",), f"1 activity will be handled again.\n{GONE}{BLOCKED}", {1}),
        (("--parked", "--yes"), "1 activity will be handled again.\n", {3}),
        (("--type", "Dance"), f"1 activity will be handled again.\n{GONE}", {1}),
        (("--reason", "BLOCKED"), f"0 activities will be handled again.\n{BLOCKED}", set()),
        (("--host", "nowhere.example"), "0 activities will be handled again.\n", set()),
        (("--id", "3"), "1 activity will be handled again.\n", {3}),
        (
            ("--id", "1", "--json"),
            '{\n  "again": 1,\n  "gone": 0,\n  "blocked": 0,\n  "left": 0\n}\n',
            {1},
        ),
    ],
)
def test_again(call: Call, data: Path, arguments: tuple[str, ...], said: str, waiting: set[int]) -> None:
    assert call("again", *arguments) == (0, said, "")

    assert {number for number, state in enumerate(states(data), 1) if state == "waiting"} == waiting


@pytest.mark.parametrize(("arguments", "meant"), [((), "was ignored"), (("--parked",), "is parked")])
def test_everything_is_asked_about(
    call: Call, data: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], meant: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))

    code, _, err = call("again", *arguments)

    assert code == Exit.INTERRUPTED
    assert f"Handle everything again that {meant}? [y/N]" in err
    assert states(data) == ["ignored", "ignored", "parked", "ignored"]


def test_nothing_is_kept(call: Call, data: Path) -> None:
    with written(data) as tx:
        tx.sql.execute("DELETE FROM inbound")

    assert call() == (0, "Nothing is kept: everything that came was understood and done.\n", "")
    assert call("list") == (0, "Nothing that is kept matches.\n", "")


@pytest.mark.parametrize("arguments", [(), ("list",), ("again", "--yes")])
def test_where_there_is_no_server_yet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    code = run(frame(), ["replay", "--data", str(tmp_path / "nowhere"), *arguments])

    assert (code, capsys.readouterr().err[:29]) == (Exit.NOT_SET_UP, "smallfed: there is no server ")
