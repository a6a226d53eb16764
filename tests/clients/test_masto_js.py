"""masto.js, as it is released (under Elk and Phanpy), against real servers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.clients.javascript import Library, Refused, Way, library
from tests.clients.people import Person
from tests.processes import eventually


@pytest.fixture
def masto(alice: Person, tmp_path: Path) -> Iterator[Library]:
    """Return masto.js with Alice's token."""
    with library("masto", server=alice.base, token=alice.token, folder=tmp_path) as running:
        yield running


@pytest.fixture
def rest(masto: Library) -> Way:
    """Return Alice's client API in masto.js."""
    return masto.rest


def known(rest: Way, person: Person) -> dict[str, Any]:
    """Return somebody on another server, looked up."""
    found: dict[str, Any] = rest.v2.search.list(q=f"@{person.handle}", resolve=True)
    return found["accounts"][0]  # type: ignore[no-any-return]


def test_the_server_and_the_owner(rest: Way, alice: Person) -> None:
    assert rest.v2.instance.fetch()["domain"] == alice.server.domain
    assert rest.v1.instance.fetch()["uri"] == alice.server.domain
    assert rest.v1.accounts.verifyCredentials()["source"]["privacy"] == "public"
    assert rest.v1.preferences.fetch()["posting:default:visibility"] == "public"
    assert set(rest.v1.markers.fetch(timeline=["home"])) <= {"home"}
    assert rest.v1.customEmojis.list() == []
    assert rest.v1.accounts.lookup(acct="alice")["username"] == "alice"


def test_the_owners_profile(rest: Way) -> None:
    changed = rest.v1.accounts.updateCredentials(
        displayName="Alice in JavaScript",
        note="hello #js",
        locked=False,
        bot=False,
        fieldsAttributes=[{"name": "Garden", "value": "https://example.org"}, {"name": "Pronouns", "value": "she"}],
        source={"privacy": "unlisted", "language": "de"},
    )

    assert (changed["displayName"], changed["source"]["note"]) == ("Alice in JavaScript", "hello #js")
    assert [(field["name"], field["value"]) for field in changed["source"]["fields"]] == [
        ("Garden", "https://example.org"),
        ("Pronouns", "she"),
    ]
    assert (changed["source"]["privacy"], changed["source"]["language"]) == ("unlisted", "de")

    rest.v1.accounts.updateCredentials(source={"privacy": "public", "language": ""}, displayName="Alice")


def test_a_post_and_its_versions(rest: Way) -> None:
    post = rest.v1.statuses.create(status="One", spoilerText="CW", visibility="unlisted", language="en")

    edited = rest.v1.statuses[post["id"]].update(status="Two")

    assert (post["sensitive"], post["spoilerText"], post["visibility"]) == (True, "CW", "unlisted")
    assert (edited["content"], edited["spoilerText"], edited["editedAt"] > post["createdAt"]) == (
        "<p>Two</p>",
        "",
        True,
    )
    history = rest.v1.statuses[post["id"]].history.list()
    assert [version["content"] for version in history] == ["<p>One</p>", "<p>Two</p>"]
    assert rest.v1.statuses[post["id"]].source.fetch()["text"] == "Two"

    removed = rest.v1.statuses[post["id"]].remove()

    assert removed["text"] == "Two"
    with pytest.raises(Refused, match="Record not found") as refused:
        rest.v1.statuses[post["id"]].fetch()
    assert refused.value.status == 404


def test_everything_one_does_with_a_post(rest: Way) -> None:
    post = rest.v1.statuses.create(status="To be liked")
    one = rest.v1.statuses[post["id"]]

    assert one.favourite()["favourited"]
    assert [account["acct"] for account in one.favouritedBy.list()] == ["alice"]
    assert rest.v1.favourites.list()[0]["id"] == post["id"]
    assert not one.unfavourite()["favourited"]
    assert one.bookmark()["bookmarked"]
    assert rest.v1.bookmarks.list()[0]["id"] == post["id"]
    assert not one.unbookmark()["bookmarked"]
    assert one.pin()["pinned"]
    assert not one.unpin()["pinned"]
    assert one.mute()["muted"]
    assert not one.unmute()["muted"]
    boost = one.reblog()
    assert (boost["reblog"]["id"], boost["reblog"]["reblogged"]) == (post["id"], True)
    assert [account["acct"] for account in one.rebloggedBy.list()] == ["alice"]
    assert not one.unreblog()["reblogged"]


