"""smallfed queue: what it shows, what it changes, what it asks, what it refuses."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from smallfed.__main__ import run
from smallfed.cli.exits import Exit
from smallfed.cli.frame import frame
from smallfed.domain.subscription import From
from smallfed.runtime.clock import Clock
from smallfed.services import authorising
from smallfed.store import hosts, notifications, push_subscriptions, pushes
from smallfed.store.moments import ms
from tests.apps import Phone
from tests.cli.conftest import Call
from tests.cli.house import looked_at, written
from tests.workers.post_office import queue
from tests.world import acquaint

COMMAND = "queue"

FAR, NEAR, AWAY = (f"https://{name}.example/inbox" for name in ("far", "near", "away"))
POST = 1234


@pytest.fixture
def data(data: Path) -> Path:
    """Return a data directory with three hosts: one has the post, one put it off, one is silent."""
    now = Clock().now()
    with written(data, ago=timedelta(minutes=10, seconds=5)) as tx:
        queue(tx, [FAR, NEAR, AWAY], body="create", post=POST)
        tx.run("UPDATE deliveries SET state = 'delivered', attempts = 1, answer = 'HTTP 202' WHERE inbox = ?", FAR)
        due = ms(now + timedelta(hours=2, minutes=5))
        tx.run("UPDATE deliveries SET due = ?, attempts = 2, answer = 'HTTP 503' WHERE inbox = ?", due, NEAR)
        for _ in range(5):
            hosts.silent(
                tx, "away.example", until=now + timedelta(days=3, hours=1), why="it takes no \x1b[31mconnection"
            )
        hosts.recount(tx, ["far.example", "near.example", "away.example"])
    return data


def states(data: Path) -> dict[str, str]:
    with looked_at(data) as tx:
        return dict(tx.sql.execute("SELECT inbox, state FROM deliveries"))


@pytest.mark.parametrize("arguments", [(), ("list",)])
def test_the_list(call: Call, arguments: tuple[str, ...]) -> None:
    code, out, err = call(*arguments)

    lines = [line.split("  ") for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [[cell.strip() for cell in line if cell] for line in lines] == [
        ["SERVER", "WAITING", "MERGED", "SINCE", "NEXT TRY", "CIRCUIT", "LAST ANSWER"],
        ["away.example", "1", "10 min ago", "in 3 d", "open", "it takes no ?[31mconnection"],
        ["near.example", "1", "10 min ago", "in 2 h", "closed", "HTTP 503"],
    ]


def test_the_list_for_programs(call: Call) -> None:
    _, out, _ = call("list", "--json")

    away, near = json.loads(out)
    assert (away["host"], away["waiting"], away["circuit"], away["silences"]) == ("away.example", 1, "open", 5)
    assert (near["host"], near["last_error"], near["silent_since"]) == ("near.example", "HTTP 503", None)


@pytest.mark.parametrize(
    "named", [str(POST), f"https://home.example/@alice/{POST}", f"https://home.example/users/alice/notes/{POST}"]
)
def test_how_far_a_post_has_got(call: Call, named: str) -> None:
    code, out, _ = call("show", named)

    lines = out.splitlines()
    assert code == 0
    assert lines[0] == "Create https://home.example/create: delivered to 1 of 3"
    assert [line.split()[:3] for line in lines[2:5]] == [
        [AWAY, "waiting", "0"],
        [NEAR, "waiting", "2"],
        [FAR, "delivered", "1"],
    ]
    assert lines[2].endswith("in 3 d")
    assert lines[3].endswith("HTTP 503     in 2 h")


def test_how_far_a_post_has_got_for_programs(call: Call) -> None:
    _, out, _ = call("show", str(POST), "--json")

    found = [(one["inbox"], one["state"], one["attempts"], one["answer"]) for one in json.loads(out)]
    assert found == [(AWAY, "waiting", 0, None), (NEAR, "waiting", 2, "HTTP 503"), (FAR, "delivered", 1, "HTTP 202")]


def test_a_post_that_is_unknown(call: Call) -> None:
    sentence = "smallfed: '99' is not one of your posts: give its number or its address\n"

    assert call("show", "99") == (Exit.FAILED, "", sentence)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("retry", "--all"), "Trying 2 deliveries to 2 servers.\n"),
        (("retry", "--host", "AWAY.example"), "Trying 1 delivery to 1 server.\n"),
        (("retry", "--post", str(POST), "--host", "near.example"), "Trying 1 delivery to 1 server.\n"),
        (("retry", "--host", "unknown.example"), "Trying 0 deliveries to 0 servers.\n"),
        (("retry", "--all", "--json"), '{\n  "retried": 2,\n  "hosts": 2\n}\n'),
        (("drop", "--all", "--yes"), "Dropped 2 deliveries to 2 servers.\n"),
        (("drop", "--host", "near.example", "--yes"), "Dropped 1 delivery to 1 server.\n"),
    ],
)
def test_changing_the_queue(call: Call, arguments: tuple[str, ...], said: str) -> None:
    assert call(*arguments) == (0, said, "")


def test_what_is_retried_is_due_now(call: Call) -> None:
    call("retry", "--all")

    _, out, _ = call("list", "--json")
    assert [(host["host"], host["circuit"]) for host in json.loads(out)] == [
        ("away.example", "closed"),
        ("near.example", "closed"),
    ]
    _, table, _ = call()
    assert table.count("  now  ") == 2


def test_dropping_asks_first(call: Call, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))

    code, _, err = call("drop", "--host", "near.example")

    assert code == Exit.INTERRUPTED
    assert "Give up everything that waits for near.example? [y/N]" in err
    assert states(data)[NEAR] == "waiting"


def test_dropped_is_dropped(call: Call, data: Path) -> None:
    call("drop", "--all", "--yes")

    assert states(data) == {FAR: "delivered", NEAR: "dropped", AWAY: "dropped"}
    assert call() == (0, "Nothing waits: everything is delivered, or was given up.\n", "")


@pytest.mark.parametrize("arguments", [("retry",), ("drop", "--yes"), ("retry", "--all", "--host", "far.example")])
def test_it_must_be_said_which(call: Call, arguments: tuple[str, ...]) -> None:
    code, out, err = call(*arguments)

    assert (code, out) == (Exit.USAGE, "")
    assert err.startswith("smallfed: say which: --host HOST, --post POST, or --all for everything")


@pytest.mark.parametrize("arguments", [(), ("show", "1"), ("retry", "--all"), ("drop", "--all", "--yes")])
def test_where_there_is_no_server_yet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    code = run(frame(), ["queue", "--data", str(tmp_path / "nowhere"), *arguments])

    assert (code, capsys.readouterr().err[:29]) == (Exit.NOT_SET_UP, "smallfed: there is no server ")


def test_the_help_is_laid_out_as_written(call: Call) -> None:
    _, out, _ = call("drop", "--help")

    assert "\n  Example:\n    smallfed queue drop --host gone.example.org --yes\n" in out


# Push services --------------------------------------------------------------------------------------------------------
@pytest.fixture
def pushes_wait(data: Path) -> None:
    """Let a push wait for one service, and another one be given up."""
    with written(data, ago=timedelta(hours=2, minutes=5)) as tx:
        bob, carol = acquaint(tx, "bob@far.example"), acquaint(tx, "carol@far.example")
        token = authorising.grant_by_hand(tx, app="phone", scopes="push", digest=b"x")
        address = Phone("https://push.example/x").address()
        made = push_subscriptions.put(tx, token, address, ["follow"], From.ALL, b"sealed")
        for person in (bob, carol):
            told = notifications.put(tx, "follow", person.id)
            assert told is not None
            pushes.put(tx, made.id, told.id)
        tx.run("UPDATE pushes SET state = 'failed', answer = 'HTTP 503', answered_at = 1 WHERE id = 1")


@pytest.mark.usefixtures("pushes_wait")
def test_what_waits_for_apps(call: Call) -> None:
    code, out, _ = call()
    services = out.split("\n\n")[1].splitlines()

    assert code == 0
    assert [line.split() for line in services] == [
        ["PUSH", "SERVICE", "WAITING", "GIVEN", "UP", "SINCE", "NEXT", "TRY", "LAST", "ANSWER"],
        ["push.example", "1", "1", "2", "h", "ago", "now", "HTTP", "503"],
    ]
    assert call("pushes")[1].splitlines() == services
    assert [(one["host"], one["waiting"]) for one in json.loads(call("pushes", "--json")[1])] == [("push.example", 1)]


def test_no_pushes(call: Call) -> None:
    assert call("pushes") == (0, "Nothing waits: your apps were told everything.\n", "")
