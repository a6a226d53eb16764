"""smallfed farewell: what it says before, what it asks, what it says afterwards."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from smallfed.__main__ import run
from smallfed.cli.exits import Exit
from smallfed.cli.frame import frame
from smallfed.store import accounts, houses
from smallfed.workers.keymaking import fresh_keys
from tests.cli.house import looked_at, written
from tests.world import acquaint, befriend, say

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def data(data: Path) -> Path:
    """Return a data directory: alice has a follower, a post, and knows two servers."""
    with written(data) as tx:
        alice = accounts.owner(tx)
        for name, (algorithm, private, public) in fresh_keys().items():
            houses.put_key(tx, name, algorithm=algorithm, private_pem=private, public_pem=public)
        bob = acquaint(tx, "bob@far.example")
        acquaint(tx, "carol@other.example")
        befriend(tx, bob, alice)
        say(tx, alice)
    return data


@pytest.fixture
def call(data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Return a function that types ``smallfed farewell …`` and then ``typed``: exit code, output, errors."""

    def call(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", StringIO(typed))
        code = run(frame(), ["farewell", "--data", str(data), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def has_left(data: Path) -> bool:
    with looked_at(data) as tx:
        return tx.sql.execute("SELECT count(*) FROM farewells").fetchone() == (1,)


def test_a_dry_run_says_all_and_does_nothing(call: Call, data: Path) -> None:
    code, out, err = call("--dry-run")

    assert (code, err) == (0, "")
    for words in (
        "@alice@home.example. Nobody can undo it",
        "2 inboxes on 2 servers",
        "1 post of yours, 0 posts of others, 1 follower, 0 follows",
        "answers 410 (Gone)",
        f"copy\n  {data}",
        "move instead",
    ):
        assert words in out
    assert not has_left(data)


def test_a_dry_run_for_programs(call: Call) -> None:
    _, out, _ = call("--dry-run", "--json")

    assert json.loads(out) == {
        "inboxes": 2,
        "hosts": 2,
        "blocked": 0,
        "followers": 1,
        "following": 0,
        "posts": 1,
        "others": 0,
    }


@pytest.mark.parametrize("typed", ["", "yes\n", "bob@far.example\n"])
def test_anything_but_the_handle_changes_nothing(call: Call, data: Path, typed: str) -> None:
    code, _, _ = call(typed=typed)

    assert code != Exit.OK
    assert not has_left(data)


def test_the_handle_typed_is_the_end(call: Call, data: Path) -> None:
    code, out, err = call(typed="alice@home.example\n")

    assert code == 0
    assert "Nobody can undo it" in err
    assert out.startswith("Farewell. 2 inboxes on 2 servers will be told")
    assert has_left(data)


def test_how_far_it_is(call: Call, data: Path) -> None:
    call(typed="alice@home.example\n")
    with written(data) as tx:
        tx.sql.execute("UPDATE deliveries SET state = 'delivered' WHERE host = 'far.example'")

    code, out, err = call("--status")
    _, as_json, _ = call("--status", "--json")

    assert (code, err) == (0, "")
    assert out.splitlines()[:2] == ["Told: 1 of 2 inboxes", "Deleted here: not everything yet; the server is at it"]
    assert out.splitlines()[-1].split() == ["https://other.example/inbox", "waiting", "0"]
    (status,) = json.loads(as_json)
    assert (status["delivered"], status["waiting"], status["failed"], status["inboxes"]) == (1, 1, 0, 2)
    assert [one["host"] for one in status["untold"]] == ["other.example"]


def test_status_where_nobody_has_left(call: Call) -> None:
    code, _, err = call("--status")

    assert code == Exit.FAILED
    assert "nobody has left here" in err


@pytest.mark.parametrize("arguments", [("--dry-run",), ()])
def test_nobody_leaves_twice(call: Call, arguments: tuple[str, ...]) -> None:
    call(typed="alice@home.example\n")

    code, _, err = call(*arguments, typed="alice@home.example\n")

    assert code == Exit.FAILED
    assert "has left already" in err


def test_nothing_else_is_changed_afterwards(data: Path, call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    call(typed="alice@home.example\n")

    code = run(frame(), ["token", "--data", str(data), "--app", "late"])

    assert code == Exit.FAILED
    assert "has left" in capsys.readouterr().err
