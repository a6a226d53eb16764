"""Quotes through the client API."""

from typing import Any

import pytest
from msgspec import UNSET

from smallfed.domain.account import Account
from smallfed.domain.interaction import Policy, Quote, QuoteState, SubPolicy
from smallfed.domain.post import Post, Visibility
from smallfed.mastodon.entities import Quote as Shown
from smallfed.mastodon.entities import QuoteApproval, Status, StatusEdit
from smallfed.services import blocking, muting
from smallfed.store import ids, policies, posts, quotes
from smallfed.store.tx import Tx
from tests.mastodon.api import Api
from tests.mastodon.facts import follow, hear, ids_of, say

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
EVERYBODY = SubPolicy(automatic=(PUBLIC,))


async def allow(api: Api, post: Post, said: SubPolicy = EVERYBODY) -> Post:
    """Let a post of somebody else say who may quote it."""
    await api.do(policies.put, post.id, Policy(quote=said))
    return post


async def join(api: Api, quoting: Post, quoted: Post | Status, **fields: Any) -> None:
    """Store that a post quotes another, accepted unless told otherwise."""

    def put(tx: Tx) -> None:
        values = {"quoted": quoted.uri, "quoted_id": int(quoted.id), "state": QuoteState.ACCEPTED, **fields}
        quotes.put(tx, Quote(id=ids.fresh(tx, "quotes"), post_id=quoting.id, created_at=tx.now, **values))

    await api.do(put)


async def test_quoting_is_answered_whole(api: Api) -> None:
    bob = await api.know("bob@peer.example")
    theirs = await allow(api, await hear(api, bob, "Bread is good"))

    said = await say(api, "So true", quoted_status_id=str(theirs.id))

    assert said.quote == Shown(state="pending", quoted_status=None)
    assert said.quote_approval == QuoteApproval(automatic=["public"], manual=[], current_user="automatic")
    assert said.quotes_count == 0
    link = f'<a href="{theirs.url}" rel="nofollow noopener" target="_blank" translate="no">'
    assert said.content.startswith(f'<p>So true</p><p class="quote-inline">RE: {link}')
    assert await api.get(f"/api/v1/statuses/{said.id}", Status) == said
    source = await api.ask("GET", f"/api/v1/statuses/{said.id}/source")
    assert source.json()["text"] == "So true"


@pytest.mark.parametrize("shut_out", [blocking.block, muting.mute])
async def test_strangers_are_shown_nothing_of_whom_the_owner_has_shut_out(api: Api, shut_out: Any) -> None:
    """By way of nobody, and without a word about the block; the owner is told."""
    bob = await api.know("bob@peer.example")
    theirs, ours = await hear(api, bob, "insults"), await say(api, "Look")
    await join(api, await api.do(lambda tx: posts.get(tx, int(ours.id))), theirs)
    before = (await api.ask("GET", f"/api/v1/statuses/{ours.id}", token="")).of(Status)
    await api.do(shut_out, bob)

    after = (await api.ask("GET", f"/api/v1/statuses/{ours.id}", token="")).of(Status)
    owner = await api.get(f"/api/v1/statuses/{ours.id}", Status)

    assert before.quote is not None
    assert before.quote.state == "accepted"
    assert after.quote == Shown(state="unauthorized", quoted_status=None)
    assert owner.quote is not None
    assert owner.quote.state in ("blocked_account", "muted_account")


async def test_quoting_oneself_shows_what_is_quoted(api: Api) -> None:
    first = await say(api, "Bread is good")

    second = await say(api, "", quoted_status_id=first.id)
    third = await say(api, "As I said", quote_id=second.id)

    shown = await api.get(f"/api/v1/statuses/{third.id}", Status)
    assert shown.quote is not None
    quoted = shown.quote.quoted_status
    assert isinstance(quoted, Status)
    assert (shown.quote.state, quoted.id, quoted.quotes_count) == ("accepted", second.id, 1)
    assert quoted.quote is not None
    assert (quoted.quote.state, quoted.quote.quoted_status_id) == ("accepted", first.id)  # no deeper than that