def test_walking_through_a_timeline(rest: Way) -> None:
    said = [rest.v1.statuses.create(status=f"Walk {number} #jswalk")["id"] for number in range(7)][::-1]

    pages = rest.v1.timelines.tag["jswalk"].list.pages(limit=3)

    assert [each["id"] for page in pages for each in page] == said
    assert [len(page) for page in pages if page] == [3, 3, 1]
    assert [each["id"] for each in rest.v1.statuses.list(id=said[:2])] == said[:2]


def test_a_thread(rest: Way) -> None:
    top = rest.v1.statuses.create(status="Top")
    middle = rest.v1.statuses.create(status="Middle", inReplyToId=top["id"])
    below = rest.v1.statuses.create(status="Below", inReplyToId=middle["id"])

    context = rest.v1.statuses[middle["id"]].context.fetch()

    assert [each["id"] for each in context["ancestors"]] == [top["id"]]
    assert [each["id"] for each in context["descendants"]] == [below["id"]]


def test_a_quote(rest: Way) -> None:
    post = rest.v1.statuses.create(status="To be quoted", quoteApprovalPolicy="public")

    quote = rest.v1.statuses.create(status="See this", quotedStatusId=post["id"])

    assert (quote["quote"]["state"], quote["quote"]["quotedStatus"]["id"]) == ("accepted", post["id"])
    assert [each["id"] for each in rest.v1.statuses[post["id"]].quotes.list()] == [quote["id"]]
    assert rest.v1.statuses[post["id"]].fetch()["quotesCount"] == 1


def test_a_poll(rest: Way, bob: Person) -> None:
    said = bob.python.status_post("Which?", poll=bob.python.make_poll(["tea", "cake"], 600))
    found = rest.v2.search.list(q=said["url"], resolve=True)["statuses"][0]

    voted = rest.v1.polls[found["poll"]["id"]].votes.create(choices=[1])

    assert (voted["voted"], voted["ownVotes"], voted["votesCount"]) == (True, [1], 1)
    eventually(lambda: bob.python.poll(said["poll"])["votes_count"] == 1)
    ours = rest.v1.statuses.create(
        status="And?", poll={"options": ["a", "b", "c"], "expiresIn": 600, "multiple": True, "hideTotals": False}
    )
    assert ([option["title"] for option in ours["poll"]["options"]], ours["poll"]["multiple"]) == (
        ["a", "b", "c"],
        True,
    )


def test_relations(rest: Way, bob: Person) -> None:
    account = known(rest, bob)
    one = rest.v1.accounts[account["id"]]

    one.follow(reblogs=False, notify=True)

    eventually(lambda: rest.v1.accounts.relationships.fetch(id=[account["id"]])[0]["following"])
    relation = rest.v1.accounts.relationships.fetch(id=[account["id"]])[0]
    assert (relation["showingReblogs"], relation["notifying"]) == (False, True)
    assert [each["id"] for each in rest.v1.accounts[rest.v1.accounts.verifyCredentials()["id"]].following.list()] == [
        account["id"]
    ]
    assert one.note.create(comment="met at the fair")["note"] == "met at the fair"
    assert one.mute(notifications=False, duration=3600)["muting"]
    assert [each["id"] for each in rest.v1.mutes.list()] == [account["id"]]
    assert not one.unmute()["muting"]
    made = rest.v1.lists.create(title="JavaScript", repliesPolicy="list", exclusive=False)
    rest.v1.lists[made["id"]].accounts.create(accountIds=[account["id"]])
    assert [each["id"] for each in rest.v1.lists[made["id"]].accounts.list()] == [account["id"]]
    rest.v1.lists[made["id"]].accounts.remove(accountIds=[account["id"]])
    assert rest.v1.lists[made["id"]].accounts.list() == []
    rest.v1.lists[made["id"]].remove()
    assert one.block()["blocking"]
    assert [each["id"] for each in rest.v1.blocks.list()] == [account["id"]]
    assert not one.unblock()["blocking"]
    rest.v1.domainBlocks.create(domain="spam.example")
    assert rest.v1.domainBlocks.list() == ["spam.example"]
    rest.v1.domainBlocks.remove(domain="spam.example")
    assert rest.v1.domainBlocks.list() == []


def test_what_is_refused_is_refused_in_words(rest: Way) -> None:
    with pytest.raises(Refused, match="Text can't be blank") as refused:
        rest.v1.statuses.create(status="")

    assert refused.value.status == 422


