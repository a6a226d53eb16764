"""Filters: how apps make and change them, and what is told of the posts that they match."""

from datetime import timedelta
from typing import Any

import pytest
import trio

from smallfed.domain.events import FiltersChanged
from smallfed.domain.post import Attachment, Visibility
from smallfed.mastodon.entities import (
    Context,
    Filter,
    FilterKeyword,
    FilterResult,
    FilterStatus,
    Notification,
    SingleFilter,
    Status,
)
from smallfed.store import attachments
from tests import world
from tests.mastodon.api import Api
from tests.mastodon.facts import follow, hear, say

V1, V2 = "/api/v1/filters", "/api/v2/filters"
SPIDERS = {"title": "Spiders", "context": ["home", "public"], "filter_action": "hide"}


async def make(api: Api, **fields: Any) -> Filter:
    """Make a filter by JSON, a second after whatever was before."""
    await trio.sleep(1)
    answer = await api.ask("POST", V2, json={**SPIDERS, **fields})
    assert answer.status == 200, answer.body
    made: Filter = answer.of(Filter)
    return made


async def filtered(api: Api, status: str) -> list[tuple[str, list[str] | None, list[str] | None]]:
    """Return (title, words, posts) of what matches a post."""
    shown: Status = await api.get(f"/api/v1/statuses/{status}", Status)
    assert isinstance(shown.filtered, list)
    return [(result.filter.title, result.keyword_matches, result.status_matches) for result in shown.filtered]


# How they are made ----------------------------------------------------------------------------------------------------
KEYWORDS: dict[str, dict[str, Any]] = {
    "json list": {
        "json": {**SPIDERS, "keywords_attributes": [{"keyword": "spider"}, {"keyword": "x", "whole_word": False}]}
    },
    "json by number": {
        "json": {
            **SPIDERS,
            "keywords_attributes": {"0": {"keyword": "spider"}, "1": {"keyword": "x", "whole_word": "0"}},
        }
    },
    "list": {
        "form": {
            "title": "Spiders",
            "context[]": ["home", "public"],
            "filter_action": "hide",
            "keywords_attributes[][keyword]": ["spider"],
            "keywords_attributes[][whole_word]": ["true"],
        }
    },
    "by number": {
        "form": {
            "title": "Spiders",
            "context[]": ["home", "public"],
            "filter_action": "hide",
            "keywords_attributes[0][keyword]": "spider",
            "keywords_attributes[0][whole_word]": "1",
            "keywords_attributes[1][keyword]": "x",
            "keywords_attributes[1][whole_word]": "false",
        }
    },
}


@pytest.mark.parametrize("shape", KEYWORDS)
async def test_all_forms_of_keywords_are_understood(api: Api, shape: str) -> None:
    made = (await api.ask("POST", V2, **KEYWORDS[shape])).of(Filter)

    assert (made.title, made.context, made.filter_action, made.expires_at, made.statuses) == (
        "Spiders",
        ["home", "public"],
        "hide",
        None,
        [],
    )
    assert isinstance(made.keywords, list)
    words = [(each.keyword, each.whole_word) for each in made.keywords]
    assert words == [("spider", True), ("x", False)][: 1 if shape == "list" else 2]
    assert await api.get(V2, list[Filter]) == [made]
    assert await api.get(f"{V2}/{made.id}", Filter) == made


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": " "}, "Validation failed: Title can't be blank"),
        ({"title": "x" * 257}, "Validation failed: Title is too long (maximum is 256 characters)"),
        (
            {"context": []},
            "Validation failed: Context should be one or more of home, notifications, public, thread, account",
        ),
        (
            {"context": ["home", "moon"]},
            "Validation failed: Context should be one or more of home, notifications, public, thread, account",
        ),
        ({"filter_action": "burn"}, "Validation failed: Filter action should be one of warn, hide, blur"),
        ({"expires_in": -1}, "expires_in should be a number of seconds from now, or empty for never"),
        ({"expires_in": "soon"}, "expires_in should be a whole number"),
        ({"keywords_attributes": [{"keyword": "", "whole_word": True}]}, "Validation failed: Keyword can't be blank"),
        (
            {"keywords_attributes": [{"keyword": "x" * 513}]},
            "Validation failed: Keyword is too long (maximum is 512 characters)",
        ),
        ({"keywords_attributes": ["x"]}, "keywords_attributes should have parts"),
    ],
)
async def test_what_cannot_be_a_filter_is_refused(api: Api, fields: dict[str, Any], words: str) -> None:
    answer = await api.ask("POST", V2, json={**SPIDERS, **fields})

    assert (answer.status, answer.json()) == (422, {"error": words})
    assert await api.get(V2, list[Filter]) == []


