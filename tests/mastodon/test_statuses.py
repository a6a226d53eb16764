"""Posts through the client API: saying, reading, changing, taking back."""

from typing import Any

import pytest
import trio
from msgspec import structs

from smallfed.domain.post import Visibility
from smallfed.mastodon.entities import (
    Account,
    Application,
    Mention,
    QuoteApproval,
    ShallowTag,
    Status,
    StatusEdit,
    StatusSource,
    Verified,
)
from smallfed.mastodon.failures import Error
from smallfed.store import posts, timelines
from smallfed.store.paging import Page
from tests.mastodon.api import Api
from tests.mastodon.facts import hear, ids_of, say

ABSENT = b'{"error":"Record not found"}'


async def test_a_post_is_answered_whole(api: Api) -> None:
    bob = await api.know("bob@peer.example")

    said = await say(api, "Hi @bob@peer.example #Wörld", spoiler_text="CW", language="pt_br", visibility="unlisted")

    tag = "https://home.example/tags/w%C3%B6rld"
    assert said == Status(
        id=said.id,
        uri=f"https://home.example/users/alice/notes/{said.id}",
        url=f"https://home.example/@alice/{said.id}",
        created_at="2026-03-01T12:00:01.000Z",
        edited_at=None,
        account=await api.get(f"/api/v1/accounts/{api.owner.id}", Account),
        content='<p>Hi <span class="h-card" translate="no"><a href="https://peer.example/@bob" class="u-url mention"'
        ' rel="nofollow noopener" target="_blank">@<span>bob</span></a></span>'
        f' <a href="{tag}" class="mention hashtag" rel="tag nofollow noopener" target="_blank">#<span>Wörld</span></a>'
        "</p>",
        visibility="unlisted",
        sensitive=True,
        spoiler_text="CW",
        media_attachments=[],
        application=Application(name="Tests"),
        mentions=[Mention(id=str(bob.id), username="bob", url="https://peer.example/@bob", acct="bob@peer.example")],
        tags=[ShallowTag(name="wörld", url=tag)],
        emojis=[],
        reblogs_count=0,
        favourites_count=0,
        verified=Verified(favourites=0, reblogs=0),
        emoji_reactions=[],
        replies_count=0,
        in_reply_to_id=None,
        in_reply_to_account_id=None,
        reblog=None,
        quote_approval=QuoteApproval(automatic=["public"], manual=[], current_user="automatic"),
        language="pt-BR",
        favourited=False,
        reblogged=False,
        muted=False,
        bookmarked=False,
        pinned=False,
        filtered=[],
    )
    assert await api.get(f"/api/v1/statuses/{said.id}", Status) == said


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"json": {"status": "Hello", "visibility": "private", "sensitive": "true"}}, id="json"),
        pytest.param({"form": {"status": "Hello", "visibility": "private", "sensitive": "1"}}, id="form"),
        pytest.param({"query": {"status": "Hello", "visibility": "private", "sensitive": "on"}}, id="query"),
        pytest.param({"files": {}, "form": {"status": "Hello", "visibility": "private", "sensitive": "1"}}, id="parts"),
    ],
)
async def test_every_form_of_body(api: Api, body: dict[str, Any]) -> None:
    answer = await api.ask("POST", "/api/v1/statuses", **body)

    said = answer.of(Status)
    assert (answer.status, said.content, said.visibility, said.sensitive) == (200, "<p>Hello</p>", "private", True)


async def test_markdown(api: Api) -> None:
    said = await say(api, "*Hello* `@bob`", content_type="text/markdown")

    source = await api.get(f"/api/v1/statuses/{said.id}/source", StatusSource)

    assert said.content == "<p><em>Hello</em> <code>@bob</code></p>"
    assert source == StatusSource(id=said.id, text="*Hello* `@bob`", spoiler_text="", content_type="text/markdown")


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ({}, 422, "Validation failed: Text can't be blank"),
        (
            {"status": "x", "visibility": "me"},
            422,
            "visibility should be one of: public, unlisted, private, direct",
        ),
        ({"status": "x", "poll": {"options": ["a", "b"]}}, 422, "Validation failed: Poll expires at can't be blank"),
        (
            {"status": "x", "media_ids": ["1"]},
            422,
            "Validation failed: Media 1 not found or already attached to another post",
        ),
        ({"status": "x", "in_reply_to_id": "17"}, 404, "The post you are trying to reply to does not appear to exist."),
    ],
)
async def test_what_cannot_be_said_is_refused_and_not_said(
    api: Api, asked: dict[str, Any], status: int, words: str
) -> None:
    answer = await api.ask("POST", "/api/v1/statuses", json=asked)

    assert (answer.status, answer.json()) == (status, {"error": words})
    assert await ids_of(api, "/api/v1/timelines/home") == []


