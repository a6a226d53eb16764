"""Whom the owner may want to follow, and who wants to be found."""

import pytest
import trio

from smallfed.domain.account import Account
from smallfed.mastodon.entities import Account as Shown
from smallfed.mastodon.entities.people import Suggestion
from smallfed.services import boosting, liking, muting
from smallfed.store import accounts, follows, ids
from tests import world
from tests.mastodon.api import Api
from tests.mastodon.facts import follow, hear, say

PATH = "/api/v2/suggestions"


async def proposed(api: Api) -> list[tuple[str, str, list[str]]]:
    """Return (handle, source, sources) of who is proposed."""
    return [(one.account.acct, one.source, list(one.sources)) for one in await api.get(PATH, list[Suggestion])]


async def meet(api: Api, *handles: str, **columns: object) -> list[Account]:
    """Return people who want to be discovered."""
    met = []
    for handle in handles:
        await trio.sleep(1)
        met.append(await api.know(handle, **{"discoverable": True, **columns}))
    return met


async def shown_by(api: Api, friend: Account, author: Account) -> None:
    """Let a friend boost something of somebody into home."""
    post = await hear(api, author, in_home=False)
    await api.do(lambda tx: world.wrap(tx, friend, post, id=ids.fresh(tx, "posts"), in_home=True))


async def test_people_whom_friends_show_and_the_owner_has_to_do_with(api: Api) -> None:
    bob, carol, dora, eve, fay = await meet(
        api, *(f"{name}@x.example" for name in ("bob", "carol", "dora", "eve", "fay"))
    )
    await follow(api, bob, carol)
    for friend in (bob, carol, bob):
        await shown_by(api, friend, dora)
    answered = await hear(api, eve)
    await say(api, "Yes", in_reply_to_id=answered.id)
    liked = await hear(api, fay)
    await api.do(liking.like, liked)
    await api.do(boosting.boost, await hear(api, dora))

    assert await proposed(api) == [
        ("dora@x.example", "past_interactions", ["friends_of_friends", "most_interactions"]),
        ("eve@x.example", "global", ["most_interactions"]),
        ("fay@x.example", "global", ["most_interactions"]),
    ]
    before = [one.acct for one in await api.get("/api/v1/suggestions", list[Shown])]
    assert before == ["dora@x.example", "eve@x.example", "fay@x.example"]
    assert len(await api.get(PATH, list[Suggestion], limit=1)) == 1


@pytest.mark.parametrize(
    "columns", [{"discoverable": False}, {"suspended": True}, {"moved_to": "https://y.example/1"}, {"memorial": True}]
)
async def test_who_is_not_proposed(api: Api, columns: dict[str, object]) -> None:
    (bob,) = await meet(api, "bob@x.example", **columns)
    await api.do(liking.like, await hear(api, bob))

    assert await proposed(api) == []


async def test_who_is_followed_muted_or_dismissed_is_proposed_no_more(api: Api) -> None:
    people = await meet(api, "bob@x.example", "carol@x.example", "dora@x.example")
    for person in people:
        await api.do(liking.like, await hear(api, person))
    before = len(await proposed(api))

    await follow(api, people[0])
    await api.do(muting.mute, people[1])
    dismissed = await api.ask("DELETE", f"/api/v1/suggestions/{people[2].id}")

    assert (before, dismissed.status, dismissed.json()) == (3, 200, {})
    assert await proposed(api) == []
    assert (await api.ask("DELETE", "/api/v1/suggestions/1")).status == 200
    assert (await api.ask("DELETE", "/api/v1/suggestions/x")).status == 404
    await api.do(lambda tx: follows.drop(tx, follows.find(tx, api.owner.id, people[0].id).id))
    assert [one[0] for one in await proposed(api)] == ["bob@x.example"]


async def test_the_directory(api: Api) -> None:
    first, _, third = await meet(api, "first@x.example", "shy@x.example", "third@x.example")
    await api.know("shy2@x.example")
    await api.do(accounts.change, api.owner.id, discoverable=True)
    for person in (third, first):
        await hear(api, person)
        await api.do(accounts.change, person.id, last_post_at=api.parts.clock.now())

    async def listed(**query: object) -> list[str]:
        return [one.acct for one in await api.get("/api/v1/directory", list[Shown], **query)]

    assert await listed() == ["first@x.example", "third@x.example"]
    assert await listed(order="new") == ["third@x.example", "shy@x.example", "first@x.example"]
    assert await listed(order="new", limit=1, offset=1) == ["shy@x.example"]
    assert await listed(local="true") == ["alice"]
    assert await listed(local="true", offset=1) == []
    stranger = await api.ask("GET", "/api/v1/directory", token="")
    assert [one["acct"] for one in stranger.json()] == ["alice"]
    assert (await api.ask("GET", "/api/v1/directory", query={"order": "x"})).status == 422