@pytest.mark.parametrize(
    ("said", "visibility", "status", "error"),
    [
        (None, Visibility.PUBLIC, 422, "Validation failed: This post cannot be quoted: its author does not let you"),
        (EVERYBODY, Visibility.DIRECT, 404, "The post you are trying to quote does not appear to exist."),
    ],
)
async def test_what_cannot_be_quoted(
    api: Api, said: SubPolicy | None, visibility: Visibility, status: int, error: str
) -> None:
    bob = await api.know("bob@peer.example")
    theirs = await hear(api, bob, visibility=visibility)
    if said is not None:
        await allow(api, theirs, said)

    answer = await api.ask("POST", "/api/v1/statuses", json={"status": "Look", "quoted_status_id": str(theirs.id)})

    assert (answer.status, answer.json()) == (status, {"error": error})


@pytest.mark.parametrize(
    ("said", "followed", "approval"),
    [
        (None, False, QuoteApproval(automatic=[], manual=[], current_user="denied")),
        (("bob",), False, QuoteApproval(automatic=[], manual=[], current_user="denied")),
        (("followers",), False, QuoteApproval(automatic=["followers"], manual=[], current_user="denied")),
        (("followers",), True, QuoteApproval(automatic=["followers"], manual=[], current_user="automatic")),
        (("lists/1",), False, QuoteApproval(automatic=["unsupported_policy"], manual=[], current_user="unknown")),
    ],
)
async def test_who_may_quote(api: Api, said: tuple[str, ...] | None, followed: bool, approval: QuoteApproval) -> None:
    bob = await api.know("bob@peer.example")
    theirs = await hear(api, bob)
    if followed:
        await follow(api, bob)
    if said is not None:
        uris = tuple(bob.uri if name == "bob" else f"{bob.uri}/{name}" for name in said)
        await allow(api, theirs, SubPolicy(automatic=uris))

    shown = await api.get(f"/api/v1/statuses/{theirs.id}", Status)
    stranger = (await api.ask("GET", f"/api/v1/statuses/{theirs.id}", token="")).of(Status)

    assert shown.quote_approval == approval
    assert (stranger.quote_approval.automatic, stranger.quote_approval.current_user) == (approval.automatic, "denied")


async def _shut(api: Api, carol: Account, how: str) -> None:
    if how == "blocked_account":
        await api.do(blocking.block, carol)
    elif how == "blocked_domain":
        await api.do(blocking.block_domain, carol.host)
    elif how == "muted_account":
        await api.do(muting.mute, carol, notifications=True, duration=None)


@pytest.mark.parametrize(
    ("fields", "how", "state", "shown"),
    [
        ({}, "", "accepted", True),
        ({"state": QuoteState.REVOKED}, "", "revoked", False),
        ({"state": QuoteState.DELETED, "quoted_id": None}, "", "deleted", False),
        ({"quoted_id": None}, "", "deleted", False),
        ({}, "blocked_account", "blocked_account", True),
        ({}, "blocked_domain", "blocked_domain", False),
        ({}, "muted_account", "muted_account", True),
    ],
)
async def test_states_of_a_quote(api: Api, fields: dict[str, Any], how: str, state: str, shown: bool) -> None:
    bob, carol = await api.know("bob@peer.example"), await api.know("carol@other.example")
    theirs, quoting = await hear(api, carol, "Bread is good"), await hear(api, bob, "So true")
    await join(api, quoting, theirs, **fields)
    await _shut(api, carol, how)

    seen = (await api.get(f"/api/v1/statuses/{quoting.id}", Status)).quote

    assert seen is not None
    assert (seen.state, isinstance(seen.quoted_status, Status)) == (state, shown)


async def test_what_the_reader_may_not_see_is_not_shown_in_a_quote(api: Api) -> None:
    bob, carol = await api.know("bob@peer.example"), await api.know("carol@other.example")
    secret, quoting = await hear(api, carol, "Secret", visibility=Visibility.DIRECT), await hear(api, bob, "Look")
    await join(api, quoting, secret)

    answer = await api.ask("GET", f"/api/v1/statuses/{quoting.id}")

    assert answer.json()["quote"] == {"state": "unauthorized", "quoted_status": None}
    assert b"Secret" not in answer.body


