"""Looking at people: accounts, their posts, who follows whom."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from msgspec import UNSET

from smallfed.domain.account import Emoji, Field, Kind
from smallfed.domain.copy import Subject
from smallfed.domain.post import Visibility
from smallfed.mastodon import entities
from smallfed.mastodon.failures import Error
from smallfed.store import accounts, houses
from tests import world
from tests.mastodon.api import Api
from tests.workers.far import Person

Account = entities.Account
Accounts = list[entities.Account]


async def test_somebody_with_everything(api: Api) -> None:
    bob = await api.know(
        "bob@far.example",
        name="Bob :cat:",
        note="<p>Hi</p>",
        kind=Kind.SERVICE,
        locked=True,
        discoverable=True,
        avatar="https://far.example/bob.png",
        header="https://far.example/sea.png",
        fields=(Field(name="Web", value="<a>x</a>", verified_at=world.NOW),),
        emojis=(Emoji(shortcode="cat", url="https://far.example/cat.png"),),
        followers_claimed=5,
        following_claimed=6,
        posts_claimed=7,
        last_post_at=world.NOW,
        published_at=world.NOW,
    )

    shown = await api.get(f"/api/v1/accounts/{bob.id}", Account)

    here = await api.do(houses.get)
    assert shown == Account(
        id=str(bob.id),
        username="bob",
        acct="bob@far.example",
        display_name="Bob :cat:",
        locked=True,
        bot=True,
        group=False,
        discoverable=True,
        indexable=False,
        created_at="2026-03-01T12:00:00.000Z",
        note="<p>Hi</p>",
        url="https://far.example/@bob",
        uri="https://far.example/users/bob",
        avatar=here.proxied(Subject.AVATAR, bob.id, "https://far.example/bob.png"),
        avatar_static=here.proxied(Subject.AVATAR, bob.id, "https://far.example/bob.png", small=True),
        header=here.proxied(Subject.HEADER, bob.id, "https://far.example/sea.png"),
        header_static=here.proxied(Subject.HEADER, bob.id, "https://far.example/sea.png", small=True),
        followers_count=5,
        following_count=6,
        statuses_count=7,
        last_status_at="2026-03-01",
        hide_collections=None,
        emojis=[
            entities.CustomEmoji(
                shortcode="cat",
                url=here.proxied(Subject.EMOJI, 0, "https://far.example/cat.png"),
                static_url=here.proxied(Subject.EMOJI, 0, "https://far.example/cat.png", small=True),
            )
        ],
        fields=[entities.Field(name="Web", value="<a>x</a>", verified_at="2026-03-01T12:00:00.000Z")],
        roles=[],
    )


async def test_nothing_that_must_be_there_is_null(api: Api) -> None:
    bob = await api.know("bob@far.example", url=None, name="")

    answer = await api.ask("GET", f"/api/v1/accounts/{bob.id}")

    nulls = {name for name, value in answer.json().items() if value is None}
    assert nulls == {"last_status_at", "hide_collections"}
    shown = answer.of(Account)
    assert (shown.display_name, shown.url) == ("", "https://far.example/users/bob")
    assert shown.avatar == shown.avatar_static == "https://home.example/media/avatars/missing.png"
    assert shown.header == shown.header_static == "https://home.example/media/headers/missing.png"


async def test_where_somebody_has_moved(api: Api) -> None:
    new = await api.know("bob@new.example")
    old = await api.know("bob@old.example", moved_to=new.uri)

    shown = await api.get(f"/api/v1/accounts/{old.id}", Account)

    assert isinstance(shown.moved, Account)
    assert shown.moved.acct == "bob@new.example"


async def test_whom_their_own_server_has_suspended(api: Api) -> None:
    """They are there by name only, without what they wrote; it all comes back when their server thinks better of it."""
    bob = await api.know("bob@far.example", note="<p>Hi</p>", suspended=True)
    await api.do(world.say, bob, in_home=True)

    shown = await api.get(f"/api/v1/accounts/{bob.id}", Account)
    own = await api.get(f"/api/v1/accounts/{bob.id}/statuses", list[entities.Status])
    home = await api.get("/api/v1/timelines/home", list[entities.Status])
    await api.do(accounts.change, bob.id, suspended=False)
    again = await api.get("/api/v1/timelines/home", list[entities.Status])

    assert (shown.acct, shown.display_name, shown.note, shown.suspended) == ("bob@far.example", "", "", True)
    assert (own, home) == ([], [])
    assert [status.account.display_name for status in again] == ["Bob"]


async def test_an_account_in_memory_of_somebody(api: Api) -> None:
    bob = await api.know("bob@far.example", memorial=True)

    shown = await api.get(f"/api/v1/accounts/{bob.id}", Account)

    assert (shown.display_name, shown.memorial, shown.suspended) == ("Bob", True, UNSET)


async def test_who_is_gone_is_not_there(api: Api) -> None:
    gone = await api.know("bob@far.example", gone_at=world.NOW)

    one = await api.ask("GET", f"/api/v1/accounts/{gone.id}")
    several = await api.get("/api/v1/accounts", Accounts, **{"id[]": [gone.id, api.owner.id, 5]})

    assert (one.status, one.of(Error).error) == (404, "Record not found")
    assert [account.acct for account in several] == ["alice"]


@pytest.mark.parametrize("acct", ["alice", "@Alice", "alice@home.example", "ALICE@HOME.EXAMPLE"])
async def test_the_owner_by_name(api: Api, acct: str) -> None:
    found = await api.get("/api/v1/accounts/lookup", Account, acct=acct)

    assert (found.id, found.acct) == (str(api.owner.id), "alice")


async def test_somebody_on_a_server_whose_name_is_not_ascii(api: Api) -> None:
    bob = await api.know("bob@xn--mller-kva.example")

    shown = await api.get("/api/v1/accounts/lookup", Account, acct="bob@Müller.example")

    assert (shown.id, shown.acct) == (str(bob.id), "bob@xn--mller-kva.example")


async def test_somebody_unknown_by_name(api: Api) -> None:
    Person("carol@far.example").settle(api.http)

    stranger = await api.ask("GET", "/api/v1/accounts/lookup?acct=carol@far.example", token="")
    found = await api.get("/api/v1/accounts/lookup", Account, acct="carol@far.example")
    nobody = await api.ask("GET", "/api/v1/accounts/lookup?acct=nobody@far.example")

    assert (stranger.status, found.acct, nobody.status) == (404, "carol@far.example", 404)
    assert nobody.of(Error).error == "Record not found"


async def test_a_slow_server_is_waited_for_five_seconds(api: Api) -> None:
    Person("carol@slow.example").settle(api.http)
    api.http.slow["slow.example"] = 60

    before = api.parts.clock.now()
    answer = await api.ask("GET", "/api/v1/accounts/lookup?acct=carol@slow.example")

    assert answer.status == 404
    assert (api.parts.clock.now() - before).total_seconds() == pytest.approx(5)


async def test_searching_by_the_beginning_of_a_name(api: Api) -> None:
    for handle in ("bob@far.example", "bobby@far.example", "carol@far.example"):
        await api.know(handle)

    found = await api.get("/api/v1/accounts/search", Accounts, q="bob", limit=1)
    rest = await api.get("/api/v1/accounts/search", Accounts, q="bob", limit=1, offset=1)
    whole = await api.get("/api/v1/accounts/search", Accounts, q="@carol@far.example")
    page = await api.get("/api/v1/accounts/search", Accounts, q="https://far.example/@carol")

    assert [[account.username for account in each] for each in (found, rest, whole, page)] == [
        ["bob"],
        ["bobby"],
        ["carol"],
        ["carol"],
    ]


async def test_searching_asks_another_server_only_when_told_to(api: Api) -> None:
    Person("carol@far.example").settle(api.http)

    silent = await api.get("/api/v1/accounts/search", Accounts, q="carol@far.example")
    asked = list(api.http.asked)
    loud = await api.get("/api/v1/accounts/search", Accounts, q="carol@far.example", resolve="true")

    assert (silent, asked, [account.acct for account in loud]) == ([], [], ["carol@far.example"])


# Posts of one
async def test_posts_of_an_account(api: Api) -> None:
    bob = await api.know("bob@far.example")
    first = await api.do(world.say, bob)
    reply = await api.do(world.say, bob, in_reply_to="https://elsewhere.example/1")
    private = await api.do(world.say, bob, visibility=Visibility.PRIVATE)
    boost = await api.do(world.wrap, bob, first)
    everything = [boost, reply, first]

    async def ids(**query: Any) -> set[int]:
        found = await api.get(f"/api/v1/accounts/{bob.id}/statuses", list[entities.Status], **query)
        return {int(status.id) for status in found}

    assert await ids() == {post.id for post in everything}
    assert await ids(exclude_replies="true") == {first.id, boost.id}
    assert await ids(exclude_reblogs="1") == {first.id, reply.id}
    assert await ids(pinned="true") == set()
    assert await ids(only_media="true") == set()
    assert private.id not in await ids(tagged="cats")


# Who follows whom
async def _followers(api: Api, count: int) -> None:
    for number in range(count):
        follower = await api.know(f"fan{number:02}@far.example")
        await api.do(world.befriend, follower, api.owner)


async def test_walking_through_followers(api: Api) -> None:
    await _followers(api, 5)
    path = f"/api/v1/accounts/{api.owner.id}/followers"

    first = await api.ask("GET", path, query={"limit": 2, "other": "ä b"})
    links = _links(first.headers["link"])
    second = await api.ask("GET", links["next"].removeprefix("https://home.example"))
    third = await api.ask("GET", _links(second.headers["link"])["next"].removeprefix("https://home.example"))
    beyond = await api.ask("GET", _links(third.headers["link"])["next"].removeprefix("https://home.example"))
    back = await api.ask("GET", _links(third.headers["link"])["prev"].removeprefix("https://home.example"))

    walked = [account.username for page in (first, second, third) for account in page.of(Accounts)]
    assert sorted(walked) == [f"fan{number:02}" for number in range(5)]
    assert (beyond.json(), "link" in beyond.headers) == ([], False)
    assert [account.username for account in back.of(Accounts)] == walked[2:4]
    kept = parse_qs(urlsplit(links["next"]).query)
    assert {name: kept[name] for name in ("limit", "other")} == {"limit": ["2"], "other": ["ä b"]}
    assert kept["max_id"][0].isdecimal()


def _links(header: str) -> dict[str, str]:
    parts = (part.split("; ") for part in header.split(", "))
    return {rel.removeprefix('rel="').removesuffix('"'): url.strip("<>") for url, rel in parts}


async def test_the_host_header_is_not_believed(api: Api) -> None:
    await _followers(api, 1)

    answer = await api.ask(
        "GET", f"/api/v1/accounts/{api.owner.id}/followers", headers={"X-Forwarded-Host": "evil.example"}
    )

    assert all(
        url.startswith("https://home.example/api/v1/accounts/") for url in _links(answer.headers["link"]).values()
    )


@pytest.mark.parametrize(("limit", "shown"), [("0", 0), ("-3", 3), ("3", 3), ("1000", 4), ("", 4)])
async def test_limits_are_cut_not_refused(api: Api, limit: str, shown: int) -> None:
    await _followers(api, 4)

    found = await api.get(f"/api/v1/accounts/{api.owner.id}/followers", Accounts, limit=limit)

    assert len(found) == shown


async def test_hidden_followers_are_for_the_owner_only(api: Api) -> None:
    await _followers(api, 1)
    await api.do(lambda tx: accounts.change(tx, api.owner.id, hide_collections=True))
    path = f"/api/v1/accounts/{api.owner.id}/followers"

    mine = await api.ask("GET", path)
    strangers = await api.ask("GET", path, token="")

    assert ([account.username for account in mine.of(Accounts)], strangers.json()) == (["fan00"], [])


async def test_familiar_followers_are_none(api: Api) -> None:
    found = await api.get(
        "/api/v1/accounts/familiar_followers", list[entities.FamiliarFollowers], **{"id[]": ["1", "2"]}
    )

    assert msgspec.to_builtins(found) == [{"id": "1", "accounts": []}, {"id": "2", "accounts": []}]


async def test_a_relationship_with_nobody_and_with_somebody(api: Api) -> None:
    bob, carol = await api.know("bob@far.example"), await api.know("carol@far.example")

    found = await api.get(
        "/api/v1/accounts/relationships", list[entities.Relationship], **{"id[]": [carol.id, "x", 7, bob.id, carol.id]}
    )
    none = await api.get("/api/v1/accounts/relationships", list[entities.Relationship])
    one = await api.get("/api/v1/accounts/relationships", list[entities.Relationship], id=bob.id)

    assert [relationship.id for relationship in found] == [str(carol.id), str(bob.id)]
    assert (none, [relationship.id for relationship in one]) == ([], [str(bob.id)])