async def test_mentions_of_people_nobody_can_find_stay_plain_text(api: Api) -> None:
    before = trio.current_time()

    said = await say(api, "@bob @alice@home.example @carol@home.example @dave@gone.example")

    assert [mention.acct for mention in said.mentions] == ["alice"]
    assert said.content.startswith("<p>@bob ")
    assert said.content.endswith(" @carol@home.example @dave@gone.example</p>")
    assert trio.current_time() - before <= 1 + 5


async def test_replies(api: Api) -> None:
    bob = await api.know("bob@peer.example")
    heard = await hear(api, bob)

    said = await say(api, "Yes", in_reply_to_id=heard.id)
    boost = await api.post(f"/api/v1/statuses/{heard.id}/reblog", Status)
    answered_boost = await say(api, "No", in_reply_to_id=boost.id)

    for reply in (said, answered_boost):
        assert (reply.in_reply_to_id, reply.in_reply_to_account_id) == (str(heard.id), str(bob.id))
    assert (await api.get(f"/api/v1/statuses/{heard.id}", Status)).replies_count == 2


# The same once more ---------------------------------------------------------------------------------------------------
async def test_the_same_key_is_the_same_post(api: Api) -> None:
    first, second = [
        await api.ask("POST", "/api/v1/statuses", form={"status": text}, headers={"Idempotency-Key": "k"})
        for text in ("one", "")
    ]

    assert (second.status, second.body) == (200, first.body)
    assert await ids_of(api, "/api/v1/timelines/home") == [first.of(Status).id]


async def test_the_same_key_at_the_same_time_is_the_same_post(api: Api) -> None:
    answers: list[str] = []

    async def ask() -> None:
        form = {"status": "@dave@slow.example"}
        answer = await api.ask("POST", "/api/v1/statuses", form=form, headers={"Idempotency-Key": "k"})
        answers.append(answer.of(Status).id)

    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(ask)

    assert len(answers) == 3
    assert await ids_of(api, "/api/v1/timelines/home") == [answers[0]] == list(set(answers))


async def test_keys_are_of_one_token_and_for_a_day(api: Api) -> None:
    other = await api.grant("write read")

    async def say_again(token: str | None = None) -> str:
        headers = {"Idempotency-Key": "k"}
        answer = await api.ask("POST", "/api/v1/statuses", form={"status": "x"}, headers=headers, token=token)
        return answer.of(Status).id

    first, others = await say_again(), await say_again(other)
    await trio.sleep(86_399)
    again = await say_again()
    await trio.sleep(2)
    new = await say_again()

    assert again == first
    assert len({first, others, new}) == 3


async def test_a_key_has_its_limit(api: Api) -> None:
    answer = await api.ask("POST", "/api/v1/statuses", form={"status": "x"}, headers={"Idempotency-Key": "k" * 201})

    assert (answer.status, answer.json()) == (422, {"error": "an Idempotency-Key may have at most 200 characters"})


# Changing -------------------------------------------------------------------------------------------------------------
async def test_an_edit_resets_what_is_not_sent_but_visibility_and_language(api: Api) -> None:
    said = await say(api, "*One*", spoiler_text="CW", language="fr", visibility="private", content_type="text/markdown")
    await trio.sleep(60)

    answer = await api.ask("PUT", f"/api/v1/statuses/{said.id}", json={"status": "*Two*", "visibility": "public"})

    edited = answer.of(Status)
    assert (edited.content, edited.spoiler_text, edited.sensitive) == ("<p><em>Two</em></p>", "", False)
    assert (edited.language, edited.visibility, edited.edited_at) == ("fr", "private", "2026-03-01T12:01:01.000Z")
    assert edited.created_at == said.created_at


async def test_the_history_begins_with_the_oldest(api: Api) -> None:
    said = await say(api, "One", spoiler_text="CW")
    path = f"/api/v1/statuses/{said.id}"
    alone = await api.get(f"{path}/history", list[StatusEdit])
    for text in ("Two", "Three"):
        await trio.sleep(60)
        await api.ask("PUT", path, json={"status": text})

    history = await api.get(f"{path}/history", list[StatusEdit])

    assert [version.content for version in alone] == ["<p>One</p>"]
    assert [(v.content, v.spoiler_text, v.sensitive, v.created_at) for v in history] == [
        ("<p>One</p>", "CW", True, "2026-03-01T12:00:01.000Z"),
        ("<p>Two</p>", "", False, "2026-03-01T12:01:01.000Z"),
        ("<p>Three</p>", "", False, "2026-03-01T12:02:01.000Z"),
    ]
    assert history[0].account == said.account


async def test_what_is_deleted_is_answered_once_more_with_what_was_typed(api: Api) -> None:
    said = await say(api, "Hello #you", spoiler_text="CW")
    path = f"/api/v1/statuses/{said.id}"

    deleted = (await api.ask("DELETE", path)).of(Status)

    assert deleted == structs.replace(said, text="Hello #you", content_type="text/plain")
    for method in ("GET", "DELETE", "PUT"):
        gone = await api.ask(method, path, form={"status": "x"})
        assert (gone.status, gone.body) == (404, ABSENT)


