"""Mastodon.py, as it is released, against real servers."""

import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from mastodon import Mastodon, StreamListener
from mastodon.errors import MastodonAPIError, MastodonNotFoundError, MastodonUnauthorizedError

from tests.clients.mailbox import Mailbox
from tests.clients.people import Person
from tests.imaging.samples import drawn, saved
from tests.processes import eventually


def find(entities: Callable[[], Any], uri: str) -> Callable[[], Any]:
    """Return what looks for the post ``uri`` in a list."""
    return lambda: next((each for each in entities() if each["uri"] == uri), None)


def test_the_server_and_the_owner(alice: Person) -> None:
    client = alice.python

    assert client.account_verify_credentials()["username"] == "alice"
    assert client.instance_v1()["uri"] == alice.server.domain
    assert client.instance_v2()["domain"] == alice.server.domain
    assert client.instance_health() is True
    assert client.preferences()["posting:default:visibility"] == "public"
    assert (client.custom_emojis(), client.filters(), client.lists()) == ([], [], [])


def test_a_post_and_its_versions(alice: Person) -> None:
    client = alice.python

    post = client.status_post("One", spoiler_text="CW", visibility="unlisted", language="en", idempotency_key="k1")
    again = client.status_post("One", idempotency_key="k1")
    edited = client.status_update(post, "Two")

    assert again["id"] == post["id"]
    assert (post["sensitive"], post["visibility"], edited["visibility"]) == (True, "unlisted", "unlisted")
    assert (edited["content"], edited["spoiler_text"], edited["edited_at"] > post["created_at"]) == (
        "<p>Two</p>",
        "",
        True,
    )
    assert [version["content"] for version in client.status_history(post)] == ["<p>One</p>", "<p>Two</p>"]
    assert client.status_source(post)["text"] == "Two"

    deleted = client.status_delete(post)

    assert deleted["text"] == "Two"
    with pytest.raises(MastodonNotFoundError):
        client.status(post)


def test_everything_one_does_with_a_post(alice: Person) -> None:
    client = alice.python
    post = client.status_post("To be liked")

    assert client.status_favourite(post)["favourited"]
    assert [account["acct"] for account in client.status_favourited_by(post)] == ["alice"]
    assert client.favourites()[0]["id"] == post["id"]
    assert not client.status_unfavourite(post)["favourited"]
    assert client.status_bookmark(post)["bookmarked"]
    assert client.bookmarks()[0]["id"] == post["id"]
    assert not client.status_unbookmark(post)["bookmarked"]
    assert client.status_pin(post)["pinned"]
    assert [pinned["id"] for pinned in client.account_statuses(client.me(), pinned=True)] == [post["id"]]
    assert not client.status_unpin(post)["pinned"]
    assert client.status_mute(post)["muted"]
    assert not client.status_unmute(post)["muted"]
    boost = client.status_reblog(post, visibility="unlisted")
    assert (boost["reblog"]["id"], boost["reblog"]["reblogged"], boost["visibility"]) == (post["id"], True, "unlisted")
    assert [account["acct"] for account in client.status_reblogged_by(post)] == ["alice"]
    assert not client.status_unreblog(post)["reblogged"]


def test_posts_for_later_and_drafts(alice: Person) -> None:
    client = alice.python
    at = datetime.now(UTC) + timedelta(hours=1)

    kept = client.status_post("Later", spoiler_text="CW", scheduled_at=at, idempotency_key="later")
    again = client.status_post("Later", scheduled_at=at, idempotency_key="later")
    draft = client.status_post("Some day", scheduled_at=datetime(2100, 6, 1, tzinfo=UTC))
    moved = client.scheduled_status_update(kept, scheduled_at=at + timedelta(hours=1))

    assert again["id"] == kept["id"]
    assert abs(kept["scheduled_at"] - at) < timedelta(seconds=1)
    assert abs(moved["scheduled_at"] - at - timedelta(hours=1)) < timedelta(seconds=1)
    assert (kept["params"]["text"], kept["params"]["spoiler_text"], draft["draft"]) == ("Later", "CW", True)
    assert [one["id"] for one in client.scheduled_statuses()] == [draft["id"], kept["id"]]
    assert client.scheduled_status(draft)["params"]["text"] == "Some day"
    with pytest.raises(MastodonAPIError):
        client.scheduled_status_update(kept, scheduled_at=datetime.now(UTC))
    for one in (kept, draft):
        client.scheduled_status_delete(one)
    assert client.scheduled_statuses() == []


