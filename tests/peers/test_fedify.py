"""smallfed and Fedify talk to each other over TLS, and each verifies what the other signs."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.imaging.samples import drawn, saved
from tests.peers.conftest import Home, Meet
from tests.peers.fedify import ACTOR, CAVAGE, HANDLE, Knows, Peer
from tests.processes import ask, eventually


def followers(home: Home) -> int:
    count: int = home("GET", "/api/v1/accounts/verify_credentials")["followers_count"]
    return count


def plain(html: str) -> str:
    return html.removeprefix("<p>").removesuffix("</p>")


@pytest.mark.parametrize("first_knock", ["rfc9421", CAVAGE])
def test_follow_post_and_answer(meet: Meet, first_knock: Knows) -> None:
    home, fedify = meet(first_knock=first_knock)

    follow = fedify("follow", handle=home.handle)["id"]
    accept = fedify.receives("Accept")
    post = home("POST", "/api/v1/statuses", status="Hello, Fedify")
    create = fedify.receives("Create")
    reply = fedify("reply", to=post["uri"], text="<p>Hello, smallfed</p>")["id"]
    (mention,) = eventually(lambda: home.notified("mention"))

    assert (accept["actor"], _id(accept["object"])) == (home.actor, follow)
    assert followers(home) == 1
    assert [each["account"]["acct"] for each in home.notified("follow")] == [HANDLE]
    note = create["object"]
    assert (create["actor"], note["id"], note["attributedTo"]) == (home.actor, post["uri"], home.actor)
    assert plain(note["content"]) == "Hello, Fedify"
    assert mention["account"]["acct"] == HANDLE
    assert mention["status"]["uri"] == reply
    assert mention["status"]["in_reply_to_id"] == post["id"]
    assert plain(mention["status"]["content"]) == "Hello, smallfed"
    assert {each["status"] for each in fedify.posts} == {202}
    assert fedify("state")["failures"] == []


def test_what_is_taken_back_is_gone_on_the_other_side(meet: Meet) -> None:
    home, fedify = meet()
    follow = fedify("follow", handle=home.handle)["id"]
    fedify.receives("Accept")
    post = home("POST", "/api/v1/statuses", status="Not for long")
    fedify.receives("Create")
    reply = fedify("reply", to=post["uri"], text="<p>Nor this</p>")["id"]
    (mention,) = eventually(lambda: home.notified("mention"))
    path = f"/api/v1/statuses/{mention['status']['id']}"

    fedify("delete", note=reply)
    eventually(lambda: home.server.call("GET", path, home.token).status == 404)
    home("DELETE", f"/api/v1/statuses/{post['id']}")
    delete = fedify.receives("Delete")
    fedify("unfollow", follow=follow)
    eventually(lambda: followers(home) == 0)
    home("POST", "/api/v1/statuses", status="Nobody is told")

    assert home.notified("mention") == []
    assert (delete["actor"], _id(delete["object"])) == (home.actor, post["uri"])
    assert len(fedify.verified("Create")) == 1


def test_we_follow_and_like_and_are_liked(meet: Meet) -> None:
    home, fedify = meet()
    post = home("POST", "/api/v1/statuses", status="Like me")
    fedify("like", object=post["uri"])
    (liked,) = eventually(lambda: home.notified("favourite"))
    (account,) = home("GET", f"/api/v1/accounts/search?q=@{HANDLE}&resolve=true")

    home("POST", f"/api/v1/accounts/{account['id']}/follow")
    follow = fedify.receives("Follow")
    relation = f"/api/v1/accounts/relationships?id[]={account['id']}"
    eventually(lambda: home("GET", relation)[0]["following"])
    fedify("reply", to=post["uri"], text="<p>And like this</p>")
    (mention,) = eventually(lambda: home.notified("mention"))
    home("POST", f"/api/v1/statuses/{mention['status']['id']}/favourite")
    like = fedify.receives("Like")

    assert (liked["account"]["acct"], liked["status"]["id"]) == (HANDLE, post["id"])
    assert (follow["actor"], _id(follow["object"])) == (home.actor, ACTOR)
    assert (like["actor"], _id(like["object"])) == (home.actor, mention["status"]["uri"])


@pytest.mark.parametrize("knows", ["rfc9421", CAVAGE])
def test_a_peer_that_knows_one_kind_of_signature(meet: Meet, knows: Knows) -> None:
    home, fedify = meet(first_knock=knows, knows=knows)

    fedify("follow", handle=home.handle)
    fedify.receives("Accept")
    home("POST", "/api/v1/statuses", status="Signed as you like it")
    fedify.receives("Create")
    known = len(fedify.posts)
    home("POST", "/api/v1/statuses", status="Once known, at the first knock")
    fedify.receives("Create", 2)

    assert [each for each in fedify.posts[known:] if each["status"] != 202] == []
    assert {each["scheme"] for each in fedify.posts if each["status"] == 202} == {knows}


def follow(home: Home, fedify: Peer) -> dict[str, Any]:
    """Let the owner follow the peer, and return its account."""
    (account,) = home("GET", f"/api/v1/accounts/search?q=@{HANDLE}&resolve=true")
    home("POST", f"/api/v1/accounts/{account['id']}/follow")
    eventually(lambda: home("GET", f"/api/v1/accounts/relationships?id[]={account['id']}")[0]["following"])
    found: dict[str, Any] = account
    return found


def received(home: Home, uri: str) -> dict[str, Any]:
    """Return a post of the peer as it is in the home timeline, once it is there."""
    timeline = eventually(lambda: [each for each in home("GET", "/api/v1/timelines/home") if each["uri"] == uri])
    post: dict[str, Any] = timeline[0]
    return post


def test_edits_both_ways(meet: Meet) -> None:
    home, fedify = meet()
    follow(home, fedify)
    fedify("follow", handle=home.handle)
    theirs = received(home, fedify("write", handle=home.handle, text="<p>First</p>")["id"])
    ours = home("POST", "/api/v1/statuses", status="First of ours")
    fedify.receives("Create")

    fedify("edit", note=theirs["uri"], text="<p>Second</p>", handle=home.handle)
    home("PUT", f"/api/v1/statuses/{ours['id']}", status="Second of ours")
    update = fedify.receives("Update")
    eventually(lambda: home("GET", f"/api/v1/statuses/{theirs['id']}")["content"] == "<p>Second</p>")

    assert (update["object"]["id"], plain(update["object"]["content"])) == (ours["uri"], "Second of ours")
    history = home("GET", f"/api/v1/statuses/{theirs['id']}/history")
    assert [version["content"] for version in history] == ["<p>First</p>", "<p>Second</p>"]


def test_votes_both_ways(meet: Meet) -> None:
    home, fedify = meet()
    follow(home, fedify)
    question = fedify("ask", handle=home.handle, text="<p>Tea?</p>", options="Yes|No")["id"]
    poll = received(home, question)["poll"]
    ours = home("POST", "/api/v1/statuses", status="Coffee?", poll={"options": ["Yes", "No"], "expires_in": 3600})

    home("POST", f"/api/v1/polls/{poll['id']}/votes", choices=[1])
    fedify("vote", poll=ours["uri"], option="Yes")
    ballot = fedify.receives("Create")
    eventually(lambda: home("GET", f"/api/v1/polls/{ours['poll']['id']}")["votes_count"] == 1)

    assert (ballot["object"]["name"], ballot["object"]["inReplyTo"]) == ("No", question)
    assert [each["votes_count"] for each in home("GET", f"/api/v1/polls/{ours['poll']['id']}")["options"]] == [1, 0]


def test_reactions(meet: Meet) -> None:
    home, fedify = meet()
    post = home("POST", "/api/v1/statuses", status="React to me")

    fedify("react", object=post["uri"], emoji="🎉")
    (reaction,) = eventually(lambda: home("GET", f"/api/v1/pleroma/statuses/{post['id']}/reactions"))

    assert (reaction["name"], reaction["count"]) == ("🎉", 1)


def test_quotes_with_consent(meet: Meet) -> None:
    """Each asks before it quotes; the other gives a stamp, and the stamp is what is believed."""
    home, fedify = meet()
    follow(home, fedify)
    ours = home("POST", "/api/v1/statuses", status="Quote me")

    quoting = fedify("write", handle=home.handle, text="<p>Well said</p>", quote=ours["uri"])["id"]
    accept = fedify.receives("Accept")
    fedify("stamp", note=quoting, stamp=accept["result"], handle=home.handle)
    theirs = received(home, quoting)
    eventually(lambda: home("GET", f"/api/v1/statuses/{theirs['id']}")["quote"]["state"] == "accepted")
    quote = home("POST", "/api/v1/statuses", status="You too", quoted_status_id=theirs["id"])
    request = fedify.receives("QuoteRequest")
    state = f"/api/v1/statuses/{quote['id']}"
    eventually(lambda: home("GET", state)["quote"]["state"] == "accepted")

    assert home("GET", f"/api/v1/statuses/{theirs['id']}")["quote"]["quoted_status"]["id"] == ours["id"]
    assert [each["account"]["acct"] for each in home.notified("quote")] == [HANDLE]
    assert (request["actor"], _id(request["object"])) == (home.actor, theirs["uri"])


def test_the_peer_moves(meet: Meet) -> None:
    home, fedify = meet()
    account = follow(home, fedify)

    fedify("move", handle=home.handle)
    followed = eventually(lambda: [each for each in fedify.verified("Follow") if _id(each["object"]) != ACTOR])

    assert [_id(each["object"]) for each in followed] == ["https://peer.example/users/successor"]
    eventually(lambda: [each["type"] for each in fedify.verified("Undo")] == ["Undo"])
    relation = home("GET", f"/api/v1/accounts/relationships?id[]={account['id']}")[0]
    assert relation["following"] is False


def test_we_move(meet: Meet) -> None:
    """Whoever followed hears of it, signed by the old account, with the new one in the actor's document."""
    home, fedify = meet()
    fedify("follow", handle=home.handle)
    fedify.receives("Accept")
    fedify("alias", actor=home.actor)

    home.server.command("move", f"@{HANDLE}", "--yes")
    move = fedify.receives("Move")

    assert (move["actor"], _id(move["object"]), _id(move["target"])) == (home.actor, home.actor, ACTOR)
    assert fedify("state")["failures"] == []


