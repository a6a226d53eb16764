"""What the owner does about people, and the lists of it."""

from typing import Any

import msgspec
import pytest
import trio

from smallfed.mastodon import entities
from smallfed.mastodon.failures import Error
from smallfed.services import admitting
from tests import world
from tests.mastodon.api import Api

Relationship = entities.Relationship
NOTHING = {
    "following": False,
    "showing_reblogs": False,
    "notifying": False,
    "languages": None,
    "followed_by": False,
    "blocking": False,
    "blocked_by": False,
    "muting": False,
    "muting_notifications": False,
    "muting_expires_at": None,
    "requested": False,
    "requested_by": False,
    "domain_blocking": False,
    "endorsed": False,
    "note": "",
}


async def _do(api: Api, account: int, what: str, **form: Any) -> dict[str, Any]:
    """Do something about an account; return what differs from nothing."""
    relationship = await api.post(f"/api/v1/accounts/{account}/{what}", Relationship, **form)
    found = msgspec.to_builtins(relationship)
    assert found.pop("id") == str(account)
    return {name: value for name, value in found.items() if value != NOTHING[name]}


async def test_a_follow_is_requested_until_it_is_accepted(api: Api) -> None:
    bob = await api.know("bob@far.example")

    followed = await _do(api, bob.id, "follow")
    unfollowed = await _do(api, bob.id, "unfollow")

    assert (followed, unfollowed) == ({"requested": True}, {})


async def test_following_again_changes_only_what_is_said(api: Api) -> None:
    bob = await api.know("bob@far.example")
    await api.do(world.befriend, api.owner, bob)

    quiet = await _do(api, bob.id, "follow", reblogs="false", **{"languages[]": ["de", "EN"]})
    loud = await _do(api, bob.id, "follow", notify="true")
    all_languages = await _do(api, bob.id, "follow", languages="")

    assert quiet == {"following": True, "languages": ["de", "en"]}
    assert loud == {"following": True, "notifying": True, "languages": ["de", "en"]}
    assert all_languages == {"following": True, "notifying": True}


async def test_blocking_ends_everything(api: Api) -> None:
    bob = await api.know("bob@far.example")
    await api.do(world.befriend, api.owner, bob)
    await api.do(world.befriend, bob, api.owner)

    blocked = await _do(api, bob.id, "block")
    listed = await api.get("/api/v1/blocks", list[entities.Account])
    unblocked = await _do(api, bob.id, "unblock")

    assert (blocked, [account.acct for account in listed], unblocked) == ({"blocking": True}, ["bob@far.example"], {})


@pytest.mark.parametrize(
    ("form", "shown", "until"),
    [
        ({}, {"muting": True, "muting_notifications": True}, None),
        ({"notifications": "0"}, {"muting": True}, None),
        ({"duration": "0"}, {"muting": True, "muting_notifications": True}, None),
        (
            {"duration": "3600"},
            {"muting": True, "muting_notifications": True, "muting_expires_at": "2026-03-01T13:00:00.000Z"},
            "2026-03-01T13:00:00.000Z",
        ),
    ],
)
async def test_muting(api: Api, form: dict[str, str], shown: dict[str, Any], until: str | None) -> None:
    bob = await api.know("bob@far.example")

    muted = await _do(api, bob.id, "mute", **form)
    listed = await api.get("/api/v1/mutes", list[entities.MutedAccount])
    unmuted = await _do(api, bob.id, "unmute")

    assert (muted, unmuted) == (shown, {})
    assert [(account.acct, account.mute_expires_at) for account in listed] == [("bob@far.example", until)]


async def test_a_mute_ends_by_itself(api: Api) -> None:
    bob = await api.know("bob@far.example")
    await _do(api, bob.id, "mute", duration=3600)

    await trio.sleep(3601)

    assert await api.get("/api/v1/mutes", list[entities.MutedAccount]) == []


@pytest.mark.parametrize("duration", ["-1", "1" * 18])
async def test_a_mute_for_an_impossible_time(api: Api, duration: str) -> None:
    bob = await api.know("bob@far.example")

    answer = await api.ask("POST", f"/api/v1/accounts/{bob.id}/mute", form={"duration": duration})

    assert (answer.status, answer.of(Error).error.partition(" ")[0]) == (422, "duration")


@pytest.mark.parametrize("what", ["follow", "block", "mute"])
async def test_nobody_does_this_to_oneself(api: Api, what: str) -> None:
    answer = await api.ask("POST", f"/api/v1/accounts/{api.owner.id}/{what}")

    assert (answer.status, answer.of(Error).error) == (403, f"You cannot {what} yourself.")


@pytest.mark.parametrize(
    "what", ["follow", "unfollow", "block", "unblock", "mute", "unmute", "remove_from_followers", "note"]
)
async def test_about_nobody(api: Api, what: str) -> None:
    answer = await api.ask("POST", f"/api/v1/accounts/123/{what}")

    assert answer.status == 404


