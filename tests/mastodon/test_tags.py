"""Hashtags, and those that the owner follows."""

import pytest
import trio

from smallfed.mastodon.entities import FeaturedTag, Search, Status, Tag
from smallfed.store import mentions
from tests.mastodon.api import Api
from tests.mastodon.facts import hear, say

FOLLOWED = "/api/v1/followed_tags"


async def follow(api: Api, name: str) -> Tag:
    """Follow a hashtag, a second after whatever was before."""
    await trio.sleep(1)
    tag: Tag = await api.post(f"/api/v1/tags/{name}/follow", Tag)
    return tag


async def test_following_and_unfollowing(api: Api) -> None:
    """Twice is as once, however it is written; every place tells of it, but to nobody else."""
    twice = [await follow(api, name) for name in ("T%C3%A4g", "t%C3%A4g")]
    other = await api.get("/api/v1/tags/other", Tag)
    await say(api, "#täg #other")

    found = await api.get("/api/v2/search", Search, q="täg")
    stranger = (await api.ask("GET", "/api/v1/tags/t%C3%A4g", token="")).json()
    followed = await api.get(FOLLOWED, list[Tag])
    left = [await api.post("/api/v1/tags/t%C3%A4g/unfollow", Tag) for _ in range(2)]

    assert [(tag.name, tag.following) for tag in (*twice, other, *left)] == [
        ("täg", True),
        ("täg", True),
        ("other", False),
        ("täg", False),
        ("täg", False),
    ]
    assert [(tag.name, tag.following) for tag in found.hashtags] == [("täg", True)]
    assert "following" not in stranger
    assert followed == [twice[1]]
    assert await api.get(FOLLOWED, list[Tag]) == []


async def test_showing_one_on_the_profile(api: Api) -> None:
    """By its name, twice as once; what the profile shows is told with every hashtag."""
    shown = [await api.post(f"/api/v1/tags/{name}/feature", Tag) for name in ("Cats", "cats")]
    other = await api.get("/api/v1/tags/dogs", Tag)
    listed = await api.get("/api/v1/featured_tags", list[FeaturedTag])
    wrong = await api.ask("POST", "/api/v1/tags/two%20words/feature")
    left = [await api.post("/api/v1/tags/Cats/unfeature", Tag) for _ in range(2)]

    assert [(tag.name, tag.featuring) for tag in (*shown, other, *left)] == [
        ("cats", True),
        ("cats", True),
        ("dogs", False),
        ("cats", False),
        ("cats", False),
    ]
    assert [tag.name for tag in listed] == ["Cats"]
    assert (wrong.status, wrong.json()) == (422, {"error": "Validation failed: Name is invalid"})
    assert await api.get("/api/v1/featured_tags", list[FeaturedTag]) == []


async def test_followed_tags_come_in_pages(api: Api) -> None:
    for name in ("one", "two", "three"):
        await follow(api, name)

    first = await api.ask("GET", FOLLOWED, query={"limit": 2})
    link = first.headers["link"]
    second = await api.ask("GET", link[1 : link.index(">")].removeprefix("https://home.example"))

    assert [tag.name for tag in first.of(list[Tag])] == ["three", "two"]
    assert [tag.name for tag in second.of(list[Tag])] == ["one"]


@pytest.mark.parametrize("path", [FOLLOWED, "/api/v1/tags/cats/follow", "/api/v1/tags/cats/unfollow"])
async def test_a_scope_is_asked_for(api: Api, path: str) -> None:
    method = "GET" if path == FOLLOWED else "POST"

    answers = [await api.ask(method, path, token=token) for token in ("", await api.grant("read:statuses"))]

    assert [answer.status for answer in answers] == [401, 403]


async def test_home_has_what_they_bring(api: Api) -> None:
    bob = await api.know("bob@peer.example")
    post = await hear(api, bob, in_home=False)
    await api.do(mentions.replace_hashtags, post.id, ["cats"])
    home = "/api/v1/timelines/home"
    seen = [[status.id for status in await api.get(home, list[Status])]]

    for act in ("follow", "unfollow"):
        await api.post(f"/api/v1/tags/Cats/{act}", Tag)
        seen.append([status.id for status in await api.get(home, list[Status])])

    assert seen == [[], [str(post.id)], []]