def test_the_profile_and_people_on_it(alice: Person, bob: Person) -> None:
    client = alice.python
    fields = [("Web", "https://alice.example"), ("Cat", "Tom")]

    me = client.account_update_credentials(
        display_name="Alice A.", note="Hi", fields=fields, bot=True, attribution_domains=["blog.example"]
    )
    there = client.account_lookup(f"bob@{bob.server.domain}")
    client.account_follow(there)
    eventually(lambda: client.account_relationships(there)[0]["following"])
    endorsed = client.account_endorse(there)

    assert (me["display_name"], me["bot"], me["source"]["note"]) == ("Alice A.", True, "Hi")
    assert [(field["name"], field["value"]) for field in me["source"]["fields"]] == fields
    assert me["source"]["attribution_domains"] == ["blog.example"]
    assert (endorsed["endorsed"], client.account_pin(there)["endorsed"]) == (True, True)
    assert [account["acct"] for account in client.endorsements()] == [there["acct"]]
    assert not client.account_unendorse(there)["endorsed"]
    assert client.account_note_set(there, "A friend")["note"] == "A friend"
    muted = client.account_mute(there, duration=3600)
    assert muted["muting_expires_at"] is not None
    assert not client.account_unmute(there)["muting"]
    assert not client.account_remove_from_followers(there)["followed_by"]
    assert client.account_familiar_followers(there)[0]["accounts"] == []
    client.account_unfollow(there)
    client.account_update_credentials(display_name="Alice", note="", fields=[("", "")], bot=False)


def test_walking_through_a_timeline(alice: Person) -> None:
    client = alice.python
    said = [client.status_post(f"Walk {number} #walk")["id"] for number in range(7)][::-1]

    first = client.timeline_hashtag("walk", limit=3)
    second = client.fetch_next(first)
    third = client.fetch_next(second)

    assert [each["id"] for page in (first, second, third) for each in page] == said
    assert client.fetch_next(third) in (None, [])
    assert [each["id"] for each in client.fetch_previous(second)] == said[:3]
    assert [each["id"] for each in client.timeline_home(limit=7)] == said
    assert [each["id"] for each in client.statuses(said[:2])] == said[:2]


def test_threads(alice: Person) -> None:
    client = alice.python
    top = client.status_post("Top")
    middle = client.status_reply(top, "Middle")
    below = client.status_reply(middle, "Below")

    context = client.status_context(middle)

    assert [each["id"] for each in context["ancestors"]] == [top["id"]]
    assert [each["id"] for each in context["descendants"]] == [below["id"]]


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda client: client.status_post(""), "Text can't be blank"),
        (lambda client: client.status_post("x", poll=client.make_poll(["a"], 600)), "must have more than one item"),
        (lambda client: client.status_post("x" * 5001), "character limit of 5000 exceeded"),
        (lambda client: client.media_post(b"x", mime_type="image/png"), "This is no picture, film or sound"),
    ],
)
def test_what_is_refused_is_refused_in_words(alice: Person, ask: Callable[[Mastodon], Any], words: str) -> None:
    with pytest.raises(MastodonAPIError) as caught:
        ask(alice.python)

    assert words in str(caught.value)


def test_a_token_that_was_revoked_is_worth_nothing(alice: Person) -> None:
    other = Person("alice", alice.server).python
    copy = Mastodon(access_token=other.access_token, api_base_url=alice.base)
    before = copy.account_verify_credentials()

    other.revoke_access_token(allow_http=True)

    assert before["username"] == "alice"
    with pytest.raises(MastodonUnauthorizedError):
        copy.account_verify_credentials()
    assert alice.python.account_verify_credentials()["username"] == "alice"


