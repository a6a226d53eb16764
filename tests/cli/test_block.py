"""smallfed block, limit, allow, unblock: seen before, done, listed, undone."""

import io
import json
from contextlib import closing
from pathlib import Path

import pytest

from smallfed.cli.exits import Exit
from smallfed.runtime.clock import Clock, chance
from smallfed.services import consequences
from smallfed.store import domain_blocks
from smallfed.store.opening import open_reader, open_writer, prepare
from smallfed.store.tx import Tx
from tests.cli.conftest import Call
from tests.world import acquaint, befriend, say


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return the data directory of a house whose owner follows bob, and is followed by cem, on one server."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    now = Clock().now()
    prepare(folder / "smallfed.db", now=now)
    with closing(open_writer(folder / "smallfed.db")) as sql:
        tx = Tx(sql, now=now, dice=chance, then=consequences.follow)
        alice = acquaint(tx, "alice@home.example", local=True)
        bob, cem = acquaint(tx, "bob@bad.example"), acquaint(tx, "cem@sub.bad.example")
        befriend(tx, alice, bob)
        befriend(tx, cem, alice)
        for _ in "abc":
            say(tx, bob)
    return folder


def test_what_a_block_cuts_is_seen_before(call: Call, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    previewed = call("block", "bad.example", "--preview")
    nobody_agrees = call("block", "bad.example")
    nothing_yet = call("block")
    done = call("block", "bad.example", "--yes", "--public-comment", "Spam", "--json")
    listed = json.loads(call("block", "--json")[1])

    assert previewed[:2] == (
        Exit.OK,
        "Blocking bad.example cuts 1 person you follow, cuts 1 follower, hides 3 posts.\n"
        "You follow:\n  @bob@bad.example\nThey follow you:\n  @cem@sub.bad.example\n",
    )
    assert nobody_agrees[0] == Exit.USAGE
    assert nothing_yet[1] == "Nothing is blocked or limited: `smallfed block HOST`.\n"
    assert json.loads(done[1])["impact"]["following"] == ["bob@bad.example"]
    assert [(one["domain"], one["severity"], one["public_comment"], one["final_at"]) for one in listed] == [
        ("bad.example", "suspend", "Spam", None)
    ]
    assert "frozen" in call("block")[1]


def test_lifting_shows_what_comes_back_and_brings_it(call: Call, data: Path) -> None:
    call("block", "bad.example", "--yes")
    previewed = call("unblock", "bad.example", "--preview")
    inside = call("unblock", "sub.bad.example")
    done = call("unblock", "bad.example")
    again = call("unblock", "bad.example")

    assert previewed[1].startswith(
        "Lifting the block of bad.example brings back: 1 person you follow (they are asked again), 1 follower, 3 posts."
    )
    assert (inside[0], "smallfed allow sub.bad.example" in inside[2]) == (Exit.FAILED, True)
    back = "Back: 1 person you follow (they are asked again), 1 follower, 3 posts.\n"
    assert done[:2] == (Exit.OK, f"Nothing holds for bad.example any more.\n{back}")
    assert again[0] == Exit.FAILED
    with closing(open_reader(data / "smallfed.db")) as sql:
        tx = Tx(sql, now=Clock().now(), dice=chance)
        assert tx.all("SELECT DISTINCT state FROM follows") == [("accepted",)]


def test_to_look_ahead_does_nothing(call: Call, data: Path) -> None:
    """Also where it is the last word, and to everything else was said yes."""
    call("block", "bad.example", "--yes")
    final = call("block", "bad.example", "--final", "--preview", "--yes")
    for_programs = call("block", "bad.example", "--final", "--preview", "--json")
    somebody = call("block", "@bob@bad.example", "--preview", "--yes")

    assert final[:2] == (
        Exit.OK,
        "You follow:\n  @bob@bad.example\nThey follow you:\n  @cem@sub.bad.example\n"
        "These follows would end for good, and those there would be told.\n",
    )
    assert json.loads(for_programs[1])["following"] == ["bob@bad.example"]
    assert (somebody[0], "--preview is for servers" in somebody[2]) == (Exit.USAGE, True)
    with closing(open_reader(data / "smallfed.db")) as sql:
        tx = Tx(sql, now=Clock().now(), dice=chance)
        assert tx.all("SELECT DISTINCT state FROM follows") == [("frozen",)]
        assert tx.all("SELECT 1 FROM blocks") == []


def test_what_was_final_can_be_asked_for_again(call: Call) -> None:
    call("block", "bad.example", "--yes")
    final = call("block", "bad.example", "--final", "--yes")
    previewed = call("unblock", "bad.example", "--preview")
    done = call("unblock", "bad.example", "--follow-again", "--json")

    assert final[1].endswith("The block of bad.example is final: 2 follows ended.\n")
    assert previewed[1].endswith("You followed these until the block was final (--follow-again):\n  @bob@bad.example\n")
    assert json.loads(done[1]) == {"back": None, "followed_again": ["bob@bad.example"]}


def test_limits(call: Call, data: Path) -> None:
    call("limit", "noisy.example")
    call("limit", "*.pictures.example", "--visible", "--reject-media", "--private-comment", "Too many")
    listed = json.loads(call("block", "--json")[1])

    assert {(one["domain"], one["severity"], one["reject_media"]) for one in listed} == {
        ("noisy.example", "silence", False),
        ("*.pictures.example", "noop", True),
    }
    assert call("limit", "x.example", "--visible")[0] == Exit.USAGE
    assert call("limit", "home.example")[0] == Exit.FAILED


def test_what_is_allowed(call: Call, data: Path) -> None:
    call("block", "bad.example", "--yes")
    own = call("allow", "bad.example")
    nearer = call("allow", "sub.bad.example")

    assert own[1] == "bad.example is allowed, but you block bad.example, which holds.\n"
    assert nearer[1] == "sub.bad.example is allowed.\n"
    with closing(open_reader(data / "smallfed.db")) as sql:
        tx = Tx(sql, now=Clock().now(), dice=chance)
        assert [domain_blocks.covers(tx, host) for host in ("bad.example", "sub.bad.example")] == [True, False]
    assert "sub.bad.example" in call("allow")[1]
    assert call("allow", "sub.bad.example", "--remove")[1] == "sub.bad.example is allowed no longer.\n"
    assert call("allow", "sub.bad.example", "--remove")[0] == Exit.FAILED


def test_people(call: Call, data: Path) -> None:
    assert call("block", "@bob@bad.example", "--yes")[:2] == (Exit.OK, "@bob@bad.example is blocked.\n")
    assert call("limit", "https://sub.bad.example/users/cem")[1] == "@cem@sub.bad.example is muted.\n"
    assert call("block", "@nobody@bad.example", "--yes")[0] == Exit.FAILED
    assert call("unblock", "@bob@bad.example", "--preview")[0] == Exit.USAGE
    with closing(open_reader(data / "smallfed.db")) as sql:
        tx = Tx(sql, now=Clock().now(), dice=chance)
        assert tx.one("SELECT count(*) FROM blocks")[0] == 1
        assert len(tx.all("SELECT * FROM mutes")) == 1
    assert call("unblock", "@bob@bad.example")[1] == "@bob@bad.example is neither blocked nor muted any more.\n"
    with closing(open_reader(data / "smallfed.db")) as sql:
        assert Tx(sql, now=Clock().now(), dice=chance).one("SELECT count(*) FROM blocks")[0] == 0
