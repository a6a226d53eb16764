"""The notification policy, in both forms, and what the owner decides of those it keeps back."""

from typing import Any

import pytest
import trio

from smallfed.domain.account import Account
from smallfed.mastodon.entities import (
    Notification,
    NotificationPolicy,
    NotificationPolicyV1,
    NotificationRequest,
    PolicySummary,
    RelationshipSeveranceEvent,
)
from smallfed.services import blocking
from tests.mastodon.api import Api
from tests.mastodon.facts import follow, hear

PATH, POLICY = "/api/v1/notifications/requests", "/api/v2/notifications/policy"
OLD_POLICY = "/api/v1/notifications/policy"


async def keep_back(api: Api, *handles: str) -> list[Account]:
    """Have strangers kept back, let these name the owner, one after the other, and return them."""
    await api.ask("PATCH", POLICY, form={"for_not_following": "filter"})
    people = [await api.know(handle) for handle in handles]
    for who in people:
        await hear(api, who, f"It is {who.username}", names=True)
    return people


async def requests(api: Api, **query: Any) -> list[tuple[str, str]]:
    """Return (whose, how many) of those who wait, newest first."""
    found = await api.get(PATH, list[NotificationRequest], **query)
    return [(request.account.acct, request.notifications_count) for request in found]


async def told(api: Api, **query: Any) -> list[str]:
    """Return whose notifications there are, newest first."""
    return [one.account.username for one in await api.get("/api/v1/notifications", list[Notification], **query)]


async def test_the_policy_to_begin_with(api: Api) -> None:
    """Everything is told."""
    policy = await api.get(POLICY, NotificationPolicy)

    assert policy == NotificationPolicy(
        for_not_following="accept",
        for_not_followers="accept",
        for_new_accounts="accept",
        for_private_mentions="accept",
        for_limited_accounts="filter",
        summary=PolicySummary(pending_requests_count=0, pending_notifications_count=0),
    )


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
async def test_what_is_named_is_changed(api: Api, method: str) -> None:
    first = await api.ask(method, POLICY, json={"for_new_accounts": "drop", "for_private_mentions": "filter"})
    second = await api.ask(method, POLICY, form={"for_private_mentions": "accept"})
    wrong = await api.ask(method, POLICY, form={"for_not_followers": "perhaps", "for_new_accounts": "accept"})

    changed = first.of(NotificationPolicy)
    assert (changed.for_new_accounts, changed.for_private_mentions, changed.for_not_followers) == (
        "drop",
        "filter",
        "accept",
    )
    assert second.of(NotificationPolicy).for_private_mentions == "accept"
    assert (wrong.status, wrong.json()) == (422, {"error": "for_not_followers should be accept, filter or drop"})
    assert await api.get(POLICY, NotificationPolicy) == second.of(NotificationPolicy)


async def test_the_older_form(api: Api) -> None:
    """Yes is whatever is not accepted; to repeat it changes nothing."""
    await api.ask("PATCH", POLICY, form={"for_not_following": "drop", "for_limited_accounts": "drop"})
    before = await api.get(OLD_POLICY, NotificationPolicyV1)

    answer = await api.ask("PUT", OLD_POLICY, form={"filter_not_following": "true", "filter_new_accounts": "true"})

    summary = PolicySummary(pending_requests_count=0, pending_notifications_count=0)
    assert before == NotificationPolicyV1(
        filter_not_following=True,
        filter_not_followers=False,
        filter_new_accounts=False,
        filter_private_mentions=False,
        summary=summary,
    )
    assert answer.of(NotificationPolicyV1).filter_new_accounts
    changed = await api.get(POLICY, NotificationPolicy)
    assert (changed.for_not_following, changed.for_new_accounts, changed.for_limited_accounts) == (
        "drop",
        "filter",
        "drop",
    )
    await api.ask("PATCH", OLD_POLICY, json={"filter_not_following": False})
    assert (await api.get(POLICY, NotificationPolicy)).for_not_following == "accept"


async def test_who_waits_is_not_told_of(api: Api) -> None:
    bob, _ = await keep_back(api, "bob@peer.example", "carol@other.example")
    await hear(api, bob, "Bob again", names=True)

    assert await told(api) == []
    assert await requests(api) == [("carol@other.example", "1"), ("bob@peer.example", "2")]
    newest, second = await api.get(PATH, list[NotificationRequest])
    assert second.last_status is not None
    assert second.last_status.content == "<p>Bob again</p>"
    assert second.created_at < newest.created_at < second.updated_at
    assert await api.get(f"{PATH}/{second.id}", NotificationRequest) == second
    policy = await api.get(POLICY, NotificationPolicy)
    assert policy.summary == PolicySummary(pending_requests_count=2, pending_notifications_count=3)
    assert await told(api, include_filtered="true") == ["bob", "carol", "bob"]
    assert await told(api, account_id=bob.id) == ["bob", "bob"]
    grouped = await api.ask("GET", "/api/v2/notifications", query={"include_filtered": "1"})
    assert len(grouped.json()["notification_groups"]) == 3
    assert (await api.ask("GET", "/api/v2/notifications")).json()["notification_groups"] == []
    assert (await api.ask("GET", "/api/v1/notifications/unread_count")).json() == {"count": 0}