def test_a_poll_on_two_servers(alice: Person, bob: Person) -> None:
    a, b = alice.python, bob.python
    said = b.status_post("Which?", poll=b.make_poll(["tea", "cake", "beer"], 600, multiple=True))
    found = a.search_v2(said["url"], resolve=True)["statuses"][0]

    voted = a.poll_vote(found["poll"], [0, 2])

    assert (voted["voted"], voted["own_votes"], voted["votes_count"], voted["voters_count"]) == (True, [0, 2], 2, 1)
    counted = eventually(lambda: (poll := b.poll(said["poll"])) and poll["votes_count"] == 2 and poll)
    assert [option["votes_count"] for option in counted["options"]] == [1, 0, 1]
    with pytest.raises(MastodonAPIError, match="already voted"):
        a.poll_vote(found["poll"], [0])
    with pytest.raises(MastodonAPIError, match="your own polls"):
        b.poll_vote(said["poll"], [0])

    edited = b.status_update(said, "Which one?", poll=b.make_poll(["wine", "water"], 600))
    assert [option["title"] for option in edited["poll"]["options"]] == ["wine", "water"]
    assert edited["poll"]["votes_count"] == 0
    eventually(lambda: a.status(found)["poll"]["options"][0]["title"] == "wine")
    assert a.status(found)["poll"]["voted"] is False


def test_two_people_on_two_servers(alice: Person, bob: Person) -> None:
    a, b = alice.python, bob.python
    (known,) = a.search_v2(f"@{bob.handle}", resolve=True)["accounts"]
    a.account_follow(known)
    eventually(lambda: a.account_relationships(known)[0]["following"])
    follow = eventually(lambda: next(iter(b.notifications(types=["follow"])), None))
    assert follow["account"]["acct"] == alice.handle

    said = b.status_post(f"Hello @{alice.handle} #together", visibility="private")
    heard = eventually(find(a.timeline_home, said["uri"]))
    mention = eventually(lambda: next(iter(a.notifications(types=["mention"])), None))
    assert (mention["status"]["id"], heard["visibility"]) == (heard["id"], "private")
    assert a.search_v2(said["url"], resolve=True)["statuses"][0]["id"] == heard["id"]

    reply = a.status_reply(heard, "Hello Bob")
    a.status_favourite(heard)
    eventually(lambda: b.status(said)["favourites_count"] == 1)
    assert [each["uri"] for each in b.status_context(said)["descendants"]] == [reply["uri"]]

    b.status_update(said, "Changed")
    eventually(lambda: a.status(heard)["content"] == "<p>Changed</p>")
    assert len(a.status_history(heard)) == 2

    public = b.status_post("To be boosted")
    shown = eventually(find(a.timeline_home, public["uri"]))
    a.status_reblog(shown)
    eventually(lambda: b.status(public)["reblogs_count"] == 1)
    a.status_unreblog(shown)
    eventually(lambda: b.status(public)["reblogs_count"] == 0)

    b.status_delete(public)
    eventually(lambda: find(a.timeline_home, public["uri"])() is None)
    for notification in b.notifications():
        b.notifications_dismiss(notification)
    assert b.notifications() == []
    a.account_unfollow(known)
    eventually(lambda: b.account_followers(b.me()) == [])


