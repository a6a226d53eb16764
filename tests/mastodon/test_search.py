"""Searching, and what an address or a handle leads to."""

from typing import Any

import pytest
import trio

from smallfed.domain.post import Visibility
from smallfed.mastodon.entities import Search
from tests.mastodon.api import Api
from tests.mastodon.facts import follow, hear, say
from tests.workers.far import Person

PATH = "/api/v2/search"


async def found(api: Api, q: str, **query: Any) -> tuple[list[str], list[str], list[str]]:
    """Return (handles, texts, hashtags) of what is found."""
    result = await api.get(PATH, Search, q=q, **query)
    return (
        [account.acct for account in result.accounts],
        [status.content for status in result.statuses],
        [hashtag.name for hashtag in result.hashtags],
    )


async def test_by_what_is_known(api: Api) -> None:
    bob = await api.know("gardener@peer.example", indexable=True)
    await api.know("carol@other.example", name="Garden Carol")
    await follow(api, bob)
    await say(api, "My garden #gardening")
    await hear(api, bob, "A Garden", visibility=Visibility.DIRECT)
    await hear(api, bob, "Their Garden")

    accounts, texts, hashtags = await found(api, "garden")

    assert accounts == ["gardener@peer.example", "carol@other.example"]
    assert [text.split()[0] for text in texts] == ["<p>Their", "<p>My"]
    assert hashtags == ["gardening"]
    assert await found(api, "garden", type="accounts") == (accounts, [], [])
    assert await found(api, "garden", type="statuses", limit=1, offset=1) == ([], texts[1:], [])
    assert await found(api, "#Garden", type="hashtags") == ([], [], hashtags)
    assert await found(api, "garden", following="true", type="accounts") == ([bob.handle], [], [])
    assert await found(api, "garden", account_id=api.owner.id) == ([], texts[1:], [])


@pytest.mark.parametrize("q", ["", " ", "nothing like it", "https://home.example/@alice/1", "@nobody@home.example"])
@pytest.mark.parametrize("resolve", ["true", "false"])
async def test_nothing_is_three_empty_lists(api: Api, q: str, resolve: str) -> None:
    answer = await api.ask("GET", PATH, query={"q": q, "resolve": resolve})

    assert (answer.status, answer.json()) == (200, {"accounts": [], "statuses": [], "hashtags": []})
    assert api.http.asked == []


@pytest.mark.parametrize(
    "q", ["@bob@peer.example", "bob@peer.example", "bob@Peer.Example", "https://peer.example/users/bob"]
)
async def test_somebody_unknown_is_found_where_they_live_when_that_is_asked(api: Api, q: str) -> None:
    Person("bob@peer.example").settle(api.http)

    before = await found(api, q)
    asked = list(api.http.asked)
    after = await found(api, q, resolve="true")

    assert (before, asked) == (([], [], []), [])
    assert after == (["bob@peer.example"], [], [])
    assert await found(api, q) == after


async def test_a_handle_that_is_known_is_exactly_that_one(api: Api) -> None:
    for handle in ("bob@peer.example", "bob@peer.example.org", "bobby@peer.example"):
        await api.know(handle)

    assert await found(api, "@bob@peer.example", resolve="true") == (["bob@peer.example"], [], [])
    assert await found(api, "alice@home.example", resolve="true") == (["alice"], [], [])
    assert api.http.asked == []


async def test_an_address_of_a_post_leads_to_it(api: Api) -> None:
    bob = Person("bob@peer.example").settle(api.http)
    note = bob.note(url="https://peer.example/@bob/1")
    api.http.put(note["id"], note)

    by_id = await found(api, note["id"], resolve="true")
    by_page = await found(api, "https://peer.example/@bob/1")

    assert by_id == by_page == ([], ["<p>Note 1</p>"], [])
    assert await found(api, note["id"], resolve="true", type="accounts") == ([], [], [])


async def test_our_own_addresses_lead_to_what_is_here(api: Api) -> None:
    said = await say(api, "Hello")

    for address in (said.uri, said.url):
        assert await found(api, str(address), resolve="true") == ([], ["<p>Hello</p>"], [])
    assert await found(api, "https://home.example/@alice", resolve="true") == (["alice"], [], [])
    assert api.http.asked == []


async def test_what_the_owner_may_not_see_is_not_led_to(api: Api) -> None:
    heard = await hear(api, await api.know("bob@peer.example"), visibility=Visibility.DIRECT)

    assert await found(api, heard.uri, resolve="true") == ([], [], [])


async def test_a_slow_server_is_not_waited_for_longer_than_apps_wait(api: Api) -> None:
    api.http.slow["slow.example"] = 60
    before = trio.current_time()

    answer = await api.ask("GET", PATH, query={"q": "https://slow.example/1", "resolve": "true"})

    assert (answer.status, trio.current_time() - before) == (503, 10)
    assert answer.json() == {"error": "The other server takes too long to answer; try again in a moment."}


async def test_the_old_form_has_hashtags_as_names(api: Api) -> None:
    await say(api, "#gardening")

    answer = await api.ask("GET", "/api/v1/search", query={"q": "garden"})

    assert answer.json()["hashtags"] == ["gardening"]
    assert len(answer.json()["statuses"]) == 1


@pytest.mark.parametrize(
    ("query", "token", "status", "words"),
    [
        ({"q": "x", "type": "people"}, None, 422, "type should be one of: accounts, statuses, hashtags"),
        ({"q": "x"}, "", 401, "The access token is missing"),
        ({"q": "x", "max_id": "y"}, None, 422, "max_id should be a whole number"),
    ],
)
async def test_what_is_refused(api: Api, query: dict[str, str], token: str | None, status: int, words: str) -> None:
    answer = await api.ask("GET", PATH, query=query, token=token)

    assert (answer.status, answer.json()) == (status, {"error": words})


async def test_a_mention_of_somebody_unknown_is_looked_up(api: Api) -> None:
    Person("bob@peer.example").settle(api.http)
    api.http.slow["slow.example"] = 60
    before = trio.current_time()

    said = await say(api, "@bob@peer.example @carol@slow.example")

    assert [mention.acct for mention in said.mentions] == ["bob@peer.example"]
    assert said.content.endswith(" @carol@slow.example</p>")
    assert trio.current_time() - before == 1 + 5