async def test_letting_in_and_putting_out(api: Api) -> None:
    bob, carol = await api.know("bob@far.example"), await api.know("carol@far.example")
    for fan in (bob, carol):
        await api.do(admitting.ask, fan, follow=f"{fan.uri}#follow")

    waiting = await api.get("/api/v1/follow_requests", list[entities.Account])
    credentials = await api.get("/api/v1/accounts/verify_credentials", entities.CredentialAccount)
    let_in = await api.post(f"/api/v1/follow_requests/{bob.id}/authorize", Relationship)
    refused = await api.post(f"/api/v1/follow_requests/{carol.id}/reject", Relationship)
    again = await api.ask("POST", f"/api/v1/follow_requests/{carol.id}/reject")
    put_out = await _do(api, bob.id, "remove_from_followers")

    assert {account.username for account in waiting} == {"bob", "carol"}
    assert credentials.source.follow_requests_count == 2
    assert (let_in.followed_by, refused.followed_by, refused.requested_by) == (True, False, False)
    assert (again.status, put_out) == (404, {})


async def test_domains(api: Api) -> None:
    bob = await api.know("bob@sub.bad.example")

    blocked = await api.post("/api/v1/domain_blocks", dict, domain="https://Bad.Example/")
    shown = await api.get("/api/v1/accounts/relationships", list[Relationship], **{"id[]": bob.id})
    listed = await api.get("/api/v1/domain_blocks", list[str])
    by_query = await api.ask("DELETE", "/api/v1/domain_blocks?domain=bad.example")
    await api.post("/api/v1/domain_blocks", dict, domain="bad.example")
    by_body = await api.ask("DELETE", "/api/v1/domain_blocks", json={"domain": "bad.example"})
    nothing = await api.ask("POST", "/api/v1/domain_blocks")

    assert (blocked, shown[0].domain_blocking, listed) == ({}, True, ["bad.example"])
    assert (by_query.json(), by_body.json()) == ({}, {})
    assert await api.get("/api/v1/domain_blocks", list[str]) == []
    assert (nothing.status, nothing.of(Error).error) == (
        422,
        "domain should be the name of a server, such as example.org",
    )


# Endorsements ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("do", "undo"), [("endorse", "unendorse"), ("pin", "unpin")])
async def test_recommending_people(api: Api, do: str, undo: str) -> None:
    """Those whom the owner follows, newest first, for everybody to see."""
    people = [await api.know(f"{name}@far.example") for name in ("bob", "carol")]
    for person in people:
        await api.do(world.befriend, api.owner, person)

    shown = [await _do(api, person.id, do) for person in (*people, people[0])]
    for path, token in (("endorsements", None), (f"accounts/{api.owner.id}/endorsements", "")):
        answer = await api.ask("GET", f"/api/v1/{path}", token=token, query={"limit": 1})
        assert [account.acct for account in answer.of(list[entities.Account])] == ["carol@far.example"]
        assert f"<https://home.example/api/v1/{path}?limit=1&max_id=" in answer.headers["link"]
    withdrawn = [await _do(api, people[1].id, undo) for _ in range(2)]
    left = await api.get("/api/v1/endorsements", list[entities.Account])

    assert shown == [{"following": True, "showing_reblogs": True, "endorsed": True}] * 3
    assert withdrawn == [{"following": True, "showing_reblogs": True}] * 2
    assert [account.acct for account in left] == ["bob@far.example"]


async def test_only_people_whom_one_follows_are_recommended(api: Api) -> None:
    """Whoever is followed no longer is recommended no longer."""
    bob, carol = await api.know("bob@far.example"), await api.know("carol@far.example")
    await api.do(world.befriend, api.owner, bob)
    await _do(api, bob.id, "endorse")

    refused = await api.ask("POST", f"/api/v1/accounts/{carol.id}/endorse")
    await _do(api, bob.id, "unfollow")

    assert refused.status == 422
    assert await api.get("/api/v1/endorsements", list[entities.Account]) == []
    assert await api.get(f"/api/v1/accounts/{bob.id}/endorsements", list[entities.Account]) == []


async def test_boosts_that_are_wanted_again_come_back(api: Api) -> None:
    bob = await api.know("bob@far.example")
    await api.do(world.befriend, api.owner, bob)
    post = await api.do(world.say, bob)
    await api.do(world.wrap, bob, post, in_home=True)

    homes = []
    for reblogs in ("false", "true"):
        await _do(api, bob.id, "follow", reblogs=reblogs)
        homes.append(len([one for one in await api.get("/api/v1/timelines/home", list[entities.Status]) if one.reblog]))

    assert homes == [0, 1]
