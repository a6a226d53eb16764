"""masto.js, as it is released (under Elk and Phanpy), against real servers."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

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
    assert rest.v1.markers.fetch(timeline=["home"]) == {}
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
    time.sleep(1)  # nothing says that one has subscribed

    post = rest.v1.statuses.create(status="Hello #streamjs")
    rest.v1.statuses[post["id"]].update(status="Hello again #streamjs")
    eventually(lambda: len(masto.heard(home)) >= 2 and len(masto.heard(tag)) >= 2)  # what is gone is not told of
    rest.v1.statuses[post["id"]].remove()
    eventually(lambda: len(masto.heard(home)) >= 3 and len(masto.heard(tag)) >= 3)

    for listening, stream in ((home, ["user"]), (tag, ["hashtag", "StreamJS"])):
        events = masto.heard(listening)
        assert [each["event"] for each in events] == ["update", "status.update", "delete"]
        assert [each["stream"] for each in events] == [stream] * 3
        assert [events[0]["payload"]["id"], events[1]["payload"]["id"], events[2]["payload"]] == [post["id"]] * 3
