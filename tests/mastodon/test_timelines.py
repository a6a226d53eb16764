"""Timelines: who is shown what, and walks through them."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.post import Post, Visibility
from smallfed.mastodon.entities import Status, Tag
from smallfed.store import mentions, paging, posts
from smallfed.store.paging import Page
from smallfed.store.posts import SELECT
from smallfed.store.tx import Tx
from tests import world
from tests.mastodon.api import Api
from tests.mastodon.facts import follow, hear, ids_of, say

HOME, PUBLIC = "/api/v1/timelines/home", "/api/v1/timelines/public"


async def test_home_is_what_belongs_there_newest_first(api: Api) -> None:
    bob = await api.know("bob@peer.example")
    said = await say(api, "Mine", visibility="direct")
    heard = await hear(api, bob)
    await hear(api, bob, in_home=False)
    await hear(api, bob, visibility=Visibility.DIRECT)

    assert await ids_of(api, HOME) == [str(heard.id), said.id]


async def test_muted_and_blocked_people_are_not_read(api: Api) -> None:
    bob, carol = await api.know("bob@peer.example"), await api.know("carol@other.example")
    await hear(api, bob)
    heard = await hear(api, carol)

    await api.ask("POST", f"/api/v1/accounts/{bob.id}/mute")

    assert await ids_of(api, HOME) == [str(heard.id)]


@pytest.mark.parametrize(
    ("query", "owners", "strangers"),
    [
        ({}, "heard ours", "ours"),
        ({"local": "true"}, "ours", "ours"),
        ({"local": "0"}, "heard ours", "ours"),
        ({"remote": "true"}, "heard", ""),
        ({"only_media": "1"}, "heard", ""),
    ],
)
@pytest.mark.parametrize("path", [PUBLIC, "/api/v1/timelines/tag/Tag"])
async def test_public_posts(api: Api, path: str, query: dict[str, Any], owners: str, strangers: str) -> None:
    bob = await api.know("bob@peer.example")
    ours = await say(api, "Mine #tag")
    heard = await hear(api, bob)
    for visibility in ("unlisted", "private"):
        await say(api, "#tag", visibility=visibility)
    await api.do(_give_tag_and_picture, heard)
    names = {"heard": str(heard.id), "ours": ours.id}

    answer = await api.ask("GET", path, query=query, token="")

    assert await ids_of(api, path, **query) == [names[name] for name in owners.split()]
    assert [status.id for status in answer.of(list[Status])] == [names[name] for name in strangers.split()]


def _give_tag_and_picture(tx: Tx, post: Post) -> None:
    mentions.replace_hashtags(tx, post.id, ["tag"])
    tx.run(
        "INSERT INTO attachments (id, post_id, kind, url, created_at) VALUES (?, ?, 'image', ?, 0)",
        tx.new_id(),
        post.id,
        "https://peer.example/1.png",
    )


async def test_mixed_hashtags(api: Api) -> None:
    both, one, other = [await say(api, text) for text in ("#one #two", "#one", "#two")]
    path = "/api/v1/timelines/tag/ONE"

    assert await ids_of(api, path) == [one.id, both.id]
    assert await ids_of(api, path, **{"any[]": "TWO"}) == [other.id, one.id, both.id]
    assert await ids_of(api, path, **{"all[]": "two"}) == [both.id]
    assert await ids_of(api, path, **{"none[]": "two"}) == [one.id]
    assert await ids_of(api, "/api/v1/timelines/tag/nobody-used-it") == []


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        (HOME, "", 401),
        (HOME, "unknown", 401),
        (PUBLIC, "unknown", 401),
        (PUBLIC, "", 200),
        ("/api/v1/timelines/list/1", None, 404),
        ("/api/v1/timelines/list/nonsense", None, 404),
        ("/api/v1/timelines/link?url=https://news.example/", None, 200),
        ("/api/v1/timelines/direct", None, 200),
        ("/api/v1/timelines/direct", "", 401),
    ],
)
async def test_who_may_ask(api: Api, path: str, token: str | None, status: int) -> None:
    answer = await api.ask("GET", path, token=token)

    assert answer.status == status
    assert answer.headers["cache-control"] == "private, no-store"


async def test_an_app_by_itself_is_a_stranger(api: Api) -> None:
    app = await api.grant("read", owner=False)
    ours = await say(api, "Mine")
    await hear(api, await api.know("bob@peer.example"))

    home, public = [await api.ask("GET", path, token=app) for path in (HOME, PUBLIC)]

    assert (home.status, home.json()) == (422, {"error": "This method requires an authenticated user"})
    assert [status.id for status in public.of(list[Status])] == [ours.id]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, "9876543210"),
        ({"limit": 3}, "987"),
        ({"limit": 0}, ""),
        ({"limit": -3}, "987"),
        ({"limit": 1000}, "9876543210"),
        ({"max_id": 5}, "43210"),
        ({"since_id": 5}, "9876"),
        ({"min_id": 5}, "9876"),
        ({"since_id": 2, "limit": 3}, "987"),
        ({"min_id": 2, "limit": 3}, "543"),
        ({"min_id": 2, "max_id": 5}, "43"),
        ({"since_id": 1, "min_id": 3, "max_id": 8, "limit": 2}, "54"),
        ({"max_id": 0}, ""),
    ],
)
async def test_pages(api: Api, query: dict[str, int], shown: str) -> None:
    said = [(await say(api, f"{number}")).id for number in range(10)]
    asked = {name: value if name == "limit" else said[value] for name, value in query.items()}

    answer = await api.ask("GET", HOME, query=asked)

    found = [status.id for status in answer.of(list[Status])]
    assert found == [said[int(digit)] for digit in shown]
    limit = f"limit={query['limit']}&" if "limit" in query else ""
    links = (
        f'<https://home.example{HOME}?{limit}max_id={found[-1]}>; rel="next", '
        f'<https://home.example{HOME}?{limit}min_id={found[0]}>; rel="prev"'
        if found
        else None
    )
    assert answer.headers.get("link") == links


async def test_what_cannot_be_an_id_is_refused(api: Api) -> None:
    answer = await api.ask("GET", HOME, query={"max_id": "newest"})

    assert (answer.status, answer.json()) == (422, {"error": "max_id should be a whole number"})


async def test_a_walk_by_links_meets_everything_once_whatever_happens_meanwhile(api: Api) -> None:
    bob = await api.know("bob@peer.example")
    await follow(api, bob)
    present = [str((await hear(api, bob)).id) for _ in range(11)]
    met: list[str] = []
    path: str | None = f"{HOME}?limit=3"
    while path is not None:
        answer = await api.ask("GET", path)
        met += [status.id for status in answer.of(list[Status])]
        await hear(api, bob)
        link = re.match(r'<https://home\.example([^>]*)>; rel="next"', answer.headers.get("link", ""))
        path = link and link[1]

    assert met == present[::-1]


@given(
    ids=st.sets(st.integers(1, 60), max_size=40),
    later=st.lists(st.integers(1, 60), max_size=10),
    limit=st.integers(1, 7),
    up=st.booleans(),
)
def test_every_walk_meets_what_was_there_once(ids: set[int], later: list[int], limit: int, up: bool) -> None:
    """Whatever arrives during a walk, below or above, shifts and repeats nothing."""
    tx = world.empty_tx()
    owner = world.acquaint(tx, "alice@home.example", local=True)
    for number in ids:
        _put(tx, owner, number)
    arriving = iter(later)
    met: list[int] = []
    page = Page(limit=limit, min_id=0) if up else Page(limit=limit)
    while found := _ids(tx, page):
        met = [*found, *met] if up else [*met, *found]
        page = Page(limit=limit, min_id=met[0]) if up else Page(limit=limit, max_id=met[-1])
        number = next(arriving, None)
        if number is not None and posts.find(tx, number) is None:
            _put(tx, owner, number)

    assert len(set(met)) == len(met)
    assert met == sorted(met, reverse=True)
    assert ids <= set(met)


def _put(tx: Tx, owner: Account, number: int) -> None:
    post = Post(
        id=number,
        uri=f"{owner.uri}/notes/{number}",
        account_id=owner.id,
        local=True,
        visibility=Visibility.PUBLIC,
        in_home=True,
        published_at=tx.now,
        received_at=tx.now,
    )
    posts.put(tx, post)


def _ids(tx: Tx, page: Page) -> list[int]:
    return [row[0] for row in paging.cut(tx, f"{SELECT} WHERE p.in_home", {}, page, by="p.id")]


@pytest.mark.parametrize("path", ["/api/v1/tags/T%C3%A4g", "/api/v1/tags/t%C3%A4g/"])
async def test_every_hashtag_can_be_asked_for(api: Api, path: str) -> None:
    tag = await api.get(path, Tag)

    assert structs.replace(tag, history=[]) == Tag(
        id="909368172674603428",
        name="täg",
        url="https://home.example/tags/t%C3%A4g",
        history=[],
        following=False,
        featuring=False,
    )


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/api/v1/tags/a%20b", 422, "#a b is no hashtag"),
        ("POST", "/api/v1/tags/a%20b/follow", 422, "#a b is no hashtag"),
        ("POST", "/api/v1/tags/12/unfollow", 422, "#12 is no hashtag"),
        ("GET", "/api/v1/polls/1", 404, "Record not found"),
        ("POST", "/api/v1/polls/1/votes", 404, "Record not found"),
        ("POST", "/api/v2/media", 422, "Validation failed: File can't be blank"),
        ("POST", "/api/v1/media", 422, "Validation failed: File can't be blank"),
        ("GET", "/api/v1/media/1", 404, "Record not found"),
        ("PUT", "/api/v1/media/1", 404, "Record not found"),
    ],
)
async def test_what_is_not_there_is_said_plainly(api: Api, method: str, path: str, status: int, words: str) -> None:
    answer = await api.ask(method, path)

    assert (answer.status, answer.json()) == (status, {"error": words})
