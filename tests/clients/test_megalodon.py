"""megalodon, as it is released (under Whalebird and Fedistar), against real servers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.clients.javascript import Library, Refused, Way, library
from tests.clients.people import Person
from tests.processes import eventually


@pytest.fixture
def megalodon(alice: Person, tmp_path: Path) -> Iterator[Library]:
    """Return megalodon with Alice's token."""
    with library("megalodon", server=alice.base, token=alice.token, folder=tmp_path) as running:
        yield running


@pytest.fixture
def rest(megalodon: Library) -> Way:
    """Return Alice's client API in megalodon."""
    return megalodon.rest


def test_it_knows_what_kind_of_server_we_are(megalodon: Library) -> None:
    assert megalodon.root("detector").detect() == "mastodon"


def test_the_server_and_the_owner(rest: Way, alice: Person) -> None:
    assert rest.getInstance()["uri"] == alice.server.domain
    assert rest.verifyAccountCredentials()["username"] == "alice"
    assert rest.getPreferences()["posting:default:visibility"] == "public"
    assert (rest.getInstanceTrends(), rest.getInstanceCustomEmojis()) == ([], [])
    assert {each["username"] for each in rest.getInstanceDirectory()} <= {"alice", "bob"}
    assert rest.updateCredentials(display_name="Alice", note="hello")["note"] == "<p>hello</p>"


def test_a_post_and_its_versions(rest: Way) -> None:
    post = rest.postStatus("One", spoiler_text="CW", sensitive=True, visibility="unlisted")

    edited = rest.editStatus(post["id"], status="Two")

    assert (post["spoiler_text"], post["visibility"]) == ("CW", "unlisted")
    assert edited["content"] == "<p>Two</p>"
    assert rest.getStatusSource(post["id"])["text"] == "Two"
    rest.deleteStatus(post["id"])
    with pytest.raises(Refused, match="Record not found") as refused:
        rest.getStatus(post["id"])
    assert refused.value.status == 404


def test_everything_one_does_with_a_post(rest: Way) -> None:
    post = rest.postStatus("To be liked")["id"]

    assert rest.favouriteStatus(post)["favourited"]
    assert [account["acct"] for account in rest.getStatusFavouritedBy(post)] == ["alice"]
    assert rest.getFavourites()[0]["id"] == post
    assert not rest.unfavouriteStatus(post)["favourited"]
    assert rest.bookmarkStatus(post)["bookmarked"]
    assert rest.getBookmarks()[0]["id"] == post
    assert not rest.unbookmarkStatus(post)["bookmarked"]
    assert rest.pinStatus(post)["pinned"]
    assert not rest.unpinStatus(post)["pinned"]
    assert rest.muteStatus(post)["muted"]
    assert not rest.unmuteStatus(post)["muted"]
    assert rest.reblogStatus(post)["reblog"]["id"] == post
    assert [account["acct"] for account in rest.getStatusRebloggedBy(post)] == ["alice"]
    assert not rest.unreblogStatus(post)["reblogged"]


def test_timelines(rest: Way) -> None:
    said = [rest.postStatus(f"Walk {number} #mega")["id"] for number in range(5)][::-1]

    first = rest.getTagTimeline("mega", limit=3)
    second = rest.getTagTimeline("mega", limit=3, max_id=first[-1]["id"])

    assert [each["id"] for each in (*first, *second)] == said
    assert [each["id"] for each in rest.getTagTimeline("mega", limit=2, min_id=said[3])] == said[1:3]
    assert [each["id"] for each in rest.getHomeTimeline(limit=5)] == said
    assert [each["id"] for each in rest.getLocalTimeline(limit=5)] == said
    assert [each["id"] for each in rest.getPublicTimeline(limit=5)] == said


def test_relations_and_notifications(rest: Way, alice: Person, bob: Person) -> None:
    (account,) = rest.search(f"@{bob.handle}", resolve=True)["accounts"]

    rest.followAccount(account["id"], reblog=True)
    eventually(lambda: rest.getRelationship(account["id"])["following"])
    (known,) = bob.python.search_v2(f"@{alice.handle}", resolve=True)["accounts"]
    bob.python.account_follow(known)
    told = eventually(lambda: [each for each in rest.getNotifications() if each["type"] == "follow"])

    assert told[0]["account"]["acct"] == bob.handle
    assert [each["id"] for each in rest.getAccountFollowers(rest.verifyAccountCredentials()["id"])] == [account["id"]]
    assert rest.muteAccount(account["id"], True)["muting_notifications"]
    assert [each["id"] for each in rest.getMutes()] == [account["id"]]
    assert not rest.unmuteAccount(account["id"])["muting"]
    assert rest.getFollowRequests() == []
    rest.dismissNotification(told[0]["id"])
    bob.python.account_unfollow(known)
    rest.unfollowAccount(account["id"])


