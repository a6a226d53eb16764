"""smallfed preferences and smallfed boosts: shown, changed, and hidden for many at once."""

import json
from pathlib import Path

import pytest

from smallfed.cli.exits import Exit
from smallfed.store import accounts
from tests.cli.conftest import Call
from tests.cli.house import written
from tests.world import acquaint, befriend


@pytest.fixture
def data(data: Path) -> Path:
    """Return the data directory of a house whose owner follows bob and carol."""
    with written(data) as tx:
        alice = accounts.owner(tx)
        for name in ("bob@far.example", "carol@far.example"):
            befriend(tx, alice, acquaint(tx, name))
        acquaint(tx, "dave@far.example")
    return data


def test_what_is_preferred(call: Call) -> None:
    usual = {
        "quotes": "public",
        "replies": "public",
        "boosts": True,
        "follow_counts": "everybody",
        "post_counts": "everybody",
    }

    before = json.loads(call("preferences", "--json")[1])
    changed = json.loads(call("preferences", "--replies", "following", "--follow-counts", "me", "--json")[1])
    text = call("preferences", "--boosts", "hidden")[1]

    assert before == usual
    assert changed == usual | {"replies": "following", "follow_counts": "me"}
    assert [line.split() for line in text.splitlines()[1:]] == [
        ["quotes", "public"],
        ["replies", "following"],
        ["boosts", "hidden"],
        ["follow-counts", "me"],
        ["post-counts", "everybody"],
    ]
    assert call("preferences", "--replies", "friends")[0] == Exit.USAGE


def test_boosts_of_one_of_a_server_and_of_all(call: Call) -> None:
    one = json.loads(call("boosts", "hide", "@bob@far.example", "--json")[1])
    listed = json.loads(call("boosts", "--json")[1])
    server, again = call("boosts", "hide", "far.example")[1], call("boosts", "hide", "far.example")[1]
    everybody = call("boosts", "show", "--everybody")[1]
    afterwards = call("boosts")[1]
    call("boosts", "hide", "--everybody")

    assert one == {"handles": ["bob@far.example"], "boosts": "hidden"}
    assert listed == {"hidden": ["bob@far.example"], "from_now_on": "shown"}
    assert server == "Boosts of 1 person are hidden now.\n"
    assert again == "Nothing changes: of whom you follow there, all are hidden already.\n"
    assert everybody == "Boosts of 2 people are shown now.\n"
    assert afterwards == "You are shown the boosts of everybody whom you follow.\n"
    assert json.loads(call("boosts", "list", "--json")[1])["from_now_on"] == "hidden"


def test_who_is_not_followed_has_no_boosts_to_hide(call: Call) -> None:
    code, out, said = call("boosts", "hide", "@dave@far.example")

    assert (code, out) == (Exit.FAILED, "")
    assert "you do not follow @dave@far.example" in said
    assert call("boosts", "hide")[0] == Exit.USAGE
    assert call("boosts", "hide", "far.example", "--everybody")[0] == Exit.USAGE
