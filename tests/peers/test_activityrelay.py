"""Two houses meet by ActivityRelay, a relay of the LitePub kind that takes Mastodon's way of asking as well.

One house knows its inbox, the other its actor; neither knows the other.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.peers.conftest import Home
from tests.processes import FRONT, Laboratory, Server, eventually, free_port, laboratory

NAME = "relay.example"
PYTHON = Path(__file__).parent / ".venv" / "bin" / "python"
Met = tuple[Home, Home]


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Met]:
    """Return two houses that have subscribed to one relay, each in its way."""
    if not PYTHON.exists():
        pytest.skip("ActivityRelay is missing: tests/install")
    folder = Path(tmp_path_factory.mktemp("relay"))
    with laboratory(folder) as lab:
        port, log = free_port(), folder / "relay.log"
        lab.name(NAME, port)
        servers = [lab.server("home.example"), lab.server("far.example")]
        for server, name in zip(servers, ("alice", "bob"), strict=True):
            server.setup(name)
        environment = {
            "PATH": os.environ["PATH"],
            "SSL_CERT_FILE": str(lab.ca_file),
            "PEER_FRONT": f"{FRONT}:{lab.front.port}",
            "PEER_PORT": str(port),
            "PEER_NAME": NAME,
            "PEER_FOLDER": str(folder / "activityrelay"),
        }
        command = [str(PYTHON), str(Path(__file__).parent / "relay_server.py")]
        with (
            log.open("w") as said,
            subprocess.Popen(command, env=environment, stdout=said, stderr=said, start_new_session=True) as relay,
        ):
            try:
                yield _joined(lab, servers, log)
            finally:
                os.killpg(relay.pid, 9)


def _joined(lab: Laboratory, servers: list[Server], log: Path) -> Met:
    homes = [Home(server.start()) for server in servers]
    eventually(lambda: "Starting webserver" in log.read_text(), within=30)
    for home, place in zip(homes, ("inbox", "actor"), strict=True):
        home.server.command("relays", "add", f"https://{NAME}/{place}")
        eventually(lambda home=home: [each["state"] for each in relays(home)] == ["accepted"])
    return homes[0], homes[1]


def relays(home: Home) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(home.server.command("relays", "--json").stdout)
    return listed


def federated(home: Home) -> list[str]:
    return [each["uri"] for each in home("GET", "/api/v1/timelines/public?remote=true")]


def test_each_in_its_way(met: Met) -> None:
    """The kind is found out; the relay follows back, and we let it."""
    (by_inbox,), (by_actor,) = relays(met[0]), relays(met[1])

    assert (by_inbox["style"], by_actor["style"]) == ("mastodon", "litepub")
    assert by_inbox["actor"] == by_actor["actor"] == f"https://{NAME}/actor"
    eventually(lambda: all(relays(home)[0]["their_follow"] for home in met))


def test_posts_are_passed_on(met: Met) -> None:
    """A Create of one becomes an Announce for the other, and so does an Announce; nobody is shown a boost."""
    alice, bob = met
    ours = alice("POST", "/api/v1/statuses", status="Hello, whoever you are")
    theirs = bob("POST", "/api/v1/statuses", status="Hello to you, too")
    alice("POST", "/api/v1/statuses", status="Not for relays", visibility="unlisted")

    eventually(lambda: federated(bob) == [ours["uri"]])
    eventually(lambda: federated(alice) == [theirs["uri"]])
    (shown,) = bob("GET", "/api/v1/timelines/public?remote=true")

    assert (shown["account"]["acct"], shown["reblog"]) == ("alice@home.example", None)
    assert bob("GET", "/api/v1/timelines/home")[0]["uri"] == theirs["uri"]
    assert [relays(home)[0]["total"]["posts"] for home in met] == [1, 1]


def test_deletions_are_passed_on(met: Met) -> None:
    """The other house asks whether it is true."""
    alice, bob = met
    post = alice("POST", "/api/v1/statuses", status="Soon gone")
    eventually(lambda: post["uri"] in federated(bob))

    alice("DELETE", f"/api/v1/statuses/{post['id']}")

    eventually(lambda: post["uri"] not in federated(bob))


def test_leaving(met: Met) -> None:
    """Who has left is brought nothing any more."""
    alice, bob = met
    bob.server.command("relays", "remove", f"https://{NAME}/actor")
    first = alice("POST", "/api/v1/statuses", status="Are you there?")
    bob.server.command("relays", "add", f"https://{NAME}/actor")
    eventually(lambda: [each["state"] for each in relays(bob)] == ["accepted"])

    second = alice("POST", "/api/v1/statuses", status="And now?")

    eventually(lambda: second["uri"] in federated(bob))
    assert first["uri"] not in federated(bob)