async def test_changing_says_only_what_changes(api: Api) -> None:
    """Keywords too: those with their id change or go, others are new."""
    made = await make(api, keywords_attributes=[{"keyword": "spider"}, {"keyword": "web"}], expires_in=3600)
    assert made.expires_at == "2026-03-01T13:00:01.000Z"
    assert isinstance(made.keywords, list)
    spider, web = made.keywords

    named = (await api.ask("PUT", f"{V2}/{made.id}", form={"title": "Arachnids"})).of(Filter)
    changed = (
        await api.ask(
            "PUT",
            f"{V2}/{made.id}",
            json={
                "context": ["thread"],
                "filter_action": "blur",
                "expires_in": "",
                "keywords_attributes": [
                    {"id": spider.id, "keyword": "spiders", "whole_word": False},
                    {"id": web.id, "_destroy": True},
                    {"keyword": "tarantula"},
                    {"keyword": "never", "_destroy": "1"},
                    {"keyword": ""},
                ],
            },
        )
    ).of(Filter)

    assert (named.title, named.context, named.keywords, named.expires_at) == (
        "Arachnids",
        ["home", "public"],
        [spider, web],
        made.expires_at,
    )
    assert (changed.title, changed.context, changed.filter_action, changed.expires_at) == (
        "Arachnids",
        ["thread"],
        "blur",
        None,
    )
    assert isinstance(changed.keywords, list)
    assert [(each.keyword, each.whole_word) for each in changed.keywords] == [("spiders", False), ("tarantula", True)]
    assert changed.keywords[0].id == spider.id


async def test_a_keyword_of_another_filter_is_not_there(api: Api) -> None:
    one, other = await make(api, keywords_attributes=[{"keyword": "a"}]), await make(api)
    assert isinstance(one.keywords, list)

    answer = await api.ask(
        "PUT", f"{V2}/{other.id}", json={"keywords_attributes": [{"id": one.keywords[0].id, "_destroy": True}]}
    )

    assert (answer.status, answer.json()) == (404, {"error": "Record not found"})
    assert await api.get(f"{V2}/{one.id}", Filter) == one


async def test_keywords_one_by_one(api: Api) -> None:
    made = await make(api)
    path = f"{V2}/{made.id}/keywords"

    added = await api.post(path, FilterKeyword, keyword="web", whole_word="false")
    changed = (await api.ask("PUT", f"{V2}/keywords/{added.id}", json={"whole_word": True})).of(FilterKeyword)
    again = (await api.ask("PUT", f"{V2}/keywords/{added.id}", query={"keyword": "cobweb"})).of(FilterKeyword)

    assert (added.keyword, added.whole_word) == ("web", False)
    assert (changed.keyword, changed.whole_word) == ("web", True)
    assert await api.get(path, list[FilterKeyword]) == [again]
    assert await api.get(f"{V2}/keywords/{added.id}", FilterKeyword) == again
    assert (await api.ask("DELETE", f"{V2}/keywords/{added.id}")).json() == {}
    assert await api.get(path, list[FilterKeyword]) == []


async def test_single_posts(api: Api) -> None:
    """Those that the owner may see; private and absent look alike."""
    bob = await api.know("bob@peer.example")
    made, post = await make(api), await hear(api, bob)
    secret = await hear(api, bob, visibility=Visibility.PRIVATE)
    path = f"{V2}/{made.id}/statuses"

    added = await api.post(path, FilterStatus, status_id=post.id)
    refused = [await api.ask("POST", path, form={"status_id": one}) for one in (post.id, secret.id, 1)]

    assert added.status_id == str(post.id)
    assert await api.get(path, list[FilterStatus]) == [added]
    assert await api.get(f"{V2}/statuses/{added.id}", FilterStatus) == added
    assert (await api.get(f"{V2}/{made.id}", Filter)).statuses == [added]
    taken, *absent = [(answer.status, answer.json()["error"]) for answer in refused]
    assert taken == (422, "Validation failed: Status has already been taken")
    assert absent == [(422, "Validation failed: Status must exist")] * 2
    assert await filtered(api, str(post.id)) == [("Spiders", None, [str(post.id)])]
    assert (await api.ask("DELETE", f"{V2}/statuses/{added.id}")).json() == {}
    assert await filtered(api, str(post.id)) == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        (method, path)
        for path in (f"{V1}/7", f"{V2}/7", f"{V2}/keywords/7", f"{V2}/nonsense")
        for method in ("GET", "PUT", "DELETE")
    ]
    + [(method, f"{V2}/7/{part}") for part in ("keywords", "statuses") for method in ("GET", "POST")]
    + [("GET", f"{V2}/statuses/7"), ("DELETE", f"{V2}/statuses/7")],
)
async def test_what_is_not_there(api: Api, method: str, path: str) -> None:
    answer = await api.ask(method, path, form={"keyword": "x", "phrase": "x"} if method in ("PUT", "POST") else None)

    assert (answer.status, answer.json()) == (404, {"error": "Record not found"})


