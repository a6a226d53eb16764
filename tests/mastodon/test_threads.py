"""The thread around a post."""

import re

import pytest
import trio

from smallfed.domain.post import Visibility
from smallfed.mastodon.entities import Context, Status
from smallfed.mastodon.entities.refreshes import AsyncRefresh, RefreshReport
from tests.mastodon.api import Api
from tests.mastodon.facts import hear, say
from tests.workers.far import Person


async def around(api: Api, number: object, **how: str) -> tuple[list[str], list[str]]:
    """Return the ids above and below a post."""
    answer = await api.ask("GET", f"/api/v1/statuses/{number}/context", **how)
    assert answer.status == 200, answer.body
    found = answer.of(Context)
    return [post.id for post in found.ancestors], [post.id for post in found.descendants]


async def test_above_the_oldest_first_below_answer_by_answer(api: Api) -> None:
    """Of the answers to a post those of its author come first."""
    bob = await api.know("bob@peer.example")
    top = str((await hear(api, bob)).id)
    middle = (await say(api, "middle", in_reply_to_id=top)).id
    post = str((await hear(api, bob, answers=middle)).id)
    one, two = [(await say(api, "x", in_reply_to_id=post)).id for _ in range(2)]
    below_two = str((await hear(api, bob, answers=two)).id)
    below_one = str((await hear(api, bob, answers=one)).id)
    beside = (await say(api, "beside", in_reply_to_id=middle)).id
    boost = await api.post(f"/api/v1/statuses/{post}/reblog", Status)

    for number in (post, boost.id):
        assert await around(api, number) == ([top, middle], [one, below_one, two, below_two])
    assert await around(api, top) == ([], [middle, beside, post, one, below_one, two, below_two])
    assert await around(api, below_two) == ([top, middle, post, two], [])


async def test_below_what_is_hidden_nothing_is_shown(api: Api) -> None:
    bob = await api.know("bob@peer.example")
    top = (await say(api, "top")).id
    secret = await hear(api, bob, answers=top, visibility=Visibility.DIRECT)
    await hear(api, bob, answers=str(secret.id))
    private = (await say(api, "private", in_reply_to_id=top, visibility="private")).id

    assert await around(api, top) == ([], [private])
    assert await around(api, top, token="") == ([], [])


async def test_what_is_missing_above_is_brought_when_the_owner_looks(api: Api) -> None:
    far = Person("far@far.example").settle(api.http)
    unknown = far.note(1)
    api.http.put(unknown["id"], unknown)
    heard = await hear(api, await api.know("bob@peer.example"), in_reply_to=unknown["id"])
    below = (await say(api, "below", in_reply_to_id=heard.id)).id

    assert await around(api, below, token="") == ([str(heard.id)], [])
    assert api.http.asked == []
    brought, _ = await around(api, below)

    assert (len(brought), brought[1:]) == (2, [str(heard.id)])
    assert api.http.count(unknown["id"]) == 1


async def report(api: Api, name: str) -> AsyncRefresh:
    """Return how far a refresh is."""
    found: RefreshReport = await api.get(f"/api/v1_alpha/async_refreshes/{name}", RefreshReport)
    return found.async_refresh


async def test_what_takes_longer_comes_later(api: Api) -> None:
    """The first answer comes within two seconds and says where to ask for more; later there is more."""
    far = Person("far@far.example").settle(api.http)
    unknown = far.note(1)
    api.http.put(unknown["id"], unknown)
    api.http.slow["far.example"] = 1.5
    heard = await hear(api, await api.know("bob@peer.example"), in_reply_to=unknown["id"])
    path, began = f"/api/v1/statuses/{heard.id}/context", trio.current_time()

    answer = await api.ask("GET", path)

    assert trio.current_time() - began == pytest.approx(2.0)
    told = re.fullmatch(r'id="([^"]+)", retry=3, result_count=0', answer.headers["mastodon-async-refresh"])
    assert told is not None
    assert answer.of(Context).ancestors == []
    running = AsyncRefresh(id=told[1], status="running", result_count=0)
    assert await api.get(f"/api/v1_alpha/async_refreshes/{told[1]}", RefreshReport) == RefreshReport(
        async_refresh=running
    )

    await trio.sleep(5)

    finished = AsyncRefresh(id=told[1], status="finished", result_count=1)
    assert await api.get(f"/api/v1_alpha/async_refreshes/{told[1]}", RefreshReport) == RefreshReport(
        async_refresh=finished
    )
    answer = await api.ask("GET", path)
    assert "mastodon-async-refresh" not in answer.headers
    assert len(answer.of(Context).ancestors) == 1


async def test_refreshes_that_there_are_not(api: Api) -> None:
    path = "/api/v1_alpha/async_refreshes/conversation-1"

    assert (await api.ask("GET", path)).status == 404
    assert (await api.ask("GET", path, token="")).status == 401
    assert (await api.ask("GET", path, token=await api.grant("write"))).status == 403


async def test_a_thread_of_ours_alone_asks_nobody(api: Api) -> None:
    top = (await say(api, "top")).id
    below = (await say(api, "below", in_reply_to_id=top)).id

    assert await around(api, top) == ([], [below])
    assert api.http.asked == []