def test_a_poll(rest: Way) -> None:
    post = rest.postStatus("Which?", poll={"options": ["a", "b"], "expires_in": 600, "multiple": False})

    poll = rest.getPoll(post["poll"]["id"])

    assert ([option["title"] for option in poll["options"]], poll["multiple"]) == (["a", "b"], False)
    with pytest.raises(Refused, match="your own polls") as refused:
        rest.votePoll(poll["id"], [0])
    assert refused.value.status == 422


def test_streaming(megalodon: Library, rest: Way) -> None:
    home = megalodon.root("streaming").user.listen()
    eventually(lambda: [each["event"] for each in megalodon.heard(home)] == ["connect"])

    post = rest.postStatus("Hello by megalodon")
    eventually(lambda: len(megalodon.heard(home)) >= 2)  # what is gone is not told of
    rest.deleteStatus(post["id"])
    _, update, delete = eventually(lambda: len(megalodon.heard(home)) >= 3 and megalodon.heard(home))

    assert (update["event"], update["payload"]["id"]) == ("update", post["id"])
    assert (delete["event"], str(delete["payload"])) == ("delete", post["id"])


def test_a_post_with_a_picture(rest: Way, tmp_path: Path) -> None:
    path = tmp_path / "beans.png"
    Image.new("RGB", (60, 40), "red").save(path)

    media = rest.uploadMedia({"$stream": str(path)}, description="Beans")
    post = rest.postStatus("Look", media_ids=[media["id"]])

    assert (media["type"], media["description"]) == ("image", "Beans")
    assert [each["id"] for each in post["media_attachments"]] == [media["id"]]
    assert rest.getMedia(media["id"])["url"] == media["url"]


def test_filters_tags_and_conversations(rest: Way, alice: Person, bob: Person) -> None:
    made = rest.createFilter("ending", ["home", "thread"], whole_word=True)
    bob.python.status_post(f"@{alice.handle} between us, in megalodon", visibility="direct")

    assert [(each["id"], each["phrase"]) for each in rest.getFilters()] == [(made["id"], "ending")]
    assert rest.updateFilter(made["id"], "beginning", ["home"])["phrase"] == "beginning"
    rest.deleteFilter(made["id"])
    assert rest.getFilters() == []
    assert rest.followTag("megagarden")["following"]
    assert [each["name"] for each in rest.getFollowedTags()] == ["megagarden"]
    assert not rest.unfollowTag("megagarden")["following"]
    (found,) = eventually(
        lambda: [each for each in rest.getConversationTimeline() if "megalodon" in each["last_status"]["content"]]
    )
    assert not rest.readConversation(found["id"])["unread"]
    rest.deleteConversation(found["id"])


def test_posts_for_later(rest: Way) -> None:
    later = rest.postStatus("Later", scheduled_at="2136-01-01T00:00:00.000Z")

    assert [each["id"] for each in rest.getScheduledStatuses()] == [later["id"]]
    assert rest.scheduleStatus(later["id"], "2136-03-01T00:00:00.000Z")["scheduled_at"] == "2136-03-01T00:00:00.000Z"
    rest.cancelScheduledStatus(later["id"])
    assert rest.getScheduledStatuses() == []


def test_markers_lists_and_announcements(rest: Way) -> None:
    post = rest.postStatus("Read up to here")
    made = rest.createList("Mega")

    saved = rest.saveMarkers(home={"last_read_id": post["id"]})

    assert saved["home"]["last_read_id"] == post["id"]
    assert rest.getMarkers(["home"])["home"]["last_read_id"] == post["id"]
    assert rest.updateList(made["id"], "Megalodon")["title"] == "Megalodon"
    rest.deleteList(made["id"])
    assert rest.getInstanceAnnouncements() == []
    assert rest.search("xyzzy")["statuses"] == []
