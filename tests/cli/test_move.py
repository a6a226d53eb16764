"""smallfed alias and move, without a server: what can be seen and taken back, and what takes one."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest

from smallfed.cli.exits import Exit
from smallfed.services import departing
from smallfed.store import accounts, moves
from smallfed.store.tx import Tx
from tests.cli.conftest import Call
from tests.cli.house import looked_at, written
from tests.world import acquaint, befriend, lend_keys

ALICE = "https://home.example/users/alice"
NEW = "https://new.example/users/alice"


@pytest.fixture
def data(data: Path) -> Path:
    """Return a data directory: alice has two aliases and a follower; bob, whom she follows, has moved."""
    with written(data) as tx:
        _settle(tx)
    return data


def _settle(tx: Tx) -> None:
    alice = accounts.owner(tx)
    lend_keys(tx)
    old, new = acquaint(tx, "alice@old.example"), acquaint(tx, "alice@new.example", also_known_as=(ALICE,))
    accounts.change(tx, alice.id, also_known_as=(old.uri, new.uri))
    befriend(tx, acquaint(tx, "fay@far.example"), alice)
    bob, there = acquaint(tx, "bob@far.example"), acquaint(tx, "bob@there.example")
    moves.put(tx, bob.id, target=there.id, followed=True)


def _depart(tx: Tx) -> None:
    new = accounts.find_uri(tx, NEW)
    assert new is not None
    departing.depart(tx, new.id)


def test_aliases_are_listed_and_removed(call: Call, data: Path) -> None:
    listed = call("alias")
    as_json = call("alias", "list", "--json")
    removed = call("alias", "remove", "@alice@old.example")
    unknown = call("alias", "remove", "https://nowhere.example/users/alice")
    last = call("alias", "remove", NEW)

    assert listed == (Exit.OK, f"https://old.example/users/alice\n{NEW}\n", "")
    assert json.loads(as_json[1]) == ["https://old.example/users/alice", NEW]
    assert removed == (Exit.OK, f"{NEW}\n", "")
    assert (unknown[0], unknown[1]) == (Exit.FAILED, "")
    assert "not among the aliases" in unknown[2]
    assert last == (Exit.OK, "There are no aliases.\n", "")


TAKE_A_SERVER = [("alias", "add", "@a@b.example"), ("move", "@a@b.example"), ("move", NEW, "--dry-run")]


@pytest.mark.parametrize("arguments", TAKE_A_SERVER)
def test_what_takes_a_server_says_so(call: Call, arguments: tuple[str, ...]) -> None:
    code, out, err = call(*arguments)

    assert (code, out) == (Exit.FAILED, "")
    assert "smallfed run" in err


@pytest.mark.parametrize("arguments", [(), ("--status", "--cancel"), (NEW, "--status"), (NEW, "--cancel")])
def test_one_thing_at_a_time(call: Call, arguments: tuple[str, ...]) -> None:
    assert call("move", *arguments)[0] == Exit.USAGE


def test_status(call: Call, data: Path) -> None:
    """How far one's own move has got, and who else has moved."""
    never = call("move", "--status")
    with written(data, ago=timedelta(hours=3, seconds=5)) as tx:
        _depart(tx)
    moved = call("move", "--status")
    own = json.loads(call("move", "--status", "--json")[1])["own"]

    assert never[0] == moved[0] == Exit.OK
    assert never[1].startswith("You have never moved.\n")
    assert moved[1].splitlines()[:3] == [
        f"You moved to {NEW} 3 h ago.",
        "Followers: 1 then, 1 still here.",
        "Servers told: 1 waiting.",
    ]
    other = ["bob@far.example", "bob@there.example", "0 s ago", "asked to follow there"]
    assert moved[1].splitlines()[-1].split("  ") == other
    assert (own["target"], own["followers_then"], own["followers_left"]) == (NEW, 1, 1)
    assert own["deliveries"] == {"waiting": 1}


def test_to_come_back(call: Call, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was not told yet will not be."""
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    not_moved = call("move", "--cancel", "--yes")
    with written(data) as tx:
        _depart(tx)
    asked = call("move", "--cancel")
    done = call("move", "--cancel", "--yes")
    status = call("move", "--status")

    assert not_moved[0] == Exit.FAILED
    assert asked[0] != Exit.OK
    assert done == (Exit.OK, f"You live here again, no longer at {NEW}. Who followed you there still does.\n", "")
    assert "You came back 0 s ago." in status[1]
    assert "Servers told: 1 dropped." in status[1]
    with looked_at(data) as tx:
        assert tx.sql.execute("SELECT moved_to FROM accounts WHERE local").fetchall() == [(None,)]
