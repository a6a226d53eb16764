"""Reactions in the API: the forms of Pleroma, glitch and Fedibird, and what apps that know none of them see."""

from typing import Any
from urllib.parse import quote

import pytest
from msgspec import UNSET

from smallfed.domain.copy import Subject
from smallfed.domain.domain_block import DomainBlock
from smallfed.domain.post import Post
from smallfed.domain.reaction import FAVOURITE, Reaction
from smallfed.mastodon.entities import Account, EmojiReaction, Notification, Reacted, Status, Verified
from smallfed.services import liking
from smallfed.store import domain_blocks, houses, posts
from smallfed.store.tx import Tx
from tests.mastodon.api import Api
from tests.mastodon.facts import hear, say
from tests.world import NOW

PICTURE = "https://peer.example/blob.png"
PARTY, BLOB = Reaction(emoji="🎉"), Reaction(emoji=":blob@peer.example:", picture=PICTURE)


async def shown_at(api: Api, *, small: bool = False) -> str:
    """Return where apps find the picture."""
    return (await api.do(houses.get)).proxied(Subject.EMOJI, 0, PICTURE, small=small)


async def react(api: Api, handle: str, post: str, *reactions: Reaction) -> Account:
    """Let somebody react to a post, and return who it was."""
    account = await api.know(handle)
    for reaction in reactions:
        await api.do(lambda tx, reaction=reaction: liking.receive_like(tx, account, _post(tx, post), None, reaction))
    return await api.get(f"/api/v1/accounts/{account.id}", Account)


def _post(tx: Tx, number: str) -> Post:
    return posts.get(tx, int(number))


FORMS = [
    ("PUT", "/api/v1/pleroma/statuses/{}/reactions/{}", "DELETE", "/api/v1/pleroma/statuses/{}/reactions/{}"),
    ("POST", "/api/v1/statuses/{}/react/{}", "POST", "/api/v1/statuses/{}/unreact/{}"),
    ("PUT", "/api/v1/statuses/{}/emoji_reactions/{}", "DELETE", "/api/v1/statuses/{}/emoji_reactions/{}"),
    ("PUT", "/api/v1/statuses/{}/emoji_reactions/{}", "POST", "/api/v1/statuses/{}/emoji_unreaction"),
]


@pytest.mark.parametrize(("do", "there", "undo", "back"), FORMS)
async def test_reacting_and_taking_it_back(api: Api, do: str, there: str, undo: str, back: str) -> None:
    """In every form; for apps that know no reactions it is a favourite."""
    heard = await hear(api, await api.know("bob@peer.example"))
    emoji = quote("🎉")

    done = (await api.ask(do, there.format(heard.id, emoji))).of(Status)
    undone = (await api.ask(undo, back.format(heard.id, emoji))).of(Status)

    assert done.emoji_reactions == [EmojiReaction(name="🎉", count=1, me=True)]
    assert (done.favourited, done.favourites_count, done.verified) == (True, 1, Verified(favourites=1, reblogs=0))
    assert (undone.emoji_reactions, undone.favourited, undone.favourites_count) == ([], False, 0)


async def test_a_post_shows_its_reactions(api: Api) -> None:
    """Custom ones with their pictures; and who gave them, all or those of one emoji."""
    said = await say(api, "Hello")
    bob = await react(api, "bob@peer.example", said.id, BLOB, PARTY)
    carol = await react(api, "carol@other.example", said.id, PARTY)

    shown = await api.get(f"/api/v1/statuses/{said.id}", Status)
    listed = await api.get(f"/api/v1/pleroma/statuses/{said.id}/reactions", list[Reacted])
    one = await api.get(f"/api/v1/pleroma/statuses/{said.id}/reactions/{quote('🎉')}", list[Reacted])
    likers = await api.get(f"/api/v1/statuses/{said.id}/favourited_by", list[Account])

    by_name = {each.name: each for each in listed}
    url, still = await shown_at(api), await shown_at(api, small=True)
    assert by_name == {
        "blob@peer.example": Reacted(
            name="blob@peer.example", count=1, me=False, url=url, static_url=still, accounts=[bob]
        ),
        "🎉": Reacted(name="🎉", count=2, me=False, accounts=by_name["🎉"].accounts),
    }
    assert sorted(each.acct for each in by_name["🎉"].accounts) == [bob.acct, carol.acct]
    assert one == [by_name["🎉"]]
    assert {each.name: each.count for each in shown.emoji_reactions} == {"blob@peer.example": 1, "🎉": 2}
    assert shown.favourites_count == 2
    assert sorted(each.acct for each in likers) == [bob.acct, carol.acct]


