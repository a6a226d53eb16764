"""smallfed rules and smallfed ledger: made, listed, looked at, searched, taken back."""

import json
from pathlib import Path

import pytest

from smallfed.cli.exits import Exit
from smallfed.domain.knock import OTHERS, Knock
from smallfed.domain.refusal import Path as Way
from smallfed.domain.rule import Action, Verdict
from smallfed.store import knocks, refusals
from smallfed.store.refusals import Came
from tests.cli.conftest import Call
from tests.cli.house import written
from tests.world import acquaint

POST = "https://far.example/users/bob/notes/1"


@pytest.fixture
def data(data: Path) -> Path:
    """Return the data directory of a house that has refused a post of bob's."""
    with written(data) as tx:
        bob = acquaint(tx, "bob@far.example")
        came = Came(
            path=Way.POST, actor=bob.uri, host=bob.host, type="Note", object=POST, raw=b'{"content":"\x1b[31m"}'
        )
        refusals.put(tx, came, Verdict(Action.HOLD, "It says 'airdrop'.", "rule 1: keyword airdrop"))
    return data


def test_rules_are_made_listed_and_taken_back(call: Call) -> None:
    nothing = call("rules")
    made = json.loads(
        call("rules", "add", "keyword", "buy now", "hold", "--for", "7d", "--comment", "spam", "--json")[1]
    )
    listed = call("rules")[1]
    wrong = call("rules", "add", "age", "soon", "drop")
    gone = call("rules", "remove", str(made["id"]))

    assert nothing[1] == "There are no rules: `smallfed rules add FAMILY MATCH ACTION`.\n"
    assert (made["family"], made["match"], made["action"], made["comment"]) == ("keyword", "buy now", "hold", "spam")
    assert "buy now" in listed
    assert "in 7 d" in listed
    assert (wrong[0], "30min, 24h or 7d" in wrong[2]) == (Exit.FAILED, True)
    assert gone[:2] == (Exit.OK, "There is no rule about keyword buy now any more.\n")
    assert call("rules", "remove", str(made["id"]))[0] == Exit.FAILED
    assert json.loads(call("rules", "--json")[1]) == []


def test_the_ledger_is_looked_at(call: Call) -> None:
    counted = json.loads(call("ledger", "--json")[1])
    listed = call("ledger", "list", "--held")[1]
    (line,) = json.loads(call("ledger", "list", "--text", "AIRDROP", "--json")[1])
    shown = call("ledger", "show", str(line["id"]))[1]
    why = call("ledger", "why", POST)[1]

    assert counted["rules"] == [
        {"rule": "rule 1: keyword airdrop", "reason": "It says 'airdrop'.", "times": 1, "hosts": 1}
    ]
    assert POST in listed
    assert (line["object"], line["kept"], line["action"]) == (POST, True, "hold")
    assert '{"content":"?[31m"}' in shown
    assert "Note hold: It says 'airdrop'. (rule 1: keyword airdrop)" in why
    assert call("ledger", "list", "--host", "other.example")[1] == "Nothing that is kept matches.\n"
    assert call("ledger", "list", "--host", "https://FAR.example/about") == call(
        "ledger", "list", "--host", "far.example"
    )
    assert call("ledger", "list", "--host", "far example")[0] == Exit.FAILED
    assert call("ledger", "why", "@nobody@quiet.example")[1].startswith("Nothing stands in its way")
    assert call("ledger", "show", "1")[0] == Exit.FAILED


def test_a_line_is_let_in_or_becomes_a_rule(call: Call, data: Path) -> None:
    (line,) = json.loads(call("ledger", "list", "--json")[1])

    made = call("ledger", "make-rule", str(line["id"]), "drop", "--family", "domain")
    released = call("ledger", "release", str(line["id"]))

    assert made[1].endswith("domain far.example: drop.\n")
    assert released[1] == "Note by https://far.example/users/bob is let in.\n"
    assert call("ledger", "list", "--held")[1] == "Nothing that is kept matches.\n"
    assert "released" in call("ledger", "list")[1]


@pytest.fixture
def knocked(data: Path) -> None:
    """Let somebody have been refused at the door who said to be of far.example, and many others."""
    with written(data) as tx:
        reasons = {"rule": "door: signature", "reason": "The signature is not that of the key it names."}
        knocks.put(tx, [Knock(host=host, method="POST", times=41, **reasons) for host in ("far.example", OTHERS)])


@pytest.mark.usefixtures("knocked")
def test_what_was_refused_at_the_door(call: Call) -> None:
    """It is counted, listed, searched and told of whoever is from there; there is nothing to let in."""
    counted = json.loads(call("ledger", "--json")[1])["rules"][0]
    listed = call("ledger", "list", "--door")[1]
    found = json.loads(call("ledger", "list", "--door", "--host", "far.example", "--json")[1])
    why = [call("ledger", "why", about)[1] for about in (POST, "@bob@far.example", "far.example")]
    number = found[0]["id"]
    said = [call("ledger", "release", number), call("ledger", "make-rule", number, "drop", "--family", "domain")]

    assert (counted["rule"], counted["times"], counted["hosts"]) == ("door: signature", 82, 2)
    assert "says to be of far.example" in listed
    assert "many more names" in listed
    assert [(one["path"], one["actor"], one["host"], one["times"]) for one in found] == [
        ("knock", "", "far.example", 41)
    ]
    for told in why:
        assert (
            "door: on 1 day 41 requests by somebody who says to be of far.example were refused: The signature is not"
            " that of the key it names. (door: signature) (0 s ago)\n"
        ) in told
        assert "door: on 1 day 41 requests by others, who said too many names to write each down, were refused" in told
        assert told.count("door: on") == 2
    assert [code for code, _, _ in said] == [Exit.FAILED] * 2
    assert "nothing of it was kept, and nobody knows who sent it" in said[0][2]
    assert "`smallfed rules add domain HOST ACTION`" in said[1][2]
    assert "What came is not kept." in call("ledger", "show", number)[1]