def test_the_reply_is_among_the_notifications_of_toot(meet: Meet, tmp_path: Path) -> None:
    if (toot := shutil.which("toot", path=Path(sys.executable).parent)) is None:
        pytest.skip("toot is not installed")
    home, fedify = meet()
    post = home("POST", "/api/v1/statuses", status="Who is there?")

    fedify("reply", to=post["uri"], text="<p>The one on Fedify</p>")
    eventually(lambda: home.notified("mention"))
    said = subprocess.run(
        [toot, "notifications"], env=_toot(home, tmp_path), capture_output=True, text=True, timeout=60, check=True
    )

    assert HANDLE in said.stdout
    assert "The one on Fedify" in said.stdout


def _id(value: Any) -> str:
    return str(value["id"] if isinstance(value, dict) else value)


def _toot(home: Home, folder: Path) -> dict[str, str]:
    """Log toot in by hand, and return the environment that it runs in."""
    instance, user = "home.example", home.handle
    config = {
        "apps": {instance: {"instance": instance, "base_url": home.server.url, "client_id": "x", "client_secret": "x"}},
        "users": {user: {"instance": instance, "username": "alice", "access_token": home.token}},
        "active_user": user,
    }
    (folder / "toot").mkdir()
    (folder / "toot" / "config.json").write_text(json.dumps(config))
    return {**os.environ, "XDG_CONFIG_HOME": str(folder), "NO_COLOR": "1"}


def test_pictures_arrive(meet: Meet) -> None:
    home, fedify = meet()
    fedify("follow", handle=home.handle)
    fedify.receives("Accept")
    body = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n' + saved(drawn(), "PNG") + b"\r\n--x--\r\n"
    told = {"authorization": f"Bearer {home.token}", "content-type": "multipart/form-data; boundary=x"}
    media = ask(f"{home.server.url}/api/v2/media", method="POST", body=body, headers=told).json()

    change = [{"id": media["id"], "description": "A flag", "focus": "0.5,1"}]
    home("POST", "/api/v1/statuses", status="", media_ids=[media["id"]], media_attributes=change)
    note = fedify.receives("Create")["object"]

    attachment = note["attachment"][0] if isinstance(note["attachment"], list) else note["attachment"]
    assert attachment == {
        "type": "Document",
        "mediaType": "image/png",
        "url": media["url"],
        "name": "A flag",
        "summary": "A flag",
        "width": 60,
        "height": 40,
    }
    assert fedify("state")["failures"] == []
