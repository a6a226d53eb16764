"""toot, as it is released, against real servers."""

from pathlib import Path

from tests.clients.people import Person
from tests.imaging.samples import drawn, saved
from tests.processes import eventually


def test_who_is_there(alice: Person) -> None:
    assert f"@{alice.username}" in alice.toot("whoami")
    assert alice.server.domain in alice.toot("instance")


def test_posting_reading_answering_deleting(alice: Person) -> None:
    toot = alice.toot

    post = toot.json("post", "Hello *toot* #hello", "--content-type", "text/markdown", "--language", "en")
    answer = toot.json("post", "An answer", "--reply-to", post["id"], "--spoiler-text", "Beware")

    assert post["content"].startswith("<p>Hello <em>toot</em> <a ")
    assert (post["application"]["name"], post["language"]) == ("toot - a Mastodon CLI client", "en")
    home = toot.json("timelines", "home")
    assert [each["id"] for each in home[:2]] == [answer["id"], post["id"]]
    assert [each["id"] for each in toot.json("timelines", "tag", "hello")] == [post["id"]]
    thread = toot.json("thread", post["id"])
    assert [each["id"] for each in thread["descendants"]] == [answer["id"]]
    assert "An answer" in toot("thread", post["id"])

    toot("delete", answer["id"])

    assert toot.json("thread", post["id"])["descendants"] == []


def test_everything_one_does_with_a_post(alice: Person) -> None:
    toot = alice.toot
    post = toot.json("post", "To be liked")["id"]

    for action, undoing, flag in (
        ("favourite", "unfavourite", "favourited"),
        ("bookmark", "unbookmark", "bookmarked"),
        ("pin", "unpin", "pinned"),
        ("reblog", "unreblog", "reblogged"),
    ):
        toot(action, post)
        done = toot.json("status", post)[flag]
        toot(undoing, post)
        assert (done, toot.json("status", post)[flag]) == (True, False)

    toot("bookmark", post)
    assert "To be liked" in toot("bookmarks", "--once")


def test_two_people_on_two_servers(alice: Person, bob: Person) -> None:
    assert bob.handle in alice.toot("search", bob.handle, "--resolve")
    alice.toot("follow", bob.handle)
    eventually(lambda: alice.handle in bob.toot("notifications"))
    assert alice.handle in bob.toot("followers", bob.username)

    said = bob.toot.json("post", f"Welcome @{alice.handle}")
    heard = eventually(
        lambda: next((each for each in alice.toot.json("timelines", "home") if each["uri"] == said["uri"]), None)
    )
    alice.toot("post", f"Thank you @{bob.handle}", "--reply-to", heard["id"])
    alice.toot("favourite", heard["id"])
    alice.toot("reblog", heard["id"])

    eventually(lambda: {each["type"] for each in bob.toot.json("notifications")} >= {"mention", "favourite", "reblog"})
    assert "Welcome" in alice.toot("notifications", "--mentions")
    (answer,) = bob.toot.json("thread", said["id"])["descendants"]
    assert answer["account"]["acct"] == alice.handle
    status = bob.toot.json("status", said["id"])
    assert (status["favourites_count"], status["reblogs_count"], status["replies_count"]) == (1, 1, 1)

    bob.toot("notifications", "--clear")
    assert bob.toot.json("notifications") == []
    alice.toot("unfollow", bob.handle)
    eventually(lambda: alice.handle not in bob.toot("followers", bob.username))


def test_lists(alice: Person, bob: Person) -> None:
    toot = alice.toot
    toot("follow", bob.handle)
    toot("lists", "create", "Birds", "--replies-policy", "none")

    toot("lists", "add", "Birds", bob.handle)

    assert "Birds" in toot("lists", "list")
    assert bob.handle in toot("lists", "accounts", "Birds")
    said = bob.toot.json("post", "A bird")
    (made,) = toot.json("lists", "list")
    eventually(lambda: said["uri"] in {post["uri"] for post in toot.json("timelines", "list", made["id"])})
    toot("lists", "remove", "Birds", bob.handle)
    assert bob.handle not in toot("lists", "accounts", "Birds")
    toot("lists", "delete", "Birds")
    assert toot.json("lists", "list") == []
    toot("unfollow", bob.handle)


def test_a_post_for_later(alice: Person) -> None:
    said = alice.toot("post", "Later", "--scheduled-in", "1 day")

    (kept,) = [one for one in alice.python.scheduled_statuses() if one["params"]["text"] == "Later"]
    assert "scheduled" in said.lower()
    alice.python.scheduled_status_delete(kept)


def test_pictures(alice: Person, tmp_path: Path) -> None:
    (tmp_path / "hill.png").write_bytes(saved(drawn(800, 600), "PNG"))
    (tmp_path / "lake").write_bytes(saved(drawn(), "JPEG"))  # a name that tells nothing

    post = alice.toot.json(
        "post",
        "Two pictures",
        *("--media", str(tmp_path / "hill.png"), "--description", "A hill"),
        *("--media", str(tmp_path / "lake"), "--description", "A lake"),
    )

    assert [(each["type"], each["description"]) for each in post["media_attachments"]] == [
        ("image", "A hill"),
        ("image", "A lake"),
    ]
    assert alice.toot.json("status", post["id"])["media_attachments"] == post["media_attachments"]
