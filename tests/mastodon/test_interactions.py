"""What the owner does with posts: all answers, twice over, on the post and on a boost of it."""

import pytest
import trio

from smallfed.mastodon.entities import Account, Status
from smallfed.store import bookmarks, likes
from tests.mastodon.api import Api
from tests.mastodon.facts import hear, ids_of, say


@pytest.mark.parametrize(
    ("do", "undo", "flag"),
    [
        ("favourite", "unfavourite", "favourited"),
        ("bookmark", "unbookmark", "bookmarked"),
        ("mute", "unmute", "muted"),
    ],
)
async def test_doing_and_undoing(api: Api, do: str, undo: str, flag: str) -> None:
    said = await say(api, "Hello")
    boost = await api.post(f"/api/v1/statuses/{said.id}/reblog", Status)

    for number in (said.id, boost.id):
        for action, expected in ((do, True), (do, True), (undo, False), (undo, False)):
            answer = await api.post(f"/api/v1/statuses/{number}/{action}", Status)
            shown = await api.get(f"/api/v1/statuses/{said.id}", Status)
            assert (answer.id, getattr(answer, flag), getattr(shown, flag)) == (said.id, expected, expected)


async def test_pinning_and_unpinning(api: Api) -> None:
    """What is pinned already is refused, as by Mastodon; to unpin it twice is as once."""
    said = await say(api, "Hello")
    boost = await api.post(f"/api/v1/statuses/{said.id}/reblog", Status)

    for number in (said.id, boost.id):
        path = f"/api/v1/statuses/{number}"
        pinned = await api.post(f"{path}/pin", Status)
        again = await api.ask("POST", f"{path}/pin")
        unpinned = [await api.post(f"{path}/unpin", Status) for _ in range(2)]
        assert (pinned.id, pinned.pinned) == (said.id, True)
        assert (again.status, again.json()) == (422, {"error": "Validation failed: This post is pinned already"})
        assert [(one.id, one.pinned) for one in unpinned] == [(said.id, False)] * 2


async def test_a_boost_is_answered_with_its_post_inside(api: Api) -> None:
    heard = await hear(api, await api.know("bob@peer.example"))
    await trio.sleep(1)

    boost = await api.post(f"/api/v1/statuses/{heard.id}/reblog", Status)
    again = await api.post(f"/api/v1/statuses/{boost.id}/reblog", Status)

    assert boost.reblog is not None
    assert (boost.id != str(heard.id), boost.reblog.id, boost.account.acct) == (True, str(heard.id), "alice")
    assert (boost.reblogged, boost.reblog.reblogged, boost.reblog.reblogs_count) == (True, True, 1)
    assert (boost.reblog.account.acct, boost.visibility) == ("bob@peer.example", "public")
    assert again == boost
    assert await ids_of(api, "/api/v1/timelines/home") == [boost.id, str(heard.id)]


async def test_a_boost_taken_back_is_answered_with_the_post(api: Api) -> None:
    heard = await hear(api, await api.know("bob@peer.example"))
    boost = await api.post(f"/api/v1/statuses/{heard.id}/reblog", Status)

    answers = [await api.post(f"/api/v1/statuses/{number}/unreblog", Status) for number in (boost.id, heard.id)]

    assert [(answer.id, answer.reblog, answer.reblogged) for answer in answers] == [(str(heard.id), None, False)] * 2
    assert (await api.ask("GET", f"/api/v1/statuses/{boost.id}")).status == 404


@pytest.mark.parametrize(
    ("visibility", "wanted", "shown"),
    [
        ("public", "", "public"),
        ("public", "unlisted", "unlisted"),
        ("unlisted", "private", "private"),
        ("private", "public", "private"),
    ],
)
async def test_for_whom_a_boost_is(api: Api, visibility: str, wanted: str, shown: str) -> None:
    said = await say(api, "Hello", visibility=visibility)

    boost = await api.post(f"/api/v1/statuses/{said.id}/reblog", Status, visibility=wanted)

    assert boost.visibility == shown


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("pin", "Validation failed: Someone else's post cannot be pinned"),
        ("reblog", "visibility should be one of: public, unlisted, private, direct"),
    ],
)
async def test_what_cannot_be_done_is_refused(api: Api, action: str, words: str) -> None:
    heard = await hear(api, await api.know("bob@peer.example"))

    answer = await api.ask("POST", f"/api/v1/statuses/{heard.id}/{action}", form={"visibility": "local"})

    assert (answer.status, answer.json()) == (422, {"error": words})


async def test_posts_for_single_people_are_neither_boosted_nor_pinned(api: Api) -> None:
    said = await say(api, "Psst", visibility="direct")

    answers = [await api.ask("POST", f"/api/v1/statuses/{said.id}/{action}") for action in ("reblog", "pin")]

    assert [answer.status for answer in answers] == [422, 422]
    assert await api.parts.db.read(bookmarks.pins, api.owner.id) == []


async def test_pins_are_limited(api: Api) -> None:
    said = [await say(api, f"{number}") for number in range(21)]

    answers = [await api.ask("POST", f"/api/v1/statuses/{one.id}/pin") for one in said]

    assert [answer.status for answer in answers] == [200] * 20 + [422]
    pinned = await ids_of(api, f"/api/v1/accounts/{api.owner.id}/statuses", pinned="true", limit=40)
    assert pinned == [one.id for one in reversed(said[:20])]


async def test_the_author_is_told_of_likes_once(api: Api) -> None:
    heard = await hear(api, await api.know("bob@peer.example"))

    for _ in range(2):
        await api.post(f"/api/v1/statuses/{heard.id}/favourite", Status)

    sent = await api.do(lambda tx: tx.all("SELECT type FROM bodies"))
    assert (sent, await api.parts.db.read(likes.count, heard.id)) == ([("Like",)], 1)
    (account,) = await api.get(f"/api/v1/statuses/{heard.id}/favourited_by", list[Account])
    assert account.acct == "alice"


@pytest.mark.parametrize("action", ["favourite", "reblog", "bookmark", "pin", "mute"])
async def test_reading_is_no_permission_to_do(api: Api, action: str) -> None:
    said = await say(api, "Hello")
    reader = await api.grant("read")

    answer = await api.ask("POST", f"/api/v1/statuses/{said.id}/{action}", token=reader)

    assert (answer.status, answer.json()) == (403, {"error": "This action is outside the authorized scopes"})


@pytest.mark.parametrize(("name", "action"), [("favourites", "favourite"), ("bookmarks", "bookmark")])
async def test_what_is_marked_is_listed_by_the_marking(api: Api, name: str, action: str) -> None:
    said = [(await say(api, f"{number}")).id for number in range(3)]
    for one in (said[1], said[0], said[2]):
        await api.post(f"/api/v1/statuses/{one}/{action}", Status)

    assert await ids_of(api, f"/api/v1/{name}") == [said[2], said[0], said[1]]
    answer = await api.ask("GET", f"/api/v1/{name}", query={"limit": 2})
    assert not any(f"max_id={one}" in answer.headers["link"] for one in said)
    following = answer.headers["link"].split(">")[0].removeprefix("<https://home.example")
    assert await ids_of(api, following) == [said[1]]