def test_lists_and_notes(alice: Person, bob: Person) -> None:
    a, b = alice.python, bob.python
    (known,) = a.search_v2(f"@{bob.handle}", resolve=True)["accounts"]
    made = a.list_create("Friends", replies_policy="none", exclusive=True)
    with pytest.raises(MastodonAPIError, match="must be a followed account"):
        a.list_accounts_add(made, [known])

    a.account_follow(known)
    a.list_accounts_add(made, [known])
    eventually(lambda: a.account_relationships(known)[0]["following"])
    said = b.status_post("To be read in a list")
    heard = eventually(find(lambda: a.timeline_list(made), said["uri"]))

    assert (made["title"], made["replies_policy"], made["exclusive"]) == ("Friends", "none", True)
    assert find(a.timeline_home, said["uri"])() is None
    assert [each["id"] for each in a.list_accounts(made, limit=0)] == [known["id"]]
    assert [each["id"] for each in a.account_lists(known)] == [made["id"]]
    assert find(lambda: a.timeline_list(made, max_id=heard), said["uri"])() is None
    changed = a.list_update(made, "Loud", replies_policy="followed", exclusive=False)
    assert (a.list(made), a.lists()) == (changed, [changed])
    assert find(a.timeline_home, said["uri"])() is not None
    assert a.account_note_set(known, "met at the fair")["note"] == "met at the fair"
    assert a.account_relationships(known)[0]["note"] == "met at the fair"
    assert a.account_note_set(known, "")["note"] == ""
    a.list_accounts_delete(made, [known])
    assert (a.list_accounts(made), a.timeline_list(made)) == ([], [])
    a.list_delete(made)
    with pytest.raises(MastodonNotFoundError):
        a.list(made)
    a.account_unfollow(known)


