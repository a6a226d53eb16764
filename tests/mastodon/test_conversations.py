"""Conversations: what apps are shown of direct posts, and how they go through them."""

from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.domain.post import Post, Visibility
from smallfed.mastodon.entities import Conversation, Status
from smallfed.store import blocks
from tests.mastodon.api import Api
from tests.mastodon.facts import hear, ids_of, say

PATH = "/api/v1/conversations"


async def whisper(api: Api, author: Account, text: str = "Psst", **fields: Any) -> Post:
    """Let somebody write to the owner alone."""
    return await hear(api, author, text, names=True, in_home=False, visibility=Visibility.DIRECT, **fields)


async def test_what_is_shown(api: Api) -> None:
    bob, carol = await api.know("bob@peer.example"), await api.know("carol@other.example")
    heard = await whisper(api, bob)
    answer = await say(api, "@bob@peer.example yes", visibility="direct", in_reply_to_id=heard.id)
    await whisper(api, carol)
    note = await say(api, "Milk", visibility="direct")

    found = await api.get(PATH, list[Conversation])

    people = [[account.acct for account in one.accounts] for one in found]
    last = [one.last_status and one.last_status.content for one in found]
    assert people == [["alice"], ["carol@other.example"], ["bob@peer.example"]]
    assert [one.unread for one in found] == [False, True, False]
    assert last[:2] == ["<p>Milk</p>", "<p>Psst</p>"]
    assert [one.last_status and one.last_status.id for one in found][::2] == [note.id, answer.id]


async def test_reading_and_forgetting(api: Api) -> None:
    heard = await whisper(api, await api.know("bob@peer.example"))
    (one,) = await api.get(PATH, list[Conversation])

    read = await api.post(f"{PATH}/{one.id}/read", Conversation)
    unread = await api.post(f"{PATH}/{one.id}/unread", Conversation)
    forgotten = await api.ask("DELETE", f"{PATH}/{one.id}")

    assert (one.unread, read.unread, unread.unread) == (True, False, True)
    assert unread == one
    assert (forgotten.status, forgotten.json()) == (200, {})
    assert await api.get(PATH, list[Conversation]) == []
    assert await ids_of(api, "/api/v1/timelines/direct") == [str(heard.id)]
    for method, path in (("POST", f"{PATH}/{one.id}/read"), ("DELETE", f"{PATH}/{one.id}"), ("DELETE", f"{PATH}/x")):
        assert (await api.ask(method, path)).status == 404


async def test_a_last_post_that_must_not_be_seen(api: Api) -> None:
    """Its author blocks the owner meanwhile: the conversation stays, without it."""
    bob = await api.know("bob@peer.example")
    await whisper(api, bob)
    await api.do(blocks.put, bob.id, api.owner.id, "https://peer.example/blocks/1")

    (one,) = await api.get(PATH, list[Conversation])

    assert one.last_status is None
    assert [account.acct for account in one.accounts] == ["bob@peer.example"]


async def test_pages_go_by_the_last_posts(api: Api) -> None:
    bob = await api.know("bob@peer.example")
    heard = [str((await whisper(api, bob)).id) for _ in range(5)]
    met: list[str] = []
    path: str | None = f"{PATH}?limit=2"

    while path:
        answer = await api.ask("GET", path)
        page = answer.of(list[Conversation])
        met += [one.last_status.id for one in page if one.last_status]
        link = answer.headers.get("link")
        path = link and link[1 : link.index(">")].removeprefix("https://home.example")
        assert link is None or link.startswith(f'<https://home.example{PATH}?limit=2&max_id={met[-1]}>; rel="next"')

    assert met == heard[::-1]


async def test_direct_posts_are_a_timeline_as_well(api: Api) -> None:
    bob = await api.know("bob@peer.example")
    heard = await whisper(api, bob)
    said = await say(api, "@bob@peer.example", visibility="direct")
    await say(api, "To all")

    assert await ids_of(api, "/api/v1/timelines/direct") == [said.id, str(heard.id)]
    await api.ask("POST", f"/api/v1/accounts/{bob.id}/mute")
    shown = await api.get("/api/v1/timelines/direct", list[Status])
    assert [status.id for status in shown] == []


@pytest.mark.parametrize(("method", "scope"), [("GET", "read:lists"), ("POST", "read"), ("DELETE", "write:statuses")])
async def test_scopes(api: Api, method: str, scope: str) -> None:
    path = PATH if method == "GET" else f"{PATH}/1/read" if method == "POST" else f"{PATH}/1"

    answers = [await api.ask(method, path, token=token) for token in ("", await api.grant(scope))]

    assert [answer.status for answer in answers] == [401, 403]
