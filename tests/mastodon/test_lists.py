"""Lists in the API: whole entities, what is refused, timelines and pages."""

from typing import Any

import pytest
import trio

from smallfed.domain.account import Account
from smallfed.mastodon import entities
from smallfed.mastodon.entities import List
from smallfed.mastodon.failures import Error
from tests import world
from tests.mastodon.api import Api
from tests.mastodon.facts import follow, hear, ids_of, say

PATH = "/api/v1/lists"


async def listed(api: Api, made: List, *members: Account) -> None:
    """Follow some people, and put them into a list."""
    await follow(api, *members)
    answer = await api.ask(
        "POST", f"{PATH}/{made.id}/accounts", json={"account_ids": [str(member.id) for member in members]}
    )
    assert (answer.status, answer.json()) == (200, {})


async def names(api: Api, made: List, **query: Any) -> list[str]:
    return [
        account.username for account in await api.get(f"{PATH}/{made.id}/accounts", list[entities.Account], **query)
    ]


async def test_making_changing_deleting(api: Api) -> None:
    plain = await api.post(PATH, List, title="Friends")
    await trio.sleep(1)
    chosen = await api.post(PATH, List, title="Work", replies_policy="none", exclusive="true")
    every = await api.get(PATH, list[List])
    one = await api.get(f"{PATH}/{plain.id}", List)
    changed = await api.ask("PUT", f"{PATH}/{chosen.id}", json={"title": "Office", "replies_policy": "followed"})
    again = await api.ask("PUT", f"{PATH}/{chosen.id}", form={"exclusive": "false", "replies_policy": ""})
    gone = await api.ask("DELETE", f"{PATH}/{chosen.id}")
    twice = await api.ask("DELETE", f"{PATH}/{chosen.id}")

    assert plain == one == List(id=plain.id, title="Friends", replies_policy="list", exclusive=False)
    assert chosen == List(id=chosen.id, title="Work", replies_policy="none", exclusive=True)
    assert every == [plain, chosen]
    assert changed.of(List) == List(id=chosen.id, title="Office", replies_policy="followed", exclusive=True)
    assert again.of(List) == List(id=chosen.id, title="Office", replies_policy="followed", exclusive=False)
    assert (gone.status, gone.json(), twice.status) == (200, {}, 404)
    assert await api.get(PATH, list[List]) == [plain]


@pytest.mark.parametrize(
    ("method", "path", "form", "status", "said"),
    [
        ("POST", "", {}, 422, "Validation failed: Title can't be blank"),
        ("POST", "", {"title": "x", "replies_policy": "x"}, 422, None),
        ("PUT", "/{}", {"title": ""}, 422, "Validation failed: Title can't be blank"),
        ("PUT", "/1", {"title": "x"}, 404, "Record not found"),
        ("GET", "/1", {}, 404, "Record not found"),
        ("GET", "/nonsense", {}, 404, "Record not found"),
        ("GET", "/1/accounts", {}, 404, "Record not found"),
        ("GET", "/1/accounts?limit=0", {}, 404, "Record not found"),
        ("POST", "/1/accounts", {}, 404, "Record not found"),
        ("POST", "/{}/accounts", {"account_ids[]": "404"}, 404, "Record not found"),
        ("POST", "/{}/accounts", {"account_ids[]": "nonsense"}, 404, "Record not found"),
        ("DELETE", "/1/accounts", {}, 404, "Record not found"),
    ],
)
async def test_what_is_refused(
    api: Api, method: str, path: str, form: dict[str, str], status: int, said: str | None
) -> None:
    made = await api.post(PATH, List, title="Friends")

    answer = await api.ask(method, PATH + path.format(made.id), form=None if method == "GET" else form)

    assert answer.status == status
    assert answer.of(Error).error == (said or "Validation failed: Replies policy is not included in the list")


async def test_members(api: Api) -> None:
    """Only who is followed; taken out by body or query; and which lists somebody is in."""
    bob, carol, eve = [await api.know(f"{name}@peer.example") for name in ("bob", "carol", "eve")]
    made, other = await api.post(PATH, List, title="Friends"), await api.post(PATH, List, title="Others")
    await listed(api, made, bob, carol)

    stranger = await api.ask("POST", f"{PATH}/{made.id}/accounts", form={"account_ids[]": [eve.id]})
    twice = await api.ask("POST", f"{PATH}/{made.id}/accounts", form={"account_ids[]": bob.id})
    holding = await api.get(f"/api/v1/accounts/{bob.id}/lists", list[List])
    nobodys = await api.get(f"/api/v1/accounts/{eve.id}/lists", list[List])
    unknown = await api.ask("GET", "/api/v1/accounts/404/lists")
    both = set(await names(api, made))
    by_query = await api.ask("DELETE", f"{PATH}/{made.id}/accounts?account_ids[]={bob.id}&account_ids[]=x")
    left = await names(api, made)
    by_body = await api.ask("DELETE", f"{PATH}/{made.id}/accounts", json={"account_ids": [str(carol.id)]})

    assert (stranger.status, stranger.of(Error).error) == (
        422,
        "Validation failed: Account must be a followed account",
    )
    assert (twice.status, twice.of(Error).error) == (422, "Validation failed: Account is already on the list")
    assert (holding, nobodys, unknown.status) == ([made], [], 404)
    assert (both, left) == ({"bob", "carol"}, ["carol"])
    assert by_query.json() == by_body.json() == {}
    assert await names(api, made) == await names(api, other) == []