@pytest.mark.parametrize("limit", [{"severity": "suspend"}, {"severity": "noop", "reject_media": True}])
async def test_pictures_of_servers_that_are_not_wanted(api: Api, limit: dict[str, Any]) -> None:
    """An emoji from there, or from below, is shown as text, whoever gave it."""
    said = await say(api, "Hello")
    below = Reaction(emoji=":blob@media.bad.example:", picture="https://media.bad.example/blob.png")
    await react(api, "carol@other.example", said.id, below, BLOB)
    block = DomainBlock(id=1, domain="bad.example", created_at=NOW, **limit)

    await api.do(domain_blocks.note, block)

    shown = await api.get(f"/api/v1/statuses/{said.id}", Status)
    listed = await api.get(f"/api/v1/pleroma/statuses/{said.id}/reactions", list[Reacted])
    for reactions in (shown.emoji_reactions, listed):
        assert {each.name: (each.url is UNSET, each.static_url is UNSET) for each in reactions} == {
            "blob@media.bad.example": (True, True),
            "blob@peer.example": (False, False),
        }


async def test_a_reaction_is_told_as_a_favourite_that_looks_like_something(api: Api) -> None:
    said = await say(api, "Hello")
    for handle, reaction in (("bob@peer.example", BLOB), ("carol@other.example", PARTY), ("dan@x.example", FAVOURITE)):
        await react(api, handle, said.id, reaction)

    told = (await api.ask("GET", "/api/v1/notifications")).json()
    typed = await api.get("/api/v1/notifications", list[Notification], **{"types[]": "favourite"})

    assert {one["account"]["acct"]: (one["type"], one.get("emoji"), one.get("emoji_url")) for one in told} == {
        "bob@peer.example": ("favourite", "blob@peer.example", await shown_at(api)),
        "carol@other.example": ("favourite", "🎉", None),
        "dan@x.example": ("favourite", None, None),
    }
    assert len(typed) == 3


@pytest.mark.parametrize("emoji", ["nothing", quote("two words"), "%20"])
async def test_what_is_no_emoji(api: Api, emoji: str) -> None:
    said = await say(api, "Hello")

    answer = await api.ask("POST", f"/api/v1/statuses/{said.id}/react/{emoji}")

    assert (answer.status, answer.json()) == (422, {"error": "Validation failed: Name is not a recognized emoji"})


async def test_who_may_react(api: Api) -> None:
    """Whoever may favour; a post that is not there cannot be reacted to."""
    said = await say(api, "Hello")
    weak = await api.grant("read")

    refused = await api.ask("POST", f"/api/v1/statuses/{said.id}/react/{quote('🎉')}", token=weak)
    absent = await api.ask("PUT", f"/api/v1/pleroma/statuses/1/reactions/{quote('🎉')}")

    assert (refused.status, absent.status) == (403, 404)


async def test_claims_and_what_we_know(api: Api) -> None:
    """The origin's numbers are shown, as apps expect; beside them stands what we could verify."""
    heard = await hear(api, await api.know("bob@peer.example"), likes_claimed=12, boosts_claimed=3)
    await react(api, "carol@other.example", str(heard.id), PARTY)

    shown = await api.get(f"/api/v1/statuses/{heard.id}", Status)

    assert (shown.favourites_count, shown.reblogs_count) == (12, 3)
    assert shown.verified == Verified(favourites=1, reblogs=0)
