"""Notifications, one by one."""

from typing import Any

import pytest

from smallfed.domain.post import Post
from smallfed.mastodon.entities import Marker, Notification, Status
from smallfed.services import blocking, liking, notifying
from smallfed.store import posts
from smallfed.store.tx import Tx
from tests import world
from tests.mastodon.api import Api
from tests.mastodon.facts import hear, say

PATH = "/api/v1/notifications"


async def told(api: Api, **query: Any) -> list[tuple[str, str]]:
    """Return (type, whose) of the notifications, newest first."""
    return [(one.type, one.account.acct) for one in await api.get(PATH, list[Notification], **query)]


async def happen(api: Api) -> tuple[Status, Post]:
    """Let bob follow, carol mention, and bob like what the owner said; return that, and the mention."""
    bob, carol = await api.know("bob@peer.example"), await api.know("carol@other.example")
    said = await say(api, "Hello")
    await api.do(notifying.tell, "follow", bob.id)
    heard = await hear(api, carol, names=True)
    await hear(api, carol)
    await api.do(lambda tx: liking.receive_like(tx, bob, _post(tx, said), None))
    return said, heard


def _post(tx: Tx, status: Status) -> Post:
    return posts.get(tx, int(status.id))


async def test_a_notification_holds_who_and_about_what(api: Api) -> None:
    said, heard = await happen(api)

    liked, mentioned, followed = await api.get(PATH, list[Notification])

    assert isinstance(liked.status, Status)
    assert isinstance(mentioned.status, Status)
    assert (liked.type, liked.account.acct, liked.status.id) == ("favourite", "bob@peer.example", said.id)
    assert (mentioned.type, mentioned.account.acct, mentioned.status.id) == (
        "mention",
        "carol@other.example",
        str(heard.id),
    )
    assert (followed.type, followed.account.acct) == ("follow", "bob@peer.example")
    hour = int(world.NOW.timestamp()) // 3600
    assert [one.group_key for one in (liked, mentioned, followed)] == [
        f"favourite-{said.id}-{hour}",
        f"ungrouped-{mentioned.id}",
        f"follow-{hour}",
    ]
    raw = (await api.ask("GET", f"{PATH}/{followed.id}")).json()
    assert "status" not in raw
    assert all(int(one.id) < 1 << 53 for one in (liked, mentioned, followed))
    assert await api.get(f"{PATH}/{liked.id}", Notification) == liked


@pytest.mark.parametrize(
    ("query", "types"),
    [
        ({}, "favourite mention follow"),
        ({"types[]": "mention"}, "mention"),
        ({"types[]": ["mention", "follow", "unheard-of"]}, "mention follow"),
        ({"types[]": "unheard-of"}, ""),
        ({"exclude_types[]": ["follow", "poll"]}, "favourite mention"),
        ({"types[]": ["follow", "mention"], "exclude_types[]": "follow"}, "mention"),
        ({"limit": 1}, "favourite"),
    ],
)
async def test_which_are_wanted(api: Api, query: dict[str, Any], types: str) -> None:
    await happen(api)

    assert [type_ for type_, _ in await told(api, **query)] == types.split()


async def test_of_one_account(api: Api) -> None:
    _, heard = await happen(api)

    assert await told(api, account_id=heard.account_id) == [("mention", "carol@other.example")]


async def test_they_go_on_by_their_ids(api: Api) -> None:
    await happen(api)

    answer = await api.ask("GET", PATH, query={"limit": 2, "exclude_types[]": "poll"})

    newest, second = answer.of(list[Notification])
    where = f"https://home.example{PATH}?limit=2&exclude_types%5B%5D=poll"
    assert answer.headers["link"] == (
        f'<{where}&max_id={second.id}>; rel="next", <{where}&min_id={newest.id}>; rel="prev"'
    )
    assert await told(api, max_id=second.id) == [("follow", "bob@peer.example")]


async def test_what_is_gone_is_not_told_any_more(api: Api) -> None:
    said, _ = await happen(api)

    await api.ask("DELETE", f"/api/v1/statuses/{said.id}")

    assert await told(api) == [("mention", "carol@other.example"), ("follow", "bob@peer.example")]


