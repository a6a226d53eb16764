"""smallfed announce: said, listed, taken back."""

from pathlib import Path

import pytest

from smallfed.cli.exits import Exit
from smallfed.store import announcements
from tests.cli.conftest import Call
from tests.cli.house import looked_at

COMMAND = "announce"


def test_it_is_said_listed_and_taken_back(call: Call, data: Path) -> None:
    code, said, _ = call("Back on **Monday**", "--starts", "2027-01-02", "--ends", "2027-01-04 12:30", "--all-day")

    number = said.split()[-1]
    with looked_at(data) as tx:
        (made,) = announcements.every(tx)
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
