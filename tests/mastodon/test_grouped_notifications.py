"""Notifications in groups."""

from typing import Any

import pytest
import trio

from smallfed.domain.account import Account
from smallfed.domain.copy import Subject
from smallfed.mastodon.entities import Account as Shown
from smallfed.mastodon.entities import GroupedNotifications, Marker, Notification, NotificationGroup, Status
from smallfed.services import blocking, liking, muting, notifying
from smallfed.store import houses, posts
from tests import world
from tests.mastodon.api import Api
from tests.mastodon.facts import hear, say

PATH = "/api/v2/notifications"
HOUR = int(world.NOW.timestamp()) // 3600


async def like(api: Api, who: Account, status: Status) -> None:
    """Let somebody like what the owner said, a second later."""
    await trio.sleep(1)
    await api.do(lambda tx: liking.receive_like(tx, who, posts.get(tx, int(status.id)), None))


async def happen(api: Api) -> tuple[Status, list[Account]]:
    """Let ten people like a post, with a follow, a mention and a poll in between; return the post and the people."""
    people = [
        await api.know(f"p{number}@peer.example", avatar=f"https://peer.example/{number}") for number in range(10)
    ]
    said = await say(api, "Hello")
    for who in people[:5]:
        await like(api, who, said)
    await api.do(notifying.tell, "follow", people[0].id)
    await hear(api, people[1], "Hello you", names=True)
    for who in people[5:]:
        await like(api, who, said)
    return said, people


async def groups(api: Api, **query: Any) -> list[NotificationGroup]:
    """Return the groups of a page."""
    found: GroupedNotifications = await api.get(PATH, GroupedNotifications, **query)
    return found.notification_groups


async def every(api: Api) -> list[Notification]:
    return await api.get("/api/v1/notifications", list[Notification])


async def test_the_same_about_the_same_is_one(api: Api) -> None:
    said, people = await happen(api)
    one_by_one = await every(api)

    answer = await api.ask("GET", PATH)

    found = answer.of(GroupedNotifications)
    liked, mentioned, followed = found.notification_groups
    likes = [one for one in one_by_one if one.type == "favourite"]
    assert liked == NotificationGroup(
        group_key=f"favourite-{said.id}-{HOUR}",
        notifications_count=10,
        type="favourite",
        most_recent_notification_id=int(likes[0].id),
        page_min_id=likes[-1].id,
        page_max_id=likes[0].id,
        latest_page_notification_at=likes[0].created_at,
        sample_account_ids=[str(who.id) for who in people[:1:-1]],
        status_id=said.id,
    )
    assert (mentioned.type, mentioned.group_key, mentioned.notifications_count) == (
        "mention",
        f"ungrouped-{mentioned.most_recent_notification_id}",
        1,
    )
    assert (followed.type, followed.group_key, followed.status_id is followed.report) == (
        "follow",
        f"follow-{HOUR}",
        True,
    )
    assert isinstance(answer.json()["notification_groups"][0]["most_recent_notification_id"], int)
    assert [status.id for status in found.statuses] == [said.id, mentioned.status_id]
    assert {account.id for account in found.accounts} == {str(who.id) for who in people}
    assert "partial_accounts" not in answer.json()
    assert likes[0].group_key == liked.group_key


async def test_pictures_are_enough_of_most(api: Api) -> None:
    _, people = await happen(api)

    found = await api.get(PATH, GroupedNotifications, expand_accounts="partial_avatars", **{"types[]": "favourite"})
    wrong = await api.ask("GET", PATH, query={"expand_accounts": "some"})

    assert [account.id for account in found.accounts] == [str(people[9].id)]
    partial = {account.id: account for account in found.partial_accounts}
    assert set(partial) == {str(who.id) for who in people[2:9]}
    seventh, here = partial[str(people[7].id)], await api.do(houses.get)
    assert (seventh.acct, seventh.avatar, seventh.url) == (
        "p7@peer.example",
        here.proxied(Subject.AVATAR, people[7].id, "https://peer.example/7"),
        "https://peer.example/@p7",
    )
    assert (wrong.status, wrong.json()) == (400, {"error": "expand_accounts should be full or partial_avatars"})


@pytest.mark.parametrize(
    ("query", "types"),
    [
        ({"types[]": ["mention", "follow"]}, "mention follow"),
        ({"exclude_types[]": "favourite"}, "mention follow"),
        ({"limit": 1}, "favourite"),
        ({"grouped_types[]": "favourite"}, "favourite mention follow"),
        ({"grouped_types[]": "follow"}, " ".join(["favourite"] * 5 + ["mention", "follow"] + ["favourite"] * 5)),
        ({"types[]": "unheard-of"}, ""),
    ],
)
async def test_which_are_wanted(api: Api, query: dict[str, Any], types: str) -> None:
    await happen(api)

    assert [group.type for group in await groups(api, **query)] == types.split()