@pytest.mark.parametrize(("method", "scope"), [("GET", "read:statuses"), ("POST", "read:filters")])
@pytest.mark.parametrize("path", [V1, V2])
async def test_a_scope_of_their_own(api: Api, method: str, path: str, scope: str) -> None:
    answer = await api.ask(method, path, token=await api.grant(scope))

    assert answer.status == 403


# The first version ----------------------------------------------------------------------------------------------------
async def test_the_first_version_has_a_filter_for_each_keyword(api: Api) -> None:
    group = await make(api, keywords_attributes=[{"keyword": "spider"}, {"keyword": "web"}])
    alone = await api.post(V1, SingleFilter, phrase="snake", **{"context[]": ["home"]}, expires_in="60", whole_word="0")
    spider, web, snake = await api.get(V1, list[SingleFilter])

    assert [(each.phrase, each.irreversible, each.whole_word) for each in (spider, web, snake)] == [
        ("spider", True, True),
        ("web", True, True),
        ("snake", False, False),
    ]
    assert snake == alone == await api.get(f"{V1}/{alone.id}", SingleFilter)
    assert (alone.context, alone.expires_at) == (["home"], "2026-03-01T12:01:01.000Z")
    assert isinstance(group.keywords, list)
    assert [spider.id, web.id] == [each.id for each in group.keywords]


async def test_the_first_version_changes_what_is_alone(api: Api) -> None:
    """Of a group it changes the keyword, and nothing that belongs to others."""
    group = await make(api, keywords_attributes=[{"keyword": "spider"}, {"keyword": "web"}])
    await trio.sleep(1)
    alone = await api.post(V1, SingleFilter, phrase="snake", **{"context[]": ["home"]})
    assert isinstance(group.keywords, list)
    path = f"{V1}/{group.keywords[0].id}"

    changed = (
        await api.ask("PUT", f"{V1}/{alone.id}", json={"phrase": "snakes", "context": ["public"], "irreversible": True})
    ).of(SingleFilter)
    same = (await api.ask("PUT", path, json={**SPIDERS, "phrase": "spiders", "irreversible": True})).of(SingleFilter)
    refused = await api.ask("PUT", path, json={"phrase": "x", "context": ["thread"]})

    assert (changed.phrase, changed.context, changed.irreversible) == ("snakes", ["public"], True)
    assert [one.title for one in await api.get(V2, list[Filter])] == ["Spiders", "snakes"]
    assert same.phrase == "spiders"
    assert refused.status == 422
    assert "several in the filter 'Spiders'" in refused.json()["error"]
    assert (await api.get(path, SingleFilter)).phrase == "spiders"


async def test_the_first_version_deletes_a_group_with_its_last_keyword(api: Api) -> None:
    group = await make(api, keywords_attributes=[{"keyword": "spider"}, {"keyword": "web"}])
    assert isinstance(group.keywords, list)

    left = []
    for keyword in group.keywords:
        assert (await api.ask("DELETE", f"{V1}/{keyword.id}")).json() == {}
        left.append([one.title for one in await api.get(V2, list[Filter])])

    assert left == [["Spiders"], []]


# What they match ------------------------------------------------------------------------------------------------------
async def test_everything_that_is_read_of_a_post_is_looked_through(api: Api) -> None:
    bob = await api.know("bob@peer.example")
    await make(api, keywords_attributes=[{"keyword": "spider"}])
    text = await hear(api, bob, "A <b>Spi</b>der &amp; its web")
    warning = await hear(api, bob, summary="SPIDER")
    choice = await say(api, "Which?", **{"poll[options][]": ["a spider", "none"], "poll[expires_in]": "3600"})
    picture = await hear(api, bob)
    seen = [Attachment(id=0, kind="image", url="https://peer.example/1.png", description="the spider's legs")]
    await api.do(attachments.replace, picture.id, seen)
    address = await hear(api, bob, '<a href="https://spider.example">look</a>')

    matches = [await filtered(api, str(post.id)) for post in (text, warning, choice, picture, address)]

    assert matches == [[("Spiders", [word], None)] for word in ("Spider", "SPIDER", "spider", "spider")] + [[]]


