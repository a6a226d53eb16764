"""The owner leaves while the server runs: 410 for everybody, for good."""

from collections.abc import Iterator

import pytest

from tests.outside.looking import rows
from tests.processes import Laboratory, Server, ask, eventually
from tests.strangers import Stranger

PATHS = (
    "/users/alice",
    "/@alice",
    "/actor",
    "/users/alice/outbox",
    "/users/alice/followers",
    "/users/alice/notes/1",
    "/users/anybody",
    "/.well-known/webfinger?resource=acct:alice@left.example",
    "/.well-known/nodeinfo",
    "/api/v1/instance",
    "/",
    "/login",
    "/oauth/authorize",
)
ACCEPTS = ("application/activity+json", "text/html", "*/*")


@pytest.fixture(scope="module")
def left(lab: Laboratory, bob: Stranger) -> Iterator[tuple[Server, str]]:
    """A house that bob follows, whose owner leaves; and a token that was hers."""
    server = lab.server("left.example")
    server.setup("alice")
    server.start()
    token = server.token()
    found = server.api("GET", f"/api/v2/search?q={bob.id}&resolve=true", token)
    assert len(found["accounts"]) == 1
    server.api("POST", "/api/v1/statuses", token, status="Good bye")
    done = server.command("farewell", stdin="alice@left.example\n")
    assert "1 inbox on 1 server will be told" in done.stdout
    yield server, token
    server.stop()


def statuses(server: Server) -> set[int]:
    return {
        ask(f"{server.url}{path}", headers={"accept": accept}, method=method).status
        for path in PATHS
        for accept in ACCEPTS
        for method in ("GET", "HEAD")
    }


def test_everything_is_gone_and_stays_so(left: tuple[Server, str]) -> None:
    server, token = left

    before = statuses(server)
    posted = ask(f"{server.url}/inbox", method="POST", body=b"{}").status
    app = server.call("GET", "/api/v1/timelines/home", token).status
    server.stop()
    server.start()

    assert before == {410}
    assert statuses(server) == {410}
    assert (posted, app) == (410, 401)


def test_what_is_said_is_plain_and_tells_nothing(left: tuple[Server, str]) -> None:
    server, _ = left
    page = ask(f"{server.url}/login", headers={"accept": "text/html"})
    one, other = (
        ask(f"{server.url}/users/alice/notes/{number}", headers={"accept": "application/activity+json"})
        for number in (1, 2)
    )

    assert b"has left the fediverse" in page.body
    assert b"alice" not in page.body
    assert one.json()["type"] == "Tombstone"
    assert one.body.replace(b"notes/1", b"notes/2") == other.body
    assert one.headers.get("cache-control") == other.headers.get("cache-control")


def test_everything_is_deleted(left: tuple[Server, str]) -> None:
    server, _ = left

    eventually(lambda: rows(server, "SELECT 1 FROM farewells WHERE cleared_at IS NOT NULL"))

    assert rows(server, "SELECT (SELECT count(*) FROM posts), (SELECT count(*) FROM tokens)") == [(0, 0)]
    assert rows(server, "SELECT name, note, local FROM accounts") == [("", "", 1)]
    assert not (server.data / "media").exists()


def test_they_are_told(left: tuple[Server, str]) -> None:
    server, _ = left

    told = eventually(lambda: rows(server, "SELECT state, answer FROM deliveries WHERE state <> 'waiting'"))

    assert told == [("delivered", "HTTP 202")]
    assert "Told: 1 of 1 inbox" in server.command("farewell", "--status").stdout
