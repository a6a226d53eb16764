"""smallfed relays: added, listed, shown, filtered, capped, paused and removed, while no server runs."""

import json
from pathlib import Path

import pytest

from smallfed.cli.exits import Exit
from smallfed.domain.relay import State
from smallfed.store import relay_days, relays
from tests.cli.conftest import Call
from tests.cli.house import written

COMMAND = "relays"
INBOX = "https://relay.example/inbox"


def test_from_the_beginning_to_the_end(call: Call, data: Path) -> None:
    """Without a running server everything is written down, and done as soon as one runs."""
    nothing = call()
    asked = call("add", INBOX, "--kind", "mastodon", "--receive-only")
    looked_at = call("add", "https://other.example/actor")
    listed = call()[1]
    filtered = json.loads(call("filters", INBOX, "--tag", "#Cats", "--no-bots", "--language", "en", "--json")[1])
    as_typed = call("show", INBOX)[1]
    again = json.loads(call("filters", INBOX, "--bots", "--json")[1])
    anew = json.loads(call("filters", INBOX, "--clear", "--replies", "--json")[1])
    capped = call("caps", INBOX, "--posts", "5", "--bytes", "1 MB")
    paused = call("pause", "relay.example")
    shown = call("show", INBOX)[1]
    resumed = call("resume", INBOX)
    gone = call("remove", INBOX)

    assert nothing[1] == "There are no relays: `smallfed relays add URL`.\n"
    assert asked[1] == f"{INBOX} is asked. It has not answered yet: see `smallfed relays`.\n"
    assert looked_at[1].startswith("https://other.example/actor is looked at, then asked")
    assert "pending, receive only" in listed
    assert filtered["filters"] == {"tags": ["cats"], "languages": ["en"], "no_bots": True}
    assert "\nFilters:  --tag cats --language en --no-bots\n" in as_typed
    assert again["filters"] == {"tags": ["cats"], "languages": ["en"]}
    assert anew["filters"] == {"replies": True}
    assert capped[1] == f"{INBOX}: 5 posts, 1.0 MB and 10000 requests a day.\n"
    assert (paused[1], resumed[1]) == (f"{INBOX} is paused.\n", f"{INBOX} goes on.\n")
    assert "pending, paused, receive only" in shown
    assert "5 posts, 1.0 MB, 10000 requests; 0 wait" in shown
    assert gone[1] == f"{INBOX} is no relay of yours any more.\n"
    assert [each["address"] for each in json.loads(call("--json")[1])] == ["https://other.example/actor"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "https://other.example/actor"),
        ("show", INBOX),
        ("pause", INBOX),
        ("resume", INBOX),
        ("caps", INBOX, "--fetches", "9"),
        ("filters", INBOX, "--only-media"),
        ("remove", INBOX),
    ],
)
def test_for_programs(call: Call, arguments: tuple[str, ...]) -> None:
    """Every command answers with the relay as it stands then."""
    call("add", INBOX, "--kind", "mastodon")

    code, said, _ = call(*arguments, "--json")

    answer = json.loads(said)
    assert (code, answer["address"]) == (0, arguments[1])
    assert {"state", "filters", "caps", "total", "refused", "waiting", "trouble", "hint"} <= answer.keys()


def test_a_bill(call: Call, data: Path) -> None:
    """Day by day, with what was not taken and why; what relays call themselves does not reach the terminal."""
    call("add", INBOX, "--kind", "mastodon")

    with written(data) as tx:
        (relay,) = relays.every(tx)
        relays.change(tx, relay.id, state=State.ACCEPTED, actor="https://relay.example/\x1bactor", answered_at=tx.now)
        relay_days.add(tx, relay.id, heard=7, posts=2, bytes=2000, fetches=3, cpu=1_500_000, read=1, liked=1)
        relay_days.refuse(tx, relay.id, {"is covered": 5})

    shown, listed = call("show", INBOX)[1], json.loads(call("list", "--days", "1", "--json")[1])
    as_json = json.loads(call("show", "relay.example", "--json")[1])

    assert "\x1b" not in shown
    assert "is covered" in shown
    assert "1.5 s" in shown
    assert (listed[0]["total"]["posts"], listed[0]["total"]["refused"]) == (2, {"is covered": 5})
    assert [day["posts"] for day in as_json["by_day"]] == [2]


def test_one_that_refused(call: Call, data: Path) -> None:
    """It is said why, and what to do."""
    call("add", INBOX, "--kind", "mastodon")

    with written(data) as tx:
        (relay,) = relays.every(tx)
        relays.change(tx, relay.id, state=State.REFUSED, reason="It refuses.")

    shown = call("list")[1]

    assert f"{INBOX}: It refuses. Ask again: `smallfed relays add {INBOX}`; done with it: `smallfed" in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("add", "relay.example"), "give its inbox"),
        (("add", INBOX, "--receive-only", "--send-only"), "leave nothing"),
        (("show", INBOX), "there is no relay"),
        (("remove", INBOX), "there is no relay"),
        (("caps", INBOX, "--bytes", "much"), "must be a size"),
        (("filters", INBOX, "--no-bots"), "there is no relay"),
        (("filters", INBOX), "say what you want"),
        (("caps", INBOX), "say how much"),
    ],
)
def test_what_cannot_be_done(call: Call, arguments: tuple[str, ...], words: str) -> None:
    """It is said what to do instead."""
    code, _, said = call(*arguments)

    assert code in (Exit.FAILED, Exit.USAGE)
    assert words in said