async def test_every_place_tells_what_matches(api: Api) -> None:
    """The original, a boost of it, a quote of it, threads, lists of posts and notifications; whatever the context."""
    bob, carol = await api.know("bob@peer.example"), await api.know("carol@other.example")
    await follow(api, bob, carol)
    made = await make(api, keywords_attributes=[{"keyword": "spider"}, {"keyword": "legs"}])
    mine = await say(api, "Spiders have legs; a spider?")
    boost = await api.post(f"/api/v1/statuses/{mine.id}/reblog", Status)
    quoting = await say(api, "Look", quoted_status_id=mine.id)
    answer = await hear(api, bob, "My spider", answers=mine.id, names=True)
    await api.post(f"/api/v1/statuses/{answer.id}/bookmark", Status)
    result = FilterResult(
        filter=Filter(id=made.id, title="Spiders", context=["home", "public"], expires_at=None, filter_action="hide"),
        keyword_matches=["spider", "legs"],
        status_matches=None,
    )

    home = {status.id: status for status in await api.get("/api/v1/timelines/home", list[Status])}
    thread = await api.get(f"/api/v1/statuses/{mine.id}/context", Context)
    told = await api.get("/api/v1/notifications", list[Notification])
    bookmarks = await api.get("/api/v1/bookmarks", list[Status])

    shown = home[boost.id]
    assert isinstance(shown.reblog, Status)
    assert home[mine.id].filtered == shown.filtered == shown.reblog.filtered == [result]
    quote = home[quoting.id].quote
    assert home[quoting.id].filtered == []
    assert quote is not None
    assert isinstance(quote.quoted_status, Status)
    assert quote.quoted_status.filtered == [result]
    (below,) = thread.descendants
    assert isinstance(below.filtered, list)
    assert [each.keyword_matches for each in below.filtered] == [["spider"]]
    (mention,) = told
    assert isinstance(mention.status, Status)
    assert mention.status.filtered == bookmarks[0].filtered == below.filtered


async def test_a_boost_by_itself(api: Api) -> None:
    """What matches the original matches all boosts of it, what matches a boost no other."""
    bob, carol = await api.know("bob@peer.example"), await api.know("carol@other.example")
    made, post = await make(api), await hear(api, bob)
    boost = await api.do(world.wrap, carol, post)
    await api.post(f"{V2}/{made.id}/statuses", FilterStatus, status_id=boost.id)

    alone = (await filtered(api, str(boost.id)), await filtered(api, str(post.id)))
    await api.post(f"{V2}/{made.id}/statuses", FilterStatus, status_id=post.id)

    assert alone == ([("Spiders", None, [str(boost.id)])], [])
    assert await filtered(api, str(boost.id)) == [("Spiders", None, [str(boost.id), str(post.id)])]
    assert await filtered(api, str(post.id)) == [("Spiders", None, [str(post.id)])]


async def test_nobody_else_is_told(api: Api) -> None:
    await make(api, keywords_attributes=[{"keyword": "spider"}])
    post = await say(api, "spider")
    app = await api.grant("read", owner=False)

    answers = [(await api.ask("GET", f"/api/v1/statuses/{post.id}", token=token)).json() for token in ("", app)]

    assert ["filtered" in answer for answer in answers] == [False, False]


async def test_an_expired_filter_matches_nothing_and_can_be_had_back(api: Api) -> None:
    made = await make(api, keywords_attributes=[{"keyword": "spider"}], expires_in=60)
    post = await say(api, "spider")
    matches = [await filtered(api, post.id)]
    await trio.sleep(timedelta(minutes=2).total_seconds())

    matches.append(await filtered(api, post.id))
    assert [one.id for one in await api.get(V2, list[Filter])] == [made.id]
    await api.ask("PUT", f"{V2}/{made.id}", json={"expires_in": None})
    matches.append(await filtered(api, post.id))

    assert matches == [[("Spiders", ["spider"], None)], [], [("Spiders", ["spider"], None)]]


async def test_the_house_hears_of_every_change(api: Api) -> None:
    with api.parts.hub.subscribe() as events:
        made = await make(api)
        added = await api.post(f"{V2}/{made.id}/keywords", FilterKeyword, keyword="web")
        await api.ask("PUT", f"{V2}/keywords/{added.id}", json={"whole_word": False})
        await api.ask("PUT", f"{V2}/{made.id}", json={"title": "New"})
        await api.ask("DELETE", f"{V2}/{made.id}")
        heard = [await anext(events) for _ in range(5)]

    assert heard == [FiltersChanged()] * 5
