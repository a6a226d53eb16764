"""Posts that stay here: only the owner sees them, and what is said about them stays here as well."""

from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.domain.post import Visibility
from smallfed.mastodon.entities import Context, Status, StatusEdit
from smallfed.store import posts
from tests import world
from tests.mastodon.api import Api
from tests.mastodon.facts import hear, ids_of, say

STAYS = {"local_only": "true"}


async def _waiting(api: Api) -> int:
    return int(await api.parts.db.read(lambda tx: tx.one("SELECT count(*) FROM deliveries")[0]))


async def _befriended(api: Api) -> Account:
    bob = await api.know("bob@peer.example")
    await api.do(world.befriend, bob, api.owner)
    return bob


async def test_a_post_that_stays_here(api: Api) -> None:
    """Apps are shown a visibility they know; the owner has it in home and on the profile."""
    await _befriended(api)

    said = await say(api, "Note to self, @bob@peer.example #notes", visibility="public", **STAYS)

    assert (said.local_only, said.visibility) == (True, "direct")
    assert [one.acct for one in said.mentions] == ["bob@peer.example"]
    assert await _waiting(api) == 0
    assert said.id in await ids_of(api, "/api/v1/timelines/home")
    assert said.id in await ids_of(api, f"/api/v1/accounts/{api.owner.id}/statuses")
    assert await api.get(f"/api/v1/statuses/{said.id}", Status) == said
    assert await api.get("/api/v1/conversations", list[Any]) == []
    assert (await say(api, "Hello")).local_only is False


async def test_nobody_hears_of_its_life(api: Api) -> None:
    """Not that it was said, what became of it, nor that it is gone; Bob follows, is mentioned, answered and quoted."""
    heard = await hear(api, await _befriended(api))

    said = await say(api, "@bob@peer.example", in_reply_to_id=heard.id, quoted_status_id=heard.id, **STAYS)
    poll = await say(api, "?", **STAYS, **{"poll[options][]": ["a", "b"], "poll[expires_in]": 300})
    edited = (await api.ask("PUT", f"/api/v1/statuses/{said.id}", form={"status": "@bob@peer.example!"})).of(Status)
    await api.post(f"/api/v1/statuses/{said.id}/bookmark", Status)
    for one in (said, poll):
        assert (await api.ask("DELETE", f"/api/v1/statuses/{one.id}")).status == 200

    assert edited.local_only is True
    assert edited.quote is not None
    assert edited.quote.state == "accepted"
    assert await _waiting(api) == 0


@pytest.mark.parametrize("by", ["in_reply_to_id", "quoted_status_id"])
async def test_what_is_said_about_it_stays_here_as_well(api: Api, by: str) -> None:
    """Apps that do not know the word would tell of it by answering."""
    await _befriended(api)
    said = await say(api, "Psst", **STAYS)

    about = await say(api, "Yes", visibility="public", **{by: said.id})

    assert about.local_only is True
    assert await _waiting(api) == 0


@pytest.mark.parametrize("what", ["reblog", "pin"])
async def test_it_is_not_shown_around(api: Api, what: str) -> None:
    said = await say(api, "Psst", **STAYS)

    answer = await api.ask("POST", f"/api/v1/statuses/{said.id}/{what}")

    assert answer.status == 422
    assert await _waiting(api) == 0


async def test_strangers_find_nothing(api: Api) -> None:
    """Neither the post nor a trace of it: in lists, threads, numbers."""
    hello = await say(api, "Hello #notes")
    said = await say(api, "Psst #notes", in_reply_to_id=hello.id, **STAYS)
    await api.ask("PUT", f"/api/v1/statuses/{said.id}", form={"status": "Psst! #notes"})

    for path in ("", "/context", "/history", "/favourited_by", "/reblogged_by", "/quotes"):
        answer = await api.ask("GET", f"/api/v1/statuses/{said.id}{path}", token="")
        absent = await api.ask("GET", f"/api/v1/statuses/{int(said.id) + 1}{path}", token="")
        assert (answer.status, answer.body) == (404, absent.body)
    for path in (f"accounts/{api.owner.id}/statuses", "timelines/public", "timelines/tag/notes", "statuses"):
        answer = await api.ask("GET", f"/api/v1/{path}", token="", query={"id[]": [hello.id, said.id]})
        assert [status.id for status in answer.of(list[Status])] == [hello.id]
    below = (await api.ask("GET", f"/api/v1/statuses/{hello.id}/context", token="")).of(Context)
    shown = (await api.ask("GET", f"/api/v1/statuses/{hello.id}", token="")).of(Status)
    assert (below.descendants, shown.replies_count, shown.account.statuses_count) == ([], 0, 1)


async def test_the_owner_has_the_whole_thread_and_history(api: Api) -> None:
    hello = await say(api, "Hello")
    said = await say(api, "Psst", in_reply_to_id=hello.id, **STAYS)
    await api.ask("PUT", f"/api/v1/statuses/{said.id}", form={"status": "Psst!"})

    thread = await api.get(f"/api/v1/statuses/{hello.id}/context", Context)
    versions = await api.get(f"/api/v1/statuses/{said.id}/history", list[StatusEdit])

    assert [status.id for status in thread.descendants] == [said.id]
    assert [version.content for version in versions] == ["<p>Psst</p>", "<p>Psst!</p>"]


async def test_others_who_are_mentioned_may_not_see_it(api: Api) -> None:
    """Not by their own name, and not as a server that asks for those who live on it."""
    bob = await api.know("bob@peer.example")
    said = await say(api, "@bob@peer.example", **STAYS)

    stored = await api.parts.db.read(posts.get, int(said.id))

    assert stored.visibility is Visibility.LOCAL
    assert await api.parts.db.read(posts.find_visible, stored.id, bob.id) is None
    assert await api.parts.db.read(posts.find_visible_at, stored.id, "peer.example") is None