class Heard(StreamListener):
    """What has come in a stream: (event, id)."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []
        self.beats = 0

    def on_any_event(self, name: str, data: Any = None) -> None:
        self.events.append((name, str(data["id"] if isinstance(data, dict) else data)))

    def handle_heartbeat(self) -> None:
        self.beats += 1


def test_filters(alice: Person) -> None:
    """Both versions: a group with keywords and a post, and a keyword by itself."""
    client = alice.python
    words = [{"keyword": "spider", "whole_word": True}, {"keyword": "cobweb", "whole_word": False}]

    made = client.create_filter_v2("Spiders", ["home", "public"], "hide", expires_in=3600, keywords_attributes=words)
    added = client.add_filter_keyword_v2(made, "tarantula", whole_word=True)
    changed = client.update_filter_v2(made, title="Arachnids", filter_action="warn")
    alone = client.filter_create("snake", ["home"], irreversible=True, expires_in=60)
    crawling = client.status_post("A Spider in cobwebs")
    harmless = client.status_post("Nothing to see")
    single = client.add_filter_status_v2(made, harmless)
    hidden = client.status_post("snake")

    assert [word["keyword"] for word in client.filter_keywords_v2(made)] == ["spider", "cobweb", "tarantula"]
    assert (changed["title"], changed["filter_action"], changed["context"]) == ("Arachnids", "warn", ["home", "public"])
    assert [one["title"] for one in client.filters_v2()] == ["Arachnids", "snake"]
    assert [one["phrase"] for one in client.filters()] == ["spider", "cobweb", "tarantula", "snake"]
    home = {status["id"]: status for status in client.timeline_home()}
    (result,) = home[crawling["id"]]["filtered"]
    assert (result["filter"]["title"], result["keyword_matches"]) == ("Arachnids", ["Spider", "cobweb"])
    (result,) = home[harmless["id"]]["filtered"]
    assert [str(one) for one in result["status_matches"]] == [str(harmless["id"])]
    kept = client.filters_apply([home[crawling["id"]], home[hidden["id"]]], client.filters(), "home")
    assert kept == []

    client.delete_filter_keyword_v2(added)
    client.delete_filter_status_v2(single)
    client.filter_delete(alone)
    client.delete_filter_v2(made)

    assert (client.filters_v2(), client.filters()) == ([], [])
    assert client.status(crawling)["filtered"] == []


def test_followed_hashtags(alice: Person) -> None:
    client = alice.python

    followed = [client.tag_follow(name) for name in ("Gardening", "chess")]
    names = [tag["name"] for tag in client.followed_tags()]
    left = client.tag_unfollow("gardening")

    assert [(tag["name"], tag["following"]) for tag in followed] == [("gardening", True), ("chess", True)]
    assert names == ["chess", "gardening"]
    assert (left["following"], client.tag("gardening")["following"]) == (False, False)
    assert [tag["name"] for tag in client.followed_tags()] == ["chess"]
    client.tag_unfollow("chess")


def test_conversations_on_two_servers(alice: Person, bob: Person) -> None:
    client, other = alice.python, bob.python
    said = client.status_post(f"@{bob.handle} between us", visibility="direct")
    heard = eventually(
        lambda: next((one for one in other.conversations() if one["last_status"]["uri"] == said["uri"]), None)
    )

    read = other.conversations_read(heard)
    other.status_reply(heard["last_status"], "yes", visibility="direct")
    answered = eventually(
        lambda: next((one for one in client.conversations() if "yes" in one["last_status"]["content"]), None)
    )

    assert (heard["unread"], read["unread"], answered["unread"]) == (True, False, True)
    assert [account["acct"] for account in heard["accounts"]] == [alice.handle]
    assert [account["acct"] for account in answered["accounts"]] == [bob.handle]
    assert said["uri"] in [status["uri"] for status in client.timeline("direct")]


def test_streaming_by_server_sent_events(alice: Person, bob: Person) -> None:
    client, home, tag = alice.python, Heard(), Heard()
    with (
        closing(client.stream_user(home, run_async=True)),
        closing(client.stream_hashtag("beans", tag, run_async=True)),
    ):
        eventually(lambda: home.beats and tag.beats)

        post = client.status_post("Some #beans")
        client.status_update(post, "Some #beans, cooked")
        like = bob.python.search_v2(post["uri"], resolve=True)["statuses"][0]
        bob.python.status_favourite(like)
        eventually(lambda: len(home.events) == 3)
        client.status_delete(post)
        eventually(lambda: (len(home.events), len(tag.events)) == (4, 3))

    number = str(post["id"])
    (told,) = (each for name, each in home.events if name == "notification")
    assert home.events == [
        ("update", number),
        ("status.update", number),
        ("notification", told),
        ("delete", number),
    ]
    assert tag.events == [("update", number), ("status.update", number), ("delete", number)]
    assert client.stream_healthy() is True


def test_streaming_by_a_websocket(alice: Person) -> None:
    pytest.importorskip("websocket", reason="needs websocket-client (Mastodon.py[websocket_streaming])")
    client, home, local = alice.python, Heard(), Heard()
    with closing(client.stream_open_websocket()) as connection:
        connection.subscribe("user", home)
        connection.subscribe("public:local", local)
        time.sleep(0.5)  # nothing says that one has subscribed

        post = client.status_post("Hello")
        eventually(lambda: home.events and local.events)
        client.status_delete(post)
        eventually(lambda: len(home.events) == len(local.events) == 2)

    assert home.events == local.events == [("update", str(post["id"])), ("delete", str(post["id"]))]


def test_pushes(alice: Person, bob: Person) -> None:
    """A subscription as Mastodon.py makes it, and what is sent to it as Mastodon.py reads it."""
    client, mailbox = bob.python, Mailbox()
    private, public = client.push_subscription_generate_keys()

    made = client.push_subscription_set(mailbox.url, public, mention_events=False, follow_events=True)
    changed = client.push_subscription_update(mention_events=True)
    alice.python.status_post(f"@{bob.handle} a word")
    headers, body = eventually(lambda: mailbox.came and mailbox.came[0])
    mailbox.close()
    told = client.push_subscription_decrypt_push(body, private, headers["encryption"], headers["crypto-key"])
    client.push_subscription_delete()
    shown = client.notifications(id=told["notification_id"])

    assert (made["id"], made["endpoint"], made["alerts"]["follow"]) == (changed["id"], mailbox.url, True)
    assert (changed["alerts"]["mention"], changed["alerts"]["follow"]) == (True, False)
    name = shown["account"]["display_name"] or "alice"  # as it was when Bob's house read it
    assert (told["access_token"], told["title"]) == (client.access_token, f"{name} mentioned you")
    assert shown["status"]["content"].endswith("a word</p>")
    with pytest.raises(MastodonNotFoundError):
        client.push_subscription()


def test_notifications_in_groups_and_who_waits(alice: Person, bob: Person) -> None:
    a, b = alice.python, bob.python
    a.notifications_clear()
    said = a.status_post("To be liked by many")
    found = b.search_v2(said["url"], resolve=True)["statuses"][0]
    b.status_favourite(found)

    grouped = eventually(lambda: (page := a.grouped_notifications(limit=5))["notification_groups"] and page)
    (group,) = grouped["notification_groups"]
    assert (group["type"], group["notifications_count"], group["status_id"]) == ("favourite", 1, said["id"])
    assert [account["acct"] for account in grouped["accounts"]] == [bob.handle]
    assert a.grouped_notification(group["group_key"])["notification_groups"][0]["group_key"] == group["group_key"]
    assert [account["acct"] for account in a.grouped_notification_accounts(group["group_key"])] == [bob.handle]
    assert (a.unread_grouped_notifications_count(), a.notifications_unread_count()["count"]) == (1, 1)
    a.markers_set("notifications", str(group["most_recent_notification_id"]))
    assert (a.unread_grouped_notifications_count(), a.notifications_unread_count()["count"]) == (0, 0)
    a.dismiss_grouped_notification(group["group_key"])
    assert a.grouped_notifications()["notification_groups"] == []

    policy = a.update_notifications_policy(for_not_following="filter")
    assert (policy["for_not_following"], a.notifications_policy()["for_not_following"]) == ("filter", "filter")
    b.status_post(f"@{alice.handle} Let me in")
    (request,) = eventually(a.notification_requests)
    assert (request["account"]["acct"], a.notifications()) == (bob.handle, [])
    assert a.notification_request(request["id"])["last_status"]["id"] == request["last_status"]["id"]
    a.accept_notification_request(request["id"])
    assert a.notifications_merged()
    assert [(one["type"], one["account"]["acct"]) for one in a.notifications()] == [("mention", bob.handle)]
    a.update_notifications_policy(for_not_following="accept")
    a.notifications_clear()


def test_pictures_and_posts_with_them(alice: Person) -> None:
    client = alice.python

    picture = saved(drawn(1500, 1000), "JPEG")
    hill = client.media_post(picture, "image/jpeg", description="A hill", focus=(0.5, 0))
    chosen = {"thumbnail": saved(drawn(90, 90), "PNG"), "thumbnail_mime_type": "image/png"}
    lake = client.media_post(saved(drawn(), "GIF"), "image/gif", **chosen)
    described = client.media_update(lake, description="A lake")
    post = client.status_post("", media_ids=[hill, lake])
    edited = client.status_update(post, "Turned", media_ids=[lake, hill])
    deleted = client.status_delete(edited)
    again = client.status_post("Again", media_ids=deleted["media_attachments"])

    assert (hill["meta"]["original"]["size"], hill["meta"]["focus"]["x"]) == ("1500x1000", 0.5)
    assert described["description"] == "A lake"
    assert described["preview_url"] != described["url"]
    assert [each["description"] for each in post["media_attachments"]] == ["A hill", "A lake"]
    assert [each["description"] for each in edited["media_attachments"]] == ["A lake", "A hill"]
    assert [each["id"] for each in again["media_attachments"]] == [lake["id"], hill["id"]]
    assert client.media(hill)["id"] == hill["id"]


def test_an_avatar_and_a_header(alice: Person) -> None:
    client = alice.python
    before = client.me()["avatar"]

    me = client.account_update_credentials(
        avatar=saved(drawn(900, 900), "PNG"),
        avatar_mime_type="image/png",
        header=saved(drawn(3000, 1000), "JPEG"),
        header_mime_type="image/jpeg",
    )

    assert me["avatar"] == me["avatar_static"] != before
    assert me["header"] == me["header_static"]
    assert client.account_delete_avatar()["avatar"] == before
