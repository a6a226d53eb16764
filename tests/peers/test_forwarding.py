"""What a house of ours passes on is believed: by Fedify when a house wrote it, by a house when Fedify did."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.outside.looking import rows
from tests.peers.conftest import Home
from tests.peers.fedify import ACTOR, peer
from tests.processes import eventually, laboratory


def test_answers_are_passed_on_and_believed_by_their_proofs(tmp_path: Path) -> None:
    """Fedify and bob follow alice, and know nothing of each other; each answers her, and the other one hears of it."""
    with laboratory(tmp_path) as lab, peer(lab, first_knock="rfc9421") as fedify:
        servers = [lab.server("home.example"), lab.server("far.example")]
        for server, name in zip(servers, ("alice", "bob"), strict=True):
            server.setup(name)
        alice, bob = (Home(server.start()) for server in servers)
        fedify("follow", handle=alice.handle)
        (account,) = bob("GET", f"/api/v1/accounts/search?q=@{alice.handle}&resolve=true")
        bob("POST", f"/api/v1/accounts/{account['id']}/follow")
        eventually(lambda: len(alice.notified("follow")) == 2)
        post = alice("POST", "/api/v1/statuses", status="What is for dinner?")
        seen = eventually(lambda: next((each for each in home(bob) if each["uri"] == post["uri"]), None))

        bob("POST", "/api/v1/statuses", status=f"@{alice.handle} Soup", in_reply_to_id=seen["id"])
        soup = eventually(lambda: [each for each in fedify.verified("Create") if each["actor"] != alice.actor])
        stew = fedify("reply", to=post["uri"], text="<p>Stew</p>")["id"]
        handed = "SELECT state, reason FROM inbound WHERE actor = ? AND activity LIKE 'https://peer.example/%'"
        states = eventually(lambda: rows(servers[1], f"{handed} AND state IN ('done', 'ignored')", alice.actor))

        assert [(each["actor"], "Soup" in each["object"]["content"]) for each in soup] == [
            ("https://far.example/users/bob", True)
        ]
        assert states == [("done", None)]
        assert urlsplit(stew).path not in fedify("state")["gets"]  # nobody has asked for it
        (answer,) = (each for each in thread(bob, seen) if each["uri"] == stew)
        assert (answer["account"]["uri"], answer["content"]) == (ACTOR, "<p>Stew</p>")


def home(house: Home) -> list[dict[str, Any]]:
    return list(house("GET", "/api/v1/timelines/home"))


def thread(house: Home, post: dict[str, Any]) -> list[dict[str, Any]]:
    return list(house("GET", f"/api/v1/statuses/{post['id']}/context")["descendants"])