async def test_a_boost_can_be_deleted_like_a_post(api: Api) -> None:
    heard = await hear(api, await api.know("bob@peer.example"))
    boost = await api.post(f"/api/v1/statuses/{heard.id}/reblog", Status)

    deleted = (await api.ask("DELETE", f"/api/v1/statuses/{boost.id}")).of(Status)

    assert (deleted.id, deleted.text) == (boost.id, "")
    assert (await api.get(f"/api/v1/statuses/{heard.id}", Status)).reblogged is False


@pytest.mark.parametrize(("method", "path"), [("PUT", ""), ("DELETE", ""), ("GET", "/source")])
async def test_posts_of_others_are_not_ours_to_change(api: Api, method: str, path: str) -> None:
    heard = await hear(api, await api.know("bob@peer.example"))

    answer = await api.ask(method, f"/api/v1/statuses/{heard.id}{path}", form={"status": "x"})

    assert (answer.status, answer.body) == (404, ABSENT)
    assert await api.parts.db.read(posts.find, heard.id) == heard


# Seeing ---------------------------------------------------------------------------------------------------------------
PATHS = [
    ("GET", ""),
    ("GET", "/context"),
    ("GET", "/history"),
    ("GET", "/source"),
    ("GET", "/favourited_by"),
    ("GET", "/reblogged_by"),
    ("POST", "/translate"),
    *(("POST", f"/{name}") for name in ("favourite", "unfavourite", "reblog", "unreblog", "bookmark", "unbookmark")),
    *(("POST", f"/{name}") for name in ("pin", "unpin", "mute", "unmute")),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
async def test_private_and_absent_are_answered_alike(api: Api, method: str, path: str) -> None:
    secret = await hear(api, await api.know("bob@peer.example"), visibility=Visibility.DIRECT)

    answers = [
        await api.ask(method, f"/api/v1/statuses/{number}{path}") for number in (secret.id, secret.id + 1, "x", 1 << 63)
    ]

    assert {(answer.status, answer.body) for answer in answers} == {(404, ABSENT)}


@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_strangers_see_nothing_private_of_ours(api: Api, visibility: str) -> None:
    said = await say(api, "Psst", visibility=visibility)

    for path in ("", "/context", "/history", "/favourited_by", "/reblogged_by"):
        answer = await api.ask("GET", f"/api/v1/statuses/{said.id}{path}", token="")
        assert (answer.status, answer.body) == (404, ABSENT)


async def test_strangers_are_not_told_what_the_owner_did(api: Api) -> None:
    said = await say(api, "Hello")
    await api.post(f"/api/v1/statuses/{said.id}/bookmark", Status)

    answer = await api.ask("GET", f"/api/v1/statuses/{said.id}", token="")

    assert not {"favourited", "reblogged", "muted", "bookmarked", "pinned", "filtered"} & answer.json().keys()


async def test_several_come_in_the_order_asked_for(api: Api) -> None:
    one, two = await say(api, "One"), await say(api, "Two")
    secret = await hear(api, await api.know("bob@peer.example"), visibility=Visibility.DIRECT)

    found = await ids_of(api, "/api/v1/statuses", **{"id[]": [two.id, secret.id, "x", one.id, two.id]})

    assert found == [two.id, one.id]
    assert await ids_of(api, "/api/v1/statuses") == []


@pytest.mark.parametrize(("visibility", "status"), [("public", 404), ("unlisted", 404), ("private", 403)])
async def test_there_is_no_translation(api: Api, visibility: str, status: int) -> None:
    """As Mastodon without a service has it."""
    said = await say(api, "Hello", visibility=visibility)

    answer = await api.ask("POST", f"/api/v1/statuses/{said.id}/translate", form={"lang": "de"})

    assert answer.status == status
    assert answer.of(Error).error


@pytest.mark.parametrize(("column", "value"), [("emojis", "{"), ("published_at", 1 << 60)])
async def test_a_bad_row_does_not_break_a_timeline(api: Api, column: str, value: object) -> None:
    one, two = await say(api, "One"), await say(api, "Two")
    await api.do(lambda tx: tx.run(f"UPDATE posts SET {column} = ? WHERE id = ?", value, int(one.id)))

    assert await ids_of(api, "/api/v1/timelines/home") == [two.id]


async def test_who_likes_and_boosts(api: Api) -> None:
    said = await say(api, "Hello")
    path = f"/api/v1/statuses/{said.id}"
    for action in ("favourite", "reblog"):
        await api.post(f"{path}/{action}", Status)

    for name in ("favourited_by", "reblogged_by"):
        answer = await api.ask("GET", f"{path}/{name}", query={"limit": 1})
        assert [account.acct for account in answer.of(list[Account])] == ["alice"]
        assert f"<https://home.example{path}/{name}?limit=1&max_id=" in answer.headers["link"]
    assert await api.parts.db.read(timelines.count_published) == 2
    assert len(await api.parts.db.read(timelines.favourites, Page())) == 1
