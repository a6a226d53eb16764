"""Fetching again what is not kept any more: of a server, an account, a post."""

import pytest

from smallfed.domain.post import Attachment
from smallfed.errors import NotFound
from smallfed.runtime.client import Answer
from smallfed.store import accounts, attachments, copies, holdings
from smallfed.workers import refetching
from smallfed.workers.refetching import SOME
from tests.imaging.test_stripping import picture
from tests.mastodon.api import Api
from tests.mastodon.facts import hear

CAT, DOG, GONE = (f"https://cdn.example/{name}.jpg" for name in ("cat", "dog", "gone"))


async def show(api: Api, *urls: str) -> str:
    """Let bob post pictures that somebody has looked at; return the address of the post."""
    known = await api.do(accounts.find_handle, "bob", "far.example")
    post = await hear(api, known or await api.know("bob@far.example"))
    await api.do(lambda tx: attachments.replace(tx, post.id, [Attachment(id=0, kind="image", url=url) for url in urls]))
    status = (await api.ask("GET", f"/api/v1/statuses/{post.id}")).json()
    for url, medium in zip(urls, status["media_attachments"], strict=True):
        api.http.pages[url] = Answer(200, url, [("content-type", "image/jpeg")], picture("JPEG"))
        await api.fetch(medium["url"])
    return post.uri


async def evict(api: Api) -> None:
    """Let everything go."""
    while chosen := await api.do(lambda tx: list(holdings.kept(tx))):
        await api.do(holdings.evict, chosen)


async def is_kept(api: Api, url: str) -> bool:
    copy = await api.do(copies.find, url)
    return copy is not None and copy.file is not None


@pytest.mark.parametrize("target", ["cdn.example", "far.example", "@bob@far.example", "https://far.example/@bob"])
async def test_what_is_meant_comes_again(api: Api, target: str) -> None:
    """Where the file is, or where its author lives."""
    await show(api, CAT)
    await evict(api)
    before = await is_kept(api, CAT)

    said = await refetching.refetch(api.parts, target, 0)

    assert before is False
    assert said == {"came": 1, "failed": [], "after": None}
    assert await is_kept(api, CAT)


async def test_only_of_a_post(api: Api) -> None:
    await show(api, CAT)
    uri = await show(api, DOG)
    await evict(api)

    said = await refetching.refetch(api.parts, uri, 0)

    assert said["came"] == 1
    assert (await is_kept(api, CAT), await is_kept(api, DOG)) == (False, True)


async def test_what_does_not_come_is_told_and_tried_at_once_again(api: Api) -> None:
    """Also before its time: the owner says so."""
    await show(api, GONE)
    await evict(api)
    api.http.pages[GONE] = Answer(404, GONE, [], b"")

    first = await refetching.refetch(api.parts, "cdn.example", 0)
    api.http.pages[GONE] = Answer(200, GONE, [], picture("JPEG"))
    second = await refetching.refetch(api.parts, "cdn.example", 0)

    assert (first["came"], [each["url"] for each in first["failed"]]) == (0, [GONE])
    assert "404" in first["failed"][0]["reason"]
    assert second == {"came": 1, "failed": [], "after": None}


async def test_many_come_some_at_a_time(api: Api) -> None:
    for number in range(SOME + 1):
        await show(api, f"https://cdn.example/{number}.jpg")
    await evict(api)

    first = await refetching.refetch(api.parts, "cdn.example", 0)
    second = await refetching.refetch(api.parts, "cdn.example", first["after"])

    assert (first["came"], second) == (SOME, {"came": 1, "failed": [], "after": None})


@pytest.mark.parametrize("target", ["@eve@far.example", "https://far.example/nothing"])
async def test_what_nobody_knows(api: Api, target: str) -> None:
    with pytest.raises(NotFound):
        await refetching.refetch(api.parts, target, 0)