async def test_pages_of_members(api: Api) -> None:
    """By the accounts' ids; with a limit of 0 all at once, without a Link."""
    people = [await api.know(f"p{number}@peer.example") for number in range(5)]
    made = await api.post(PATH, List, title="Many")
    await listed(api, made, *people)
    ordered = [person.username for person in sorted(people, key=lambda person: -person.id)]
    ids = sorted((person.id for person in people), reverse=True)

    first = await api.ask("GET", f"{PATH}/{made.id}/accounts", query={"limit": 2})
    everybody = await api.ask("GET", f"{PATH}/{made.id}/accounts", query={"limit": 0})

    where = f"https://home.example{PATH}/{made.id}/accounts?limit=2"
    assert first.headers["link"] == f'<{where}&max_id={ids[1]}>; rel="next", <{where}&min_id={ids[0]}>; rel="prev"'
    assert [account.username for account in first.of(list[entities.Account])] == ordered[:2]
    assert await names(api, made, limit=2, max_id=ids[1]) == ordered[2:4]
    assert await names(api, made, limit=2, min_id=ids[4]) == ordered[2:4]
    assert [account.username for account in everybody.of(list[entities.Account])] == ordered
    assert "link" not in everybody.headers


async def test_a_walk_through_a_list(api: Api) -> None:
    """Every post that was there appears once, whatever comes meanwhile; others' posts never do."""
    bob, carol, eve = [await api.know(f"{name}@peer.example") for name in ("bob", "carol", "eve")]
    made = await api.post(PATH, List, title="Friends")
    await listed(api, made, bob, carol)
    await follow(api, eve)
    heard = []
    for number in range(9):
        heard.append(await hear(api, (bob, bob, carol)[number % 3]))
        await hear(api, eve)
    await say(api, "Mine")
    newest_first = [str(post.id) for post in reversed(heard)]
    path = f"/api/v1/timelines/list/{made.id}"

    walked = await ids_of(api, path, limit=4)
    late = await hear(api, carol)
    while more := await ids_of(api, path, limit=4, max_id=walked[-1]):
        walked += more

    assert walked == newest_first
    assert await ids_of(api, path, min_id=newest_first[-1], limit=2) == newest_first[-3:-1]
    assert await ids_of(api, path, since_id=newest_first[1]) == [str(late.id), newest_first[0]]


async def test_an_exclusive_list_takes_its_members_out_of_home(api: Api) -> None:
    bob, carol = await api.know("bob@peer.example"), await api.know("carol@peer.example")
    made = await api.post(PATH, List, title="Loud", exclusive="1")
    await listed(api, made, bob)
    await follow(api, carol)
    loud, quiet = await hear(api, bob), await hear(api, carol)

    kept_out = await ids_of(api, "/api/v1/timelines/home")
    read = await ids_of(api, f"/api/v1/timelines/list/{made.id}")
    await api.ask("DELETE", f"{PATH}/{made.id}")

    assert (kept_out, read) == ([str(quiet.id)], [str(loud.id)])
    assert await ids_of(api, "/api/v1/timelines/home") == [str(quiet.id), str(loud.id)]


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", PATH, "write:lists"),
        ("POST", PATH, "read:lists"),
        ("GET", f"{PATH}/1/accounts", "read:accounts"),
        ("DELETE", f"{PATH}/1/accounts", "read:lists"),
        ("GET", "/api/v1/timelines/list/1", "read:statuses"),
        ("GET", "/api/v1/accounts/1/lists", "read:accounts"),
    ],
)
async def test_who_may_ask(api: Api, method: str, path: str, scope: str) -> None:
    """Nobody without the scope, and no stranger."""
    stranger = await api.ask(method, path, token="")
    other = await api.ask(method, path, token=await api.grant(scope))

    assert (stranger.status, other.status) == (401, 403)


async def test_notes(api: Api) -> None:
    """They are in every relationship, and an empty one is none."""
    bob = await api.know("bob@peer.example")
    await api.do(world.befriend, api.owner, bob)
    path = f"/api/v1/accounts/{bob.id}/note"

    noted = await api.post(path, entities.Relationship, comment="met at the fair")
    (between,) = await api.get("/api/v1/accounts/relationships", list[entities.Relationship], **{"id[]": bob.id})
    long = await api.ask("POST", path, json={"comment": "x" * 2001})
    gone = await api.ask("POST", path)

    assert (noted, noted.note) == (between, "met at the fair")
    assert noted.following
    assert (long.status, long.of(Error).error) == (
        422,
        "Validation failed: Comment is too long (maximum is 2000 characters)",
    )
    assert gone.of(entities.Relationship).note == ""