async def test_pages_go_on_where_the_oldest_is(api: Api) -> None:
    """A group that goes on is on both pages, each time with what belongs there."""
    said, people = await happen(api)
    await trio.sleep(1)
    await api.do(notifying.tell, "reblog", people[3].id, int(said.id))
    one_by_one = {one.id: one.type for one in await every(api)}

    first = await api.ask("GET", PATH, query={"limit": 2, "types[]": ["reblog", "favourite", "follow", "mention"]})
    top = first.of(GroupedNotifications).notification_groups
    rest = await groups(api, max_id=top[-1].page_min_id)

    types = "types%5B%5D=reblog&types%5B%5D=favourite&types%5B%5D=follow&types%5B%5D=mention"
    where = f"https://home.example{PATH}?limit=2&{types}"
    assert first.headers["link"] == (
        f'<{where}&max_id={top[1].page_min_id}>; rel="next", <{where}&min_id={top[0].page_max_id}>; rel="prev"'
    )
    assert [group.type for group in top] == ["reblog", "favourite"]
    assert [(group.type, group.notifications_count) for group in rest] == [
        ("favourite", 9),
        ("mention", 1),
        ("follow", 1),
    ]
    stretches = [(int(str(group.page_min_id)), int(str(group.page_max_id)), group.type) for group in (*top, *rest)]
    met = [
        number
        for low, high, type_ in stretches
        for number, known in one_by_one.items()
        if known == type_ and low <= int(number) <= high
    ]
    assert sorted(met) == sorted(one_by_one)
    newer = await api.ask("GET", PATH, query={"min_id": top[0].page_max_id})
    assert newer.of(GroupedNotifications).notification_groups == []
    assert "link" not in newer.headers


async def test_one_group_and_everybody_in_it(api: Api) -> None:
    _, people = await happen(api)
    liked, mentioned, _ = await groups(api)

    whole = await api.ask("GET", f"{PATH}/{liked.group_key}")
    alone = await api.get(f"{PATH}/{mentioned.group_key}", GroupedNotifications)
    everybody = await api.ask("GET", f"{PATH}/{liked.group_key}/accounts", query={"limit": 4})

    (group,) = whole.of(GroupedNotifications).notification_groups
    assert (group.group_key, group.notifications_count) == (liked.group_key, 10)
    assert not {"page_min_id", "page_max_id", "latest_page_notification_at"} & set(
        whole.json()["notification_groups"][0]
    )
    assert [one.group_key for one in alone.notification_groups] == [mentioned.group_key]
    assert [one.acct for one in everybody.of(list[Shown])] == [f"p{number}@peer.example" for number in (9, 8, 7, 6)]
    assert f"{PATH}/{liked.group_key}/accounts?limit=4&max_id=" in everybody.headers["link"]
    (only,) = await api.get(f"{PATH}/{mentioned.group_key}/accounts", list[Shown])
    assert only.id == str(people[1].id)
    for unknown in ("favourite-1-1", "ungrouped-1", "nothing"):
        assert (await api.ask("GET", f"{PATH}/{unknown}")).status == 404


async def test_dismissing_a_group(api: Api) -> None:
    await happen(api)
    liked, mentioned, followed = await groups(api)

    gone = [await api.ask("POST", f"{PATH}/{key}/dismiss") for key in (liked.group_key, mentioned.group_key, "nothing")]
    left = await groups(api)
    await api.ask("POST", f"{PATH}/clear")

    assert [(answer.status, answer.body) for answer in gone] == [(200, b"{}")] * 3
    assert left == [followed]
    assert await groups(api) == []


async def test_unread_groups_are_newer_than_the_marker(api: Api) -> None:
    await happen(api)
    one_by_one = await every(api)

    async def unread(**query: Any) -> int:
        return int((await api.get(f"{PATH}/unread_count", dict[str, int], **query))["count"])

    before = (await unread(), await unread(limit=2), await unread(**{"grouped_types[]": "follow"}))
    await api.post("/api/v1/markers", dict[str, Marker], **{"notifications[last_read_id]": one_by_one[2].id})

    assert before == (3, 2, 12)
    assert (await unread(), await unread(**{"types[]": "follow"})) == (1, 0)


async def test_of_the_muted_and_blocked_nothing_is_told(api: Api) -> None:
    _, people = await happen(api)

    await api.do(muting.mute, people[9])
    await api.do(blocking.block, people[8])

    liked, *_ = await groups(api)
    assert (liked.notifications_count, liked.sample_account_ids[0]) == (8, str(people[7].id))
    await api.do(blocking.block_domain, "peer.example")
    assert await groups(api) == []


async def test_they_are_for_the_owner_only(api: Api) -> None:
    reader = await api.grant("read:statuses")

    for path in (PATH, f"{PATH}/unread_count", f"{PATH}/policy", f"{PATH}/a", f"{PATH}/a/accounts"):
        assert [(await api.ask("GET", path, token=token)).status for token in ("", reader)] == [401, 403]