async def test_nothing_is_heard_of_who_is_blocked_or_muted(api: Api) -> None:
    _, heard = await happen(api)
    await api.ask("POST", f"/api/v1/accounts/{heard.account_id}/mute", form={"notifications": "false"})
    quiet = await told(api)
    await api.ask("POST", f"/api/v1/accounts/{heard.account_id}/mute")
    muted = await told(api)

    await api.do(blocking.block_domain, "peer.example")

    assert quiet == [
        ("favourite", "bob@peer.example"),
        ("mention", "carol@other.example"),
        ("follow", "bob@peer.example"),
    ]
    assert muted == [("favourite", "bob@peer.example"), ("follow", "bob@peer.example")]
    assert await told(api) == []


async def test_dismissing_one_and_all(api: Api) -> None:
    await happen(api)
    first, second, _ = await api.get(PATH, list[Notification])

    one = await api.ask("POST", f"{PATH}/{second.id}/dismiss")
    left = await told(api)
    again = await api.ask("POST", f"{PATH}/{second.id}/dismiss")
    every = await api.ask("POST", f"{PATH}/clear")

    assert (one.status, one.body, every.status, every.body) == (200, b"{}", 200, b"{}")
    assert left == [("favourite", "bob@peer.example"), ("follow", "bob@peer.example")]
    assert (again.status, again.json()) == (404, {"error": "Record not found"})
    assert await told(api) == []
    assert (await api.ask("GET", f"{PATH}/{first.id}")).status == 404


async def test_what_is_unread_is_newer_than_the_marker(api: Api) -> None:
    await happen(api)
    _, second, _ = await api.get(PATH, list[Notification])
    before = await api.get(f"{PATH}/unread_count", dict[str, int])

    await api.post("/api/v1/markers", dict[str, Marker], **{"notifications[last_read_id]": second.id})

    assert before == {"count": 3}
    assert await api.get(f"{PATH}/unread_count", dict[str, int]) == {"count": 1}
    assert await api.get(f"{PATH}/unread_count", dict[str, int], limit=1) == {"count": 1}
    assert await api.get(f"{PATH}/unread_count", dict[str, int], **{"types[]": "mention"}) == {"count": 0}
    assert await api.get("/api/v2/notifications/unread_count", dict[str, int]) == {"count": 1}
    for version in ("v1", "v2"):
        assert await api.get(f"/api/{version}/notifications/unread_count", dict[str, int], limit=0) == {"count": 0}


async def test_dismissing_as_old_apps_do(api: Api) -> None:
    await happen(api)
    first, *_ = await api.get(PATH, list[Notification])

    one = await api.ask("POST", f"{PATH}/dismiss", form={"id": first.id})
    none = [await api.ask("POST", f"{PATH}/dismiss", form=form) for form in ({}, {"id": "x"}, {"id": first.id})]

    assert (one.status, one.body) == (200, b"{}")
    assert [answer.status for answer in none] == [404, 404, 404]
    assert await told(api) == [("mention", "carol@other.example"), ("follow", "bob@peer.example")]


async def test_markers_as_form_and_as_json(api: Api) -> None:
    first = await api.ask("POST", "/api/v1/markers", form={"home[last_read_id]": "5"})
    second = await api.ask("POST", "/api/v1/markers", json={"home": {"last_read_id": "7", "version": 1}})
    late = await api.ask("POST", "/api/v1/markers", json={"home": {"last_read_id": "6", "version": 1}})

    versions = [answer.of(dict[str, Marker])["home"].version for answer in (first, second)]
    assert versions == [1, 2]
    assert (late.status, late.json()) == (409, {"error": "Conflict during update, please try again"})
    (home,) = (await api.get("/api/v1/markers", dict[str, Marker], **{"timeline[]": ["home", "x"]})).values()
    assert (home.last_read_id, home.version) == ("7", 2)


async def test_they_are_for_the_owner_only(api: Api) -> None:
    reader = await api.grant("read:statuses")

    answers = [await api.ask("GET", path, token=token) for path in (PATH, f"{PATH}/1") for token in ("", reader)]

    assert [answer.status for answer in answers] == [401, 403, 401, 403]
