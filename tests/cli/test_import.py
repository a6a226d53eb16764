"""smallfed import and export: files in, files out, and what is said about them."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from smallfed.__main__ import run
from smallfed.cli.exits import Exit
from smallfed.cli.frame import frame
from smallfed.services import blocking, listing, moderating
from smallfed.store import accounts, imports
from tests.cli.house import looked_at, written
from tests.world import acquaint, befriend

Call = Callable[..., tuple[int, str, str]]
FOLLOWS = "Account address,Show boosts,Notify on new posts,Languages\nbob@far.example,true,false,\n"


@pytest.fixture
def data(data: Path) -> Path:
    """Return a data directory: alice follows bob."""
    with written(data) as tx:
        alice = accounts.owner(tx)
        bob = acquaint(tx, "bob@far.example")
        befriend(tx, alice, bob)
        listing.enter(tx, "Friends", bob)
    return data


@pytest.fixture
def call(data: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> Call:
    """Return a function that types ``smallfed …``: exit code, standard output, standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(frame(), [arguments[0], "--data", str(data), *arguments[1:]])
        said = capsysbinary.readouterr()
        return code, said.out.decode(), said.err.decode()

    return call


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Return a file of three follows, two of them new, with a line that says nothing."""
    path = tmp_path / "following.csv"
    path.write_text("Account address\n@bob@far.example\ncem@gts.example\nnonsense\nday@gts.example\n")
    return str(path)


def test_export(call: Call) -> None:
    assert call("export", "follows") == (Exit.OK, FOLLOWS, "")
    assert call("export", "bookmarks") == (Exit.OK, "", "")
    assert call("export", "lists") == (Exit.OK, "Friends,bob@far.example\n", "")
    assert call("export", "filters")[0] == Exit.USAGE


def test_what_a_block_has_ended_can_be_had_back(call: Call, data: Path, tmp_path: Path) -> None:
    """Once, as it was last, and only what has not begun again."""
    with written(data) as tx:
        alice = accounts.owner(tx)
        bob, cem = accounts.find_handle(tx, "bob", "far.example"), acquaint(tx, "cem@far.example")
        assert bob is not None
        befriend(tx, bob, alice)
        befriend(tx, alice, cem)
        for _ in "ab":
            blocking.block_domain(tx, "far.example")
            moderating.finish(tx, "far.example")
            blocking.unblock_domain(tx, "far.example")
            befriend(tx, alice, cem, reblogs=False)

    assert call("export", "follows", "--severed") == (Exit.OK, FOLLOWS, "")
    assert call("export", "followers", "--severed") == (Exit.OK, "Account address\nbob@far.example\n", "")
    code, _, complaint = call("export", "lists", "--severed")
    assert (code, "--severed is for follows and followers" in complaint) == (Exit.USAGE, True)


def test_a_dry_run_does_nothing(call: Call, data: Path, file: str) -> None:
    merged = call("import", "follows", file, "--dry-run")
    as_json = call("import", "follows", file, "--overwrite", "--dry-run", "--json")
    nothing = call("import", "--status")

    assert merged[:2] == (Exit.OK, "2 would be added, 1 are here already, 0 would be removed.\n")
    assert merged[2] == "Line 4 is left out, 'nonsense': A handle has the form @user@example.org.\n"
    said = json.loads(as_json[1])
    assert (said["new"], said["known"], said["removed"], len(said["unread"])) == (2, 1, 0, 1)
    assert nothing == (Exit.OK, "Nothing has been imported.\n", "")


def test_an_import_waits_for_the_server(call: Call, data: Path, file: str) -> None:
    """Without one nothing is lost: it goes on when the server runs."""
    begun = call("import", "follows", file)
    status = call("import", "--status")
    with written(data) as tx:
        (first, *_) = imports.due(tx, busy=[], limit=9)
        imports.settle(tx, first.id, failed="Nobody \x1b[31mthere.")
    failed = call("import", "--status")
    retried = call("import", "--retry")

    assert begun[:2] == (Exit.OK, "3 lines will be imported; `smallfed import --status` shows how far it has got.\n")
    assert status[1].splitlines()[1].split() == ["follows", "0", "s", "ago", "3", "0", "0"]
    assert "bob@far.example  failed  1      Nobody ?[31mthere." in failed[1]
    assert retried == (Exit.OK, "1 line will be tried again.\n", "")


def test_to_overwrite_is_asked(call: Call, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other.csv"
    other.write_text("cem@gts.example\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))

    refused = call("import", "follows", str(other), "--overwrite")
    kept = call("export", "follows")
    done = call("import", "follows", str(other), "--overwrite", "--yes")
    gone = call("export", "follows")

    assert refused[0] != Exit.OK
    assert kept[1] == FOLLOWS
    assert done[0] == Exit.OK
    assert gone[1] == FOLLOWS.partition("\n")[0] + "\n"


def test_lists(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is in which list is what counts: the same account in two lists is two lines."""
    path = tmp_path / "lists.csv"
    path.write_text("Friends,bob@far.example\nWork,bob@far.example\n,bob@far.example\n")
    other = tmp_path / "other.csv"
    other.write_text("Work,bob@far.example\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))

    previewed = call("import", "lists", str(path), "--dry-run")
    begun = call("import", "lists", str(path))
    refused = call("import", "lists", str(other), "--overwrite")

    assert previewed[1] == "1 would be added, 1 are here already, 0 would be removed.\n"
    assert previewed[2].startswith("Line 3 is left out, 'bob@far.example': This is no name of a list")
    assert begun[1].startswith("2 lines will be imported")
    assert "Remove 1 entries of your lists that are not in the file?" in refused[2]
    assert call("export", "lists")[1] == "Friends,bob@far.example\n"


@pytest.mark.parametrize("arguments", [(), ("follows",), ("--status", "--retry"), ("followers", "-"), ("filters", "-")])
def test_what_is_typed_wrongly(call: Call, arguments: tuple[str, ...]) -> None:
    assert call("import", *arguments)[0] == Exit.USAGE


def test_a_file_without_a_line(call: Call, data: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")

    code, _, error = call("import", "follows", str(empty), "--overwrite", "--yes")

    assert code == Exit.FAILED
    assert "no line" in error
    with looked_at(data) as tx:
        assert tx.sql.execute("SELECT count(*) FROM follows").fetchone() == (1,)