def test_streaming(masto: Library, rest: Way) -> None:
    """It drops what does not name the stream as it was asked for."""
    streaming = masto.root("streaming")
    home, tag = streaming.user.subscribe.listen(), streaming.hashtag.subscribe.listen(tag="StreamJS")
    # Nothing says that one has subscribed but the first thing that comes.
    eventually(lambda: rest.v1.statuses.create(status="Anybody? #streamjs") and masto.heard(home) and masto.heard(tag))

    post = rest.v1.statuses.create(status="Hello #streamjs")
    rest.v1.statuses[post["id"]].update(status="Hello again #streamjs")
    eventually(lambda: len(masto.heard(home)) >= 2 and len(masto.heard(tag)) >= 2)  # what is gone is not told of
    rest.v1.statuses[post["id"]].remove()

    def told(listening: int) -> list[dict[str, Any]]:
        return [each for each in masto.heard(listening) if post["id"] in str(each["payload"])]

    eventually(lambda: len(told(home)) >= 3 and len(told(tag)) >= 3)

    for listening, stream in ((home, ["user"]), (tag, ["hashtag", "StreamJS"])):
        events = told(listening)
        assert [each["event"] for each in events] == ["update", "status.update", "delete"]
        assert [each["stream"] for each in events] == [stream] * 3
        assert [events[0]["payload"]["id"], events[1]["payload"]["id"], events[2]["payload"]] == [post["id"]] * 3


@pytest.fixture
def picture(tmp_path: Path) -> str:
    """Return the path of a photograph."""
    path = tmp_path / "beans.jpg"
    Image.new("RGB", (120, 80), "green").save(path)
    return str(path)


def test_a_post_with_pictures(rest: Way, picture: str) -> None:
    """It asks for an upload again and again until it has an address."""
    media = rest.v2.media.create(file={"$file": picture}, description="Beans", focus="0.5,-0.5")

    changed = rest.v1.media[media["id"]].update(description="Many beans")
    post = rest.v1.statuses.create(status="Look", mediaIds=[media["id"]], sensitive=True)
    edited = rest.v1.statuses[post["id"]].update(
        status="Look", mediaIds=[media["id"]], mediaAttributes=[{"id": media["id"], "description": "All beans"}]
    )

    assert (media["type"], media["meta"]["original"]["width"], media["meta"]["focus"]) == (
        "image",
        120,
        {"x": 0.5, "y": -0.5},
    )
    assert (changed["description"], post["sensitive"]) == ("Many beans", True)
    assert [each["description"] for each in edited["mediaAttachments"]] == ["All beans"]
    assert [
        each["description"]
        for each in rest.v1.accounts[post["account"]["id"]].statuses.list(onlyMedia=True)[0]["mediaAttachments"]
    ] == ["All beans"]


def test_posts_for_later(rest: Way) -> None:
    later = rest.v1.statuses.create(status="Later", scheduledAt="2136-01-01T00:00:00.000Z")

    moved = rest.v1.scheduledStatuses[later["id"]].update(scheduledAt="2136-02-01T00:00:00.000Z")

    assert (later["params"]["text"], moved["scheduledAt"]) == ("Later", "2136-02-01T00:00:00.000Z")
    assert [each["id"] for each in rest.v1.scheduledStatuses.list()] == [later["id"]]
    rest.v1.scheduledStatuses[later["id"]].remove()
    assert rest.v1.scheduledStatuses.list() == []


def test_filters(rest: Way) -> None:
    made = rest.v2.filters.create(
        title="Spoilers",
        context=["home", "public"],
        filterAction="warn",
        keywordsAttributes=[{"keyword": "ending", "wholeWord": True}],
    )

    post = rest.v1.statuses.create(status="The ending is good")

    (found,) = rest.v1.statuses[post["id"]].fetch()["filtered"]
    assert (found["filter"]["id"], found["keywordMatches"]) == (made["id"], ["ending"])
    (keyword,) = made["keywords"]
    changed = rest.v2.filters[made["id"]].update(
        title="No more", keywordsAttributes=[{"id": keyword["id"], "_destroy": True}, {"keyword": "beans"}]
    )
    assert (changed["title"], [each["keyword"] for each in changed["keywords"]]) == ("No more", ["beans"])
    assert rest.v1.statuses[post["id"]].fetch()["filtered"] == []
    rest.v2.filters[made["id"]].remove()
    assert rest.v2.filters.list() == []


