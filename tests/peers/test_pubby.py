"""smallfed and Pubby talk to each other over TLS, and each verifies what the other signs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.peers.conftest import Home
from tests.peers.pubby import ACTOR, HANDLE, Writer, writer
from tests.processes import eventually, laboratory

Met = tuple[Home, Writer]


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Met]:
    """Return a house and @writer; each follows the other."""
    with laboratory(Path(tmp_path_factory.mktemp("pubby"))) as lab, writer(lab) as pubby:
        server = lab.server("home.example")
        server.setup("alice")
        home = Home(server.start())
        pubby("follow", actor=home.actor)
        pubby.receives("Accept")
        (account,) = home("GET", f"/api/v1/accounts/search?q=@{HANDLE}&resolve=true")
        home("POST", f"/api/v1/accounts/{account['id']}/follow")
        pubby.receives("Follow")
        relation = f"/api/v1/accounts/relationships?id[]={account['id']}"
        eventually(lambda: home("GET", relation)[0]["following"])
        yield home, pubby


def latest(home: Home, uri: str) -> dict[str, Any]:
    """Return a post from the home timeline, once it is there."""
    timeline = eventually(lambda: [each for each in home("GET", "/api/v1/timelines/home") if each["uri"] == uri])
    found: dict[str, Any] = timeline[0]
    return found


def test_each_follows_the_other(met: Met) -> None:
    home, pubby = met

    assert home("GET", "/api/v1/accounts/verify_credentials")["followers_count"] == 1
    assert [each["account"]["acct"] for each in home.notified("follow")] == [HANDLE]
    assert pubby.verified("Follow")[0]["object"] == ACTOR


def test_posts_and_answers(met: Met) -> None:
    home, pubby = met
    post = home("POST", "/api/v1/statuses", status="Hello, Pubby")
    create = next(each for each in eventually(lambda: pubby.verified("Create")) if each["object"]["id"] == post["uri"])

    reply = pubby("write", text="<p>Hello, smallfed</p>", to=post["uri"], author=home.actor, handle=f"@{home.handle}")[
        "id"
    ]
    (mention,) = eventually(lambda: home.notified("mention"))

    assert create["object"]["content"] == "<p>Hello, Pubby</p>"
    assert mention["status"]["uri"] == reply
    assert mention["status"]["in_reply_to_id"] == post["id"]
    assert mention["status"]["content"] == "<p>Hello, smallfed</p>"


def test_likes_and_boosts_come_and_go(met: Met) -> None:
    home, pubby = met
    post = home("POST", "/api/v1/statuses", status="Like me, show me")
    counts = f"/api/v1/statuses/{post['id']}"

    like = pubby("like", object=post["uri"], author=home.actor)["id"]
    boost = pubby("boost", object=post["uri"], author=home.actor)["id"]
    eventually(lambda: _counts(home, counts) == (1, 1))
    pubby("undo", id=like, author=home.actor)
    pubby("undo", id=boost, author=home.actor)
    eventually(lambda: _counts(home, counts) == (0, 0))

    theirs = latest(home, pubby("write", text="<p>Like me too</p>")["id"])
    home("POST", f"/api/v1/statuses/{theirs['id']}/favourite")
    home("POST", f"/api/v1/statuses/{theirs['id']}/reblog")

    assert pubby.receives("Like")["object"] == theirs["uri"]
    assert pubby.receives("Announce")["object"] == theirs["uri"]


def _counts(home: Home, path: str) -> tuple[int, int]:
    status = home("GET", path)
    return status["favourites_count"], status["reblogs_count"]


def test_edits_and_deletes(met: Met) -> None:
    home, pubby = met
    theirs = latest(home, pubby("write", text="<p>First</p>")["id"])
    path = f"/api/v1/statuses/{theirs['id']}"

    pubby("edit", id=theirs["uri"], text="<p>Second</p>", at="2100-01-01T00:00:00Z")
    eventually(lambda: home("GET", path)["content"] == "<p>Second</p>")
    history = home("GET", f"{path}/history")
    pubby("delete", id=theirs["uri"])
    eventually(lambda: home.server.call("GET", path, home.token).status == 404)

    ours = home("POST", "/api/v1/statuses", status="First of ours")
    eventually(lambda: [each for each in pubby.verified("Create") if each["object"]["id"] == ours["uri"]])
    home("PUT", f"/api/v1/statuses/{ours['id']}", status="Second of ours")
    update = pubby.receives("Update")
    home("DELETE", f"/api/v1/statuses/{ours['id']}")
    delete = pubby.receives("Delete")

    assert [each["content"] for each in history] == ["<p>First</p>", "<p>Second</p>"]
    assert (update["object"]["id"], update["object"]["content"]) == (ours["uri"], "<p>Second of ours</p>")
    assert delete["object"]["id"] == ours["uri"]


def test_quotes_with_consent(met: Met) -> None:
    home, pubby = met
    ours = home("POST", "/api/v1/statuses", status="Quote me, Pubby")
    theirs = latest(home, pubby("write", text="<p>And me</p>")["id"])

    quoting = latest(home, pubby("write", text="<p>Well said</p>", quote=ours["uri"], author=home.actor)["id"])
    accept = eventually(lambda: [each for each in pubby.verified("Accept") if "result" in each])[-1]
    shown = home("GET", f"/api/v1/statuses/{quoting['id']}")["quote"]
    quote = home("POST", "/api/v1/statuses", status="You too", quoted_status_id=theirs["id"])
    request = pubby.receives("QuoteRequest")
    eventually(lambda: home("GET", f"/api/v1/statuses/{quote['id']}")["quote"]["state"] == "accepted")

    assert accept["object"]["object"] == ours["uri"]
    assert (request["object"], request["actor"]) == (theirs["uri"], home.actor)
    assert (shown["state"], shown["quoted_status"]["id"]) == ("accepted", ours["id"])
    assert [each["account"]["acct"] for each in home.notified("quote")] == [HANDLE]