async def test_a_form_that_asks_nobody_shows_nothing_until_it_counts(api: Api) -> None:
    bob, carol = await api.know("bob@peer.example"), await api.know("carol@other.example")
    theirs, quoting = await hear(api, carol), await hear(api, bob)
    await join(api, quoting, theirs, legacy=True, state=QuoteState.PENDING)

    assert (await api.get(f"/api/v1/statuses/{quoting.id}", Status)).quote is None


async def test_quotes_of_a_post_are_listed_page_by_page(api: Api) -> None:
    bob = await api.know("bob@peer.example")
    said = await say(api, "Bread is good")
    quoting = []
    for number in range(5):
        quoting.append(await hear(api, bob, str(number)))
        await join(api, quoting[-1], said, state=QuoteState.PENDING if number == 2 else QuoteState.ACCEPTED)

    path = f"/api/v1/statuses/{said.id}/quotes"
    first = await api.ask("GET", path, query={"limit": 3})
    every = await ids_of(api, path)

    wanted = [str(quoting[number].id) for number in (4, 3, 1, 0)]
    assert every == wanted
    assert [status.id for status in first.of(list[Status])] == wanted[:3]
    assert 'rel="next"' in first.headers["link"]


async def test_consent_is_taken_back(api: Api) -> None:
    bob = await api.know("bob@peer.example")
    said, quoting = await say(api, "Bread is good"), await hear(api, bob, "So true")
    await join(api, quoting, said)

    left = await api.post(f"/api/v1/statuses/{said.id}/quotes/{quoting.id}/revoke", Status)
    again = await api.ask("POST", f"/api/v1/statuses/{said.id}/quotes/{said.id}/revoke")

    assert left.quote == Shown(state="revoked", quoted_status=None)
    assert again.status == 404
    assert await ids_of(api, f"/api/v1/statuses/{said.id}/quotes") == []


async def test_the_policy_of_a_post_changes(api: Api) -> None:
    said = await say(api, "Bread is good", quote_approval_policy="followers")
    path = f"/api/v1/statuses/{said.id}/interaction_policy"

    changed = (await api.ask("PUT", path, json={"quote_approval_policy": "nobody"})).of(Status)
    wrong = await api.ask("PUT", path, json={"quote_approval_policy": "friends"})
    others = await hear(api, await api.know("bob@peer.example"))
    foreign = await api.ask("PUT", f"/api/v1/statuses/{others.id}/interaction_policy", json={})

    assert said.quote_approval.automatic == ["followers"]
    assert (changed.quote_approval.automatic, changed.edited_at) == ([], None)
    assert (wrong.status, foreign.status) == (422, 404)


async def test_the_owner_prefers_who_may_quote(api: Api) -> None:
    answer = await api.ask(
        "PATCH", "/api/v1/accounts/update_credentials", json={"source": {"quote_policy": "followers"}}
    )

    said, private = await say(api, "Bread"), await say(api, "Secret", visibility="private")

    assert answer.json()["source"]["quote_policy"] == "followers"
    assert (said.quote_approval.automatic, private.quote_approval.automatic) == (["followers"], [])
    preferences = await api.ask("GET", "/api/v1/preferences")
    assert preferences.json()["posting:default:quote_policy"] == "followers"


async def test_each_version_says_what_it_quoted(api: Api) -> None:
    """Ours always the same; of another's quote that the post has no more, only that it was there."""
    quoted = await say(api, "Bread")
    said = await say(api, "Good", quoted_status_id=quoted.id)
    alone = await api.get(f"/api/v1/statuses/{quoted.id}/history", list[StatusEdit])
    await api.ask("PUT", f"/api/v1/statuses/{said.id}", form={"status": "Better"})

    versions = await api.get(f"/api/v1/statuses/{said.id}/history", list[StatusEdit])
    await api.do(lambda tx: tx.run("DELETE FROM quotes"))
    later = await api.get(f"/api/v1/statuses/{said.id}/history", list[StatusEdit])

    assert said.quote is not None
    assert [version.quote for version in alone] == [UNSET]
    assert [version.quote for version in versions] == [said.quote] * 2
    assert [version.quote for version in later] == [Shown(state="deleted"), UNSET]