def test_notifications_in_groups(rest: Way, alice: Person, bob: Person) -> None:
    posts = [rest.v1.statuses.create(status=f"To be liked by Bob {number}") for number in range(2)]
    for post in posts:
        found = bob.python.search_v2(post["url"], resolve=True)["statuses"][0]
        bob.python.status_favourite(found)
        bob.python.status_reply(found, "Nice")
    eventually(lambda: len([each for each in rest.v1.notifications.list() if each["type"] == "mention"]) >= 2)

    grouped = rest.v2.notifications.list(groupedTypes=["favourite"], expandAccounts="partial_avatars")

    mentions = [each for each in grouped["notificationGroups"] if each["type"] == "mention"]
    assert len(mentions) >= 2
    assert {each["id"] for each in grouped["accounts"]} >= set(mentions[0]["sampleAccountIds"])
    assert isinstance(mentions[0]["mostRecentNotificationId"], int)
    one = rest.v2.notifications[mentions[0]["groupKey"]]
    assert one.fetch()["notificationGroups"][0]["groupKey"] == mentions[0]["groupKey"]
    assert [each["acct"] for each in one.accounts.list()] == [bob.handle]
    before = rest.v2.notifications.unreadCount.fetch()["count"]
    one.dismiss()
    assert rest.v2.notifications.unreadCount.fetch()["count"] == before - 1
    policy = rest.v2.notifications.policy.update(forNewAccounts="filter")
    assert (policy["forNewAccounts"], policy["forNotFollowing"]) == ("filter", "accept")
    assert rest.v1.notifications.requests.list() == []
    rest.v2.notifications.policy.update(forNewAccounts="accept")
    rest.v1.notifications.clear()
    assert rest.v1.notifications.list() == []


def test_a_conversation(rest: Way, alice: Person, bob: Person) -> None:
    bob.python.status_post(f"@{alice.handle} between us, in JavaScript", visibility="direct")
    (found,) = eventually(
        lambda: [each for each in rest.v1.conversations.list() if "JavaScript" in each["lastStatus"]["content"]]
    )

    read = rest.v1.conversations[found["id"]].read()

    assert (found["unread"], [each["acct"] for each in found["accounts"]]) == (True, [bob.handle])
    assert (read["id"], read["unread"]) == (found["id"], False)
    rest.v1.conversations[found["id"]].remove()
    assert found["id"] not in [each["id"] for each in rest.v1.conversations.list()]


def test_followed_hashtags(rest: Way) -> None:
    followed = rest.v1.tags["jsgarden"].follow()

    assert (followed["following"], [each["name"] for each in rest.v1.followedTags.list()]) == (True, ["jsgarden"])
    assert rest.v1.tags["jsgarden"].unfollow()["following"] is False
    assert rest.v1.followedTags.list() == []


def test_pushes(rest: Way) -> None:
    keys = {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    }
    with pytest.raises(Refused) as refused:
        rest.v1.push.subscription.fetch()

    made = rest.v1.push.subscription.create(
        subscription={"endpoint": "https://push.example/one", "keys": keys},
        data={"alerts": {"mention": True, "favourite": False}},
        policy="followed",
    )
    changed = rest.v1.push.subscription.update(data={"alerts": {"poll": True}}, policy="all")

    assert refused.value.status == 404
    assert (made["endpoint"], made["alerts"]["mention"], made["policy"]) == (
        "https://push.example/one",
        True,
        "followed",
    )
    assert made["serverKey"] == rest.v2.instance.fetch()["configuration"]["vapid"]["publicKey"]
    assert (changed["alerts"]["poll"], changed["policy"]) == (True, "all")
    rest.v1.push.subscription.remove()


def test_looking_around(rest: Way, bob: Person) -> None:
    post = rest.v1.statuses.create(status="Something to be found: xylophone")

    found = rest.v2.search.list(q="xylophone", type="statuses")

    assert [each["id"] for each in found["statuses"]] == [post["id"]]
    assert rest.v2.search.list(q=post["url"], resolve=True)["statuses"][0]["id"] == post["id"]
    assert rest.v1.trends.tags.list() == []
    assert rest.v1.trends.links.list() == []
    assert rest.v1.trends.statuses.list() == []
    assert {each["acct"] for each in rest.v1.directory.list(order="active")} <= {"alice", bob.handle}
    assert {each["account"]["acct"] for each in rest.v2.suggestions.list()} <= {bob.handle}
    assert rest.v1.announcements.list() == []
    assert rest.v1.instance.rules.list() == []
    assert len(rest.v1.instance.activity.list()) == 12
    assert rest.v1.timelines.link.list(url="https://news.example/") == []


def test_a_report(rest: Way, bob: Person) -> None:
    account = known(rest, bob)

    report = rest.v1.reports.create(accountId=account["id"], comment="rude", forward=False, category="other")

    assert (report["targetAccount"]["id"], report["comment"], report["forwarded"]) == (account["id"], "rude", False)
