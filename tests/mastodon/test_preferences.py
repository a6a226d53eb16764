"""Counts that the owner does not show to others, or does not want to see; and who may answer, said by an app."""

from typing import Any

import pytest

from smallfed.domain.interaction import QuotePolicy
from smallfed.domain.preferences import PreferencesChange, Seen
from smallfed.federation.collections import OF_OWNER, OF_POST
from smallfed.mastodon.entities import Account, CredentialAccount, Status
from smallfed.services import liking, preferring, rendering
from smallfed.store import accounts, houses, posts
from smallfed.store.tx import Tx
from smallfed.translate import outward
from tests.mastodon.api import Api
from tests.mastodon.facts import follow, hear, say
from tests.world import befriend

EMOJI = "🦊"


async def furnish(api: Api, change: PreferencesChange) -> tuple[str, str]:
    """Let bob follow the owner, and like, boost and react to a post; return the ids of it and of one of bob's.

    The owner follows bob, of whom his server says that 7 like his post, and that 90 followed him before.
    """
    said = await say(api, "Bread")
    bob = await api.know("bob@peer.example", followers_claimed=90)
    await follow(api, bob)
    theirs = await hear(api, bob, likes_claimed=7, boosts_claimed=3)

    def put(tx: Tx) -> None:
        post = posts.get(tx, int(said.id))
        befriend(tx, bob, accounts.owner(tx))
        assert liking.receive_like(tx, bob, post, "https://peer.example/likes/1") is None
        preferring.prefer(tx, change)

    await api.do(put)
    await hear(api, bob, "", boost_of_id=int(said.id), kind="Announce")
    return said.id, str(theirs.id)


def counts(status: Status) -> tuple[int, int, bool]:
    return status.favourites_count, status.reblogs_count, status.counts_hidden is True


@pytest.mark.parametrize(
    ("seen", "to_strangers", "to_me", "theirs_to_me"),
    [
        (Seen.EVERYBODY, (1, 1, False), (1, 1, False), (7, 3, False)),
        (Seen.ME, (0, 0, True), (1, 1, False), (7, 3, False)),
        (Seen.NOBODY, (0, 0, True), (0, 0, True), (0, 0, True)),
    ],
)
async def test_who_sees_the_counts_of_posts(
    api: Api, seen: Seen, to_strangers: object, to_me: object, theirs_to_me: object
) -> None:
    ours, theirs = await furnish(api, PreferencesChange(post_counts=seen))
    path = f"/api/v1/statuses/{ours}"

    stranger = (await api.ask("GET", path, token="")).of(Status)
    lists = [
        len((await api.ask("GET", f"{path}/{name}", token="")).json()) for name in ("favourited_by", "reblogged_by")
    ]
    own, others = await api.get(path, Status), await api.get(f"/api/v1/statuses/{theirs}", Status)
    note = await api.do(_note, int(ours))

    assert (counts(stranger), counts(own), counts(others)) == (to_strangers, to_me, theirs_to_me)
    assert lists == ([1, 1] if seen is Seen.EVERYBODY else [0, 0])
    told = {"totalItems": 1} if seen is Seen.EVERYBODY else {}
    for name in ("likes", "shares"):
        assert note[name] == {"id": f"{note['id']}/{name}", "type": "Collection"} | told
        served = await api.do(_collection, int(ours), name)
        assert served["id"] == f"{note['id']}/{name}"
        assert served.get("totalItems") == told.get("totalItems")


@pytest.mark.parametrize(
    ("seen", "to_strangers", "to_me", "theirs_to_me"),
    [(Seen.EVERYBODY, 1, 1, 91), (Seen.ME, 0, 1, 91), (Seen.NOBODY, 0, 0, 0)],
)
async def test_who_sees_how_many_follow(api: Api, seen: Seen, to_strangers: int, to_me: int, theirs_to_me: int) -> None:
    ours, theirs = await furnish(api, PreferencesChange(follow_counts=seen))
    me = await api.get("/api/v1/accounts/verify_credentials", CredentialAccount)

    stranger = (await api.ask("GET", f"/api/v1/accounts/{me.id}", token="")).of(Account)
    list_ = (await api.ask("GET", f"/api/v1/accounts/{me.id}/followers", token="")).json()
    bob = (await api.get(f"/api/v1/statuses/{theirs}", Status)).account
    served = [await api.do(_people, name) for name in ("followers", "following")]

    assert (stranger.followers_count, me.followers_count, bob.followers_count) == (to_strangers, to_me, theirs_to_me)
    assert (stranger.following_count, stranger.counts_hidden is True) == (to_strangers, to_strangers == 0)
    assert len(list_) == to_strangers
    assert (await api.get(f"/api/v1/statuses/{ours}", Status)).favourites_count == 1
    for one in served:
        assert ("first" in one, one.get("totalItems")) == ((True, 1) if to_strangers else (False, None))


def _note(tx: Tx, number: int) -> Any:
    return plain(rendering.note(tx, houses.get(tx), posts.get(tx, number)))


def _collection(tx: Tx, number: int, name: str) -> Any:
    return plain(OF_POST[name](tx, posts.get(tx, number).uri, number, {}))


def _people(tx: Tx, name: str) -> Any:
    return plain(OF_OWNER[name](tx, houses.get(tx), {}))


def plain(thing: Any) -> Any:
    from msgspec import json

    return json.decode(outward.body(thing))


async def test_no_page_of_a_hidden_collection_is_served(api: Api) -> None:
    await furnish(api, PreferencesChange(follow_counts=Seen.ME))

    page = await api.do(lambda tx: plain(OF_OWNER["followers"](tx, houses.get(tx), {"page": ["1"]})))

    assert "orderedItems" not in page
    assert "totalItems" not in page


async def test_an_app_says_who_may_answer(api: Api) -> None:
    said = await say(api, "Bread", reply_approval_policy="followers")
    path = f"/api/v1/statuses/{said.id}/interaction_policy"
    await api.do(preferring.prefer, PreferencesChange(quotes=QuotePolicy.NOBODY))

    wrong = await api.ask("PUT", path, json={"reply_approval_policy": "friends"})
    changed = (await api.ask("PUT", path, json={"reply_approval_policy": "nobody"})).of(Status)
    note = await api.do(_note, int(said.id))

    assert (wrong.status, wrong.json()) == (
        422,
        {"error": "reply_approval_policy should be one of: public, followers, following, nobody"},
    )
    assert changed.quote_approval.automatic == ["public"]  # as it was
    assert note["interactionPolicy"]["canReply"] == {"automaticApproval": [note["attributedTo"]]}


async def test_a_post_for_later_remembers_who_may_answer(api: Api) -> None:
    later = await api.ask(
        "POST",
        "/api/v1/statuses",
        form={"status": "Bread", "scheduled_at": "2030-01-01T00:00:00Z", "reply_approval_policy": "following"},
    )

    assert later.json()["params"]["reply_approval_policy"] == "following"