async def test_they_go_on_by_their_ids(api: Api) -> None:
    await keep_back(api, "a@peer.example", "b@peer.example", "c@peer.example")

    answer = await api.ask("GET", PATH, query={"limit": 2})

    first, second = answer.of(list[NotificationRequest])
    where = f"https://home.example{PATH}?limit=2"
    assert answer.headers["link"] == (
        f'<{where}&max_id={second.id}>; rel="next", <{where}&min_id={first.id}>; rel="prev"'
    )
    assert await requests(api, max_id=second.id) == [("a@peer.example", "1")]


async def test_accepting_and_dismissing(api: Api) -> None:
    bob, carol = await keep_back(api, "bob@peer.example", "carol@other.example")
    carols, bobs = await api.get(PATH, list[NotificationRequest])

    accepted = await api.ask("POST", f"{PATH}/{bobs.id}/accept")
    dismissed = await api.ask("POST", f"{PATH}/{carols.id}/dismiss")
    for who in (bob, carol):
        await hear(api, who, "And again", names=True)

    assert (accepted.status, accepted.body, dismissed.status, dismissed.body) == (200, b"{}", 200, b"{}")
    assert await told(api) == ["bob", "bob"]
    assert await requests(api) == [("carol@other.example", "1")]
    for verb in ("accept", "dismiss"):
        assert (await api.ask("POST", f"{PATH}/{bobs.id}/{verb}")).status == 404
    assert (await api.ask("GET", f"{PATH}/{bobs.id}")).status == 404
    assert (await api.ask("GET", f"{PATH}/merged")).json() == {"merged": True}


async def test_many_at_once(api: Api) -> None:
    await keep_back(api, *(f"{name}@peer.example" for name in "abcd"))
    found = {one.account.username: one.id for one in await api.get(PATH, list[NotificationRequest])}

    accepted = await api.ask("POST", f"{PATH}/accept", form={"id[]": [found["a"], found["b"], "1", "x"]})
    dismissed = await api.ask("POST", f"{PATH}/dismiss", json={"id": [found["c"]]})

    assert (accepted.status, accepted.body, dismissed.status, dismissed.body) == (200, b"{}", 200, b"{}")
    assert await told(api) == ["b", "a"]
    assert await requests(api) == [("d@peer.example", "1")]


async def test_they_are_for_the_owner_only(api: Api) -> None:
    reader = await api.grant("read")

    reading = [await api.ask("GET", path, token="") for path in (PATH, f"{PATH}/1", f"{PATH}/merged", OLD_POLICY)]
    writing = [await api.ask("POST", f"{PATH}/{path}", token=reader) for path in ("1/accept", "accept", "dismiss")]
    changing = await api.ask("PATCH", POLICY, token=reader, form={"for_new_accounts": "drop"})

    assert [answer.status for answer in (*reading, *writing, changing)] == [401] * 4 + [403] * 4


async def test_a_block_of_a_domain_tells_what_it_ended(api: Api) -> None:
    bob, bert, carol = [await api.know(handle) for handle in ("bob@a.example", "bert@b.a.example", "carol@c.example")]
    await follow(api, bob, bert, carol)
    await trio.sleep(1)

    await api.ask("POST", "/api/v1/domain_blocks", form={"domain": "a.example"})
    await api.ask("POST", "/api/v1/domain_blocks", form={"domain": "nobody.example"})

    (told,) = await api.get("/api/v1/notifications", list[Notification])
    assert isinstance(told.event, RelationshipSeveranceEvent)
    assert (told.type, told.account.acct, told.created_at) == ("severed_relationships", "alice", told.event.created_at)
    assert told.event == RelationshipSeveranceEvent(
        id=told.event.id,
        type="user_domain_block",
        target_name="a.example",
        followers_count=0,
        following_count=2,
        created_at=told.created_at,
    )
    (group,) = (await api.ask("GET", "/api/v2/notifications")).json()["notification_groups"]
    assert (group["type"], group["event"]["following_count"]) == ("severed_relationships", 2)
    assert await api.get(f"/api/v1/notifications/{told.id}", Notification) == told
    await api.do(blocking.unblock_domain, "a.example")
    assert len(await api.get("/api/v1/notifications", list[Notification])) == 1
