"""smallfed announce: said, listed, taken back."""

from contextlib import closing
from pathlib import Path

import pytest

from smallfed.cli.exits import Exit
from smallfed.runtime.clock import Clock, chance
from smallfed.store import announcements
from smallfed.store.opening import open_reader, open_writer
from smallfed.store.tx import Tx
from tests.cli.conftest import Call
from tests.prepared import prepared
from tests.world import acquaint

COMMAND = "announce"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return the data directory of a house that is set up."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    now = Clock().now()
    prepared(folder / "smallfed.db")
    with closing(open_writer(folder / "smallfed.db")) as sql:
        acquaint(Tx(sql, now=now, dice=chance), "alice@home.example", local=True)
    return folder


def test_it_is_said_listed_and_taken_back(call: Call, data: Path) -> None:
    code, said, _ = call("Back on **Monday**", "--starts", "2027-01-02", "--ends", "2027-01-04 12:30", "--all-day")

    number = said.split()[-1]
    with closing(open_reader(data / "smallfed.db")) as sql:
        (made,) = announcements.every(Tx(sql, now=Clock().now(), dice=chance))
    assert (code, made.content, made.all_day) == (Exit.OK, "<p>Back on <strong>Monday</strong></p>", True)
    assert made.ends_at is not None
    assert made.ends_at.astimezone().strftime("%d %H:%M") == "04 12:30"
    assert number in call("--list")[1]
    assert "Back on **Monday**" in call("--list")[1]
    assert call("--remove", number)[:2] == (Exit.OK, "It is taken back.\n")
    assert call("--list")[1] == "Nothing is announced: `smallfed announce TEXT`.\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "type either a TEXT, --list or --remove ID"),
        (("x", "--list"), "type either a TEXT, --list or --remove ID"),
        (("x", "--all-day"), "what takes all day has a day on which it starts"),
        (("--remove", "1"), "Record not found"),
    ],
)
def test_what_does_not_go(call: Call, arguments: tuple[str, ...], words: str) -> None:
    code, _, complaint = call(*arguments)

    assert code != Exit.OK
    assert words in complaint
