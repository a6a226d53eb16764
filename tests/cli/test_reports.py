"""smallfed reports: listed, shown, answered."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from smallfed.cli.exits import Exit
from smallfed.domain.incoming import Flag
from smallfed.domain.report import Category
from smallfed.services import reporting
from smallfed.store import accounts
from tests.cli.conftest import Call
from tests.cli.house import looked_at, written
from tests.world import acquaint, say

COMMAND = "reports"


@pytest.fixture
def data(data: Path) -> Path:
    """Return the data directory of a house with a complaint about bob, and one about a post of the owner."""
    with written(data) as tx:
        alice, bob = accounts.owner(tx), acquaint(tx, "bob@far.example")
        theirs = say(tx, bob, content="<p>Buy&nbsp;now</p>")
        reporting.file(tx, bob, named=[theirs.id], comment="ads\x1b[2J", category=Category.SPAM, rules=(), forward=())
        said = say(tx, alice, id=77, uri=f"{alice.uri}/notes/77", content="<p>mine</p>")
        tx.now += timedelta(seconds=1)
        eve = "https://bad.example/users/eve"
        assert reporting.receive(tx, Flag(id=f"{eve}#1", actor=eve, objects=(said.uri,), comment="rude")) is None
    return data


def test_seen_and_answered(call: Call, data: Path) -> None:
    listed = call()[1]
    received, own = json.loads(call("list", "--json")[1])
    shown = json.loads(call("show", str(received["id"]), "--json")[1])
    words = call("show", str(own["id"]))[1]

    acted = call("act", str(received["id"]), "--delete-own-post", "77", "--block")
    dismissed = json.loads(call("dismiss", str(own["id"]), "--json")[1])

    assert "bad.example" in listed
    assert "\x1b" not in listed + words
    assert "eve" not in json.dumps([received, shown])
    assert (own["own"], own["about"], received["own"]) == (True, "bob@far.example", False)
    assert [post["text"] for post in shown["named"]] == ["mine"]
    assert "Buy now" in words
    assert acted == (Exit.OK, f"Complaint {received['id']} is done with (blocked, deleted).\n", "")
    assert dismissed == {"id": own["id"], "deeds": ["dismissed"], "open": False}
    assert call()[1] == "No complaint is open.\n"
    assert [one["deeds"] for one in json.loads(call("list", "--all", "--json")[1])] == [
        ["blocked", "deleted"],
        ["dismissed"],
    ]
    with looked_at(data) as tx:
        assert tx.sql.execute("SELECT domain FROM domain_blocks").fetchall() == [("bad.example",)]
        assert tx.sql.execute("SELECT count(*) FROM posts WHERE local").fetchone() == (0,)


def test_what_cannot_be_done_says_what_can(call: Call) -> None:
    _, own = json.loads(call("list", "--json")[1])

    assert call("act", str(own["id"]))[2].startswith("smallfed: say what is to be done")
    assert call("show", "5")[0] == Exit.FAILED
    assert call("reopen", str(own["id"]))[1] == f"Complaint {own['id']} is open again.\n"
