"""Questions before something is done: no answer is not a yes, and a script is told what to add."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from smallfed.__main__ import run
from smallfed.cli.exits import Exit
from smallfed.cli.frame import frame
from smallfed.cli.secret_input import ask_password
from smallfed.store import accounts
from tests.cli.house import written


@pytest.fixture
def data(data: Path) -> Path:
    """Return the data directory of somebody who has moved away."""
    with written(data) as tx:
        owner = accounts.owner(tx)
        accounts.change(tx, owner.id, moved_to="https://new.example/users/alice")
    return data


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (("replay", "again"), "type it in a terminal, or add --yes"),
        (("queue", "drop", "--all"), "type it in a terminal, or add --yes"),
        (("move", "--cancel"), "type it in a terminal, or add --yes"),
        (("farewell",), "type it in a terminal"),
    ],
)
def test_where_nobody_can_answer(
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    advice: str,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    code = run(frame(), [*arguments, "--data", str(data)])

    out, err = capsys.readouterr()
    assert (code, out) == (Exit.USAGE, "")
    assert err.endswith(f"\nsmallfed: there is nobody to answer: {advice}\n")


def test_whoever_lives_here_is_not_asked_for_another_password(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(frame(), ["setup", "--domain", "other.example", "--user", "bob", "--data", str(data)])

    assert (code, capsys.readouterr().err) == (
        Exit.FAILED,
        f"smallfed: @alice@home.example lives in {data} already: `smallfed run` starts that server;"
        " for another one give another --data\n",
    )


def test_a_password_without_a_terminal(data: Path) -> None:
    """A session of its own has none, whatever this test was started from."""
    done = subprocess.run(
        [sys.executable, "-m", "smallfed", "password", "--data", str(data)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        start_new_session=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (
        Exit.USAGE,
        "",
        "smallfed: there is no terminal to type the password at: --password-stdin reads it from standard input\n",
    )


def test_a_password_is_the_first_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a few long words\nsecond\n"))

    assert ask_password(from_stdin=True) == "a few long words"


def test_what_a_script_is_told_that_sets_a_server_up_and_replaces_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Standard output is JSON and nothing else, and nothing is asked."""
    said = []
    for words in (("setup", "--domain", "home.example", "--user", "alice"), ("password",)):
        monkeypatch.setattr("sys.stdin", io.StringIO("a few long words\n"))
        code = run(frame(), [*words, "--password-stdin", "--json", "--data", str(tmp_path)])
        out, err = capsys.readouterr()
        said.append((code, json.loads(out), err))

    assert said == [
        (Exit.OK, {"handle": "alice@home.example", "base": "https://home.example"}, ""),
        (Exit.OK, {"revoked": 0}, ""),
    ]
