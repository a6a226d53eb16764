"""People move and their followers go along; nobody is taken anywhere by somebody else."""

import json
from typing import Any

import pytest
from trio.testing import MockClock

from smallfed.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from tests.fediverse.houses import JSON, Fediverse, House, plain


async def relation(house: House, handle: str) -> JSON:
    account = await house.look_up(handle)
    (found,) = await house.get("/api/v1/accounts/relationships", **{"id[]": account["id"]})
    return dict(found)


async def settle_in(fediverse: Fediverse, old: House, new: House) -> None:
    """Let the owner of ``old`` have an account at ``new`` that names the old one."""
    await new.command("alias.add", named=old.handle)
    await fediverse.wait(minutes=1)


async def look_at(fediverse: Fediverse, house: House, other: House) -> JSON:
    """Look at a profile for a while, and return it as it is then."""
    account = await house.look_up(other.handle)
    await house.get(f"/api/v1/accounts/{account['id']}")
    await fediverse.wait(minutes=1)
    return dict(await house.get(f"/api/v1/accounts/{account['id']}"))


async def document(house: House) -> JSON:
    """Return the owner's actor, as others read it."""
    return dict(json.loads((await house.visit(f"/users/{house.username}", "application/activity+json")).body))


async def test_bob_moves_and_his_followers_go_along(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """With their settings, lists and notes; he says where he lives, and both accounts show it."""
    alice, carol, old, new = await fediverse.houses(
        "alice@a.example", "carol@c.example", "bob@old.example", "bob@new.example"
    )
    account = await alice.look_up(old.handle)
    await alice.post(f"/api/v1/accounts/{account['id']}/follow", reblogs=False, notify=True, languages=["de", "fr"])
    friends = await alice.post("/api/v1/lists", title="Friends", exclusive=True)
    await alice.post(f"/api/v1/lists/{friends['id']}/accounts", account_ids=[account["id"]])
    await alice.post(f"/api/v1/accounts/{account['id']}/note", comment="met at the fair")
    await carol.follow(old)
    await fediverse.wait(minutes=1)
    await settle_in(fediverse, old, new)

    planned = await old.command("move.plan", target=new.handle)
    await old.command("move.begin", target=new.handle)
    await fediverse.wait(minutes=5)
    await new.say("I live here now")
    await fediverse.wait(minutes=1)

    assert planned == {"target": new.actor, "handle": new.handle, "followers": 2}
    before, after = await relation(alice, old.handle), await relation(alice, new.handle)
    assert (before["following"], before["requested"]) == (False, False)
    assert (after["following"], after["showing_reblogs"], after["notifying"]) == (True, False, True)
    assert after["languages"] == ["de", "fr"]
    assert (await relation(carol, new.handle))["following"]
    assert after["note"] == f"Noted when they were @{old.handle}:\nmet at the fair"
    assert (await alice.read(), await carol.read()) == ([], ["I live here now"])
    listed = await alice.get(f"/api/v1/timelines/list/{friends['id']}")
    assert [plain(post) for post in listed] == ["I live here now"]
    members = await alice.get(f"/api/v1/lists/{friends['id']}/accounts", limit=0)
    assert [member["acct"] for member in members] == [new.handle]
    assert (await old.look_up(old.handle))["followers_count"] == 0
    assert (await new.look_up(new.handle))["followers_count"] == 2
    shown = await alice.look_up(old.handle)
    assert shown["moved"]["acct"] == new.handle
    assert "moved" not in shown["moved"]
    assert (await old.get("/api/v1/accounts/verify_credentials"))["moved"]["acct"] == new.handle


async def test_who_is_away_goes_along_later(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Whichever of the three servers is down for a day, and killed in the middle of it."""
    alice, old, new = await fediverse.houses("alice@a.example", "bob@old.example", "bob@new.example")
    await alice.follow(old)
    await fediverse.wait(minutes=1)
    await settle_in(fediverse, old, new)

    fediverse.wire.trouble["a.example"] = "refused"
    await old.command("move.begin", target=new.handle)
    await fediverse.wait(hours=5)
    fediverse.wire.trouble = {"new.example": "refused"}
    await fediverse.wait(hours=5)
    await alice.kill()
    await alice.begin()
    await fediverse.wait(hours=5)
    fediverse.wire.trouble = {}
    await fediverse.wait(days=3)

    assert (await relation(alice, new.handle))["following"]
    assert not (await relation(alice, old.handle))["following"]


async def test_who_has_moved_is_not_followed_and_does_not_post(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Until they cancel, which is possible at once; to move again is not."""
    alice, old, new = await fediverse.houses("alice@a.example", "bob@old.example", "bob@new.example")
    await settle_in(fediverse, old, new)
    post = await new.say("to be boosted")
    known = await old.get("/api/v2/search", q=post["uri"], resolve="true", type="statuses")
    await old.command("move.begin", target=new.handle)
    await fediverse.wait(minutes=5)

    refused = [
        (await old.ask("POST", "/api/v1/statuses", status="hello"))[0],
        (await old.ask("POST", f"/api/v1/statuses/{known['statuses'][0]['id']}/reblog"))[0],
        (await old.ask("POST", f"/api/v1/accounts/{(await old.look_up(alice.handle))['id']}/follow"))[0],
    ]
    her = await alice.look_up(old.handle)
    followed = await alice.ask("POST", f"/api/v1/accounts/{her['id']}/follow")
    with pytest.raises(Conflict):
        await old.command("move.begin", target=new.handle)
    back = await old.command("move.cancel")
    await fediverse.wait(days=2)
    await old.say("I am back")
    await look_at(fediverse, alice, old)
    await alice.follow(old)
    await fediverse.wait(minutes=1)
    with pytest.raises(TooMany):
        await old.command("move.begin", target=new.handle)
    with pytest.raises(Conflict):
        await old.command("move.cancel")
    await fediverse.wait(days=30)
    again = await old.command("move.plan", target=new.handle)

    assert refused == [403, 403, 403]
    assert followed[0] == 403
    assert back == {"target": new.actor}
    assert (await relation(alice, old.handle))["following"]
    assert again["followers"] == 1


async def test_a_follow_that_comes_late_is_rejected(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """From a server that has not heard of the move."""
    alice, old, new = await fediverse.houses("alice@a.example", "bob@old.example", "bob@new.example")
    await alice.look_up(old.handle)
    await settle_in(fediverse, old, new)
    await old.command("move.begin", target=new.handle)

    await alice.follow(old)
    await fediverse.wait(minutes=1)

    after = await relation(alice, old.handle)
    assert (after["following"], after["requested"]) == (False, False)
    assert (await old.look_up(old.handle))["followers_count"] == 0


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("bob@new.example", Forbidden),  # it does not name the old one
        ("bob@old.example", Invalid),
        ("nobody@new.example", NotFound),
        ("gibberish", NotFound),
        ("https://down.example/users/bob", NotFound),
    ],
)
async def test_where_nobody_can_move(
    autojump_clock: MockClock, fediverse: Fediverse, target: str, error: type[Exception]
) -> None:
    old, new = await fediverse.houses("bob@old.example", "bob@new.example")

    for command in ("move.plan", "move.begin"):
        with pytest.raises(error):
            await old.command(command, target=target)

    assert "moved" not in await old.get("/api/v1/accounts/verify_credentials")
    assert new.handle


async def test_aliases(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Others read them in the profile; what is taken back counts no more."""
    alice, old, new = await fediverse.houses("alice@a.example", "bob@old.example", "bob@new.example")

    added = [await new.command("alias.add", named=name) for name in (f"@{old.handle}", old.actor, alice.handle)]
    known_as = (await document(new))["alsoKnownAs"]
    left = await new.command("alias.remove", named=f"@{alice.handle}")
    none = await new.command("alias.remove", named=old.actor)

    assert added == [[old.actor], [old.actor], [old.actor, alice.actor]]
    assert known_as == [old.actor, alice.actor]
    assert (left, none) == ([old.actor], [])
    with pytest.raises(NotFound):
        await new.command("alias.remove", named=old.actor)
    with pytest.raises(Invalid):
        await new.command("alias.add", named=new.handle)
    with pytest.raises(Forbidden):
        await old.command("move.begin", target=new.handle)


# Hostile --------------------------------------------------------------------------------------------------------------
async def claims(house: House, actor: House, **said: Any) -> str:
    """Let ``house`` take in a Move that is signed by ``actor``; return what came of it, as its owner can read it."""
    assert actor.app is not None
    assert house.app is not None
    activity = {"@context": "https://www.w3.org/ns/activitystreams", "type": "Move", "actor": actor.actor, **said}
    activity["id"] = f"{actor.actor}#moves/{actor.app.parts.clock.now().timestamp()}"
    body = json.dumps(activity).encode()
    sign = actor.app.parts.identity.sign_post()
    await actor.app.parts.http.request("POST", f"https://{house.name}/inbox", body=body, sign=sign)
    for _ in range(60):
        await actor.app.parts.clock.sleep(1)
        row = await house.app.parts.db.read(
            lambda tx: tx.one("SELECT state, reason FROM inbound WHERE activity = ?", activity["id"])
        )
        if row is not None and row[0] in ("done", "ignored"):
            return str(row[1] or row[0])
    return "waiting"


async def test_nobody_is_taken_to_who_does_not_name_them(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """By push: bob's server says that he moved to mallory, who named him a day ago, and no longer does."""
    alice, bob, mallory = await fediverse.houses("alice@a.example", "bob@b.example", "mallory@m.example")
    await alice.follow(bob)
    await mallory.command("alias.add", named=bob.handle)
    await alice.look_up(mallory.handle)
    await mallory.command("alias.remove", named=bob.handle)
    await fediverse.wait(minutes=1)

    came = await claims(alice, bob, object=bob.actor, target=mallory.actor)

    assert came == "The target does not name the old."
    assert (await alice.relation(bob))["following"]
    assert not (await alice.relation(mallory))["following"]


async def test_an_alias_that_is_new_counts(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Alice knows the new account without it; what it says now decides."""
    alice, bob, new = await fediverse.houses("alice@a.example", "bob@b.example", "bob@n.example")
    await alice.follow(bob)
    await alice.look_up(new.handle)
    await fediverse.wait(minutes=1)
    await new.command("alias.add", named=bob.handle)

    came = await claims(alice, bob, object=bob.actor, target=new.actor)
    await fediverse.wait(minutes=1)

    assert came == "done"
    assert (await alice.relation(new))["following"]


async def test_followers_are_not_stolen(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """By pull, by a third party, in another's name: mallory names bob, who does not know her."""
    alice, bob, mallory = await fediverse.houses("alice@a.example", "bob@b.example", "mallory@m.example")
    await alice.follow(bob)
    await mallory.command("alias.add", named=bob.handle)
    await fediverse.wait(minutes=1)

    pull = await claims(alice, mallory, object=bob.actor, target=mallory.actor)
    third = await claims(alice, mallory, object=bob.actor, target="https://else.example/users/mallory")
    ours = await claims(alice, mallory, object=alice.actor, target=mallory.actor)

    assert pull == "Who is moved does not name the new account."
    assert third == "Only who moves, or the one that they become, can say so."
    assert ours == "The owner has not moved there."
    assert (await alice.relation(bob))["following"]
    assert not (await alice.relation(mallory))["following"]


async def test_from_where_one_came_nobody_is_taken_back(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Bob names his first account, as everybody who has moved does; whoever has got hold of it pulls (FEP-7628)."""
    alice, bob, first = await fediverse.houses("alice@a.example", "bob@b.example", "bob@n.example")
    await alice.follow(bob)
    await bob.command("alias.add", named=first.handle)
    await first.command("alias.add", named=bob.handle)
    await fediverse.wait(minutes=1)

    came = await claims(alice, first, object=bob.actor, target=first.actor)
    await fediverse.wait(minutes=1)

    assert came == "Who is moved does not name the new account."
    assert (await alice.relation(bob))["following"]
    assert not (await alice.relation(first))["following"]


async def test_one_after_the_other(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Not to who has moved themselves; and not twice within a week, while the first still waits for its answer."""
    alice, bob, new, third = await fediverse.houses(
        "alice@a.example", "bob@b.example", "bob@n.example", "bob@t.example"
    )
    await alice.follow(bob)
    await settle_in(fediverse, bob, new)
    await settle_in(fediverse, new, third)
    await settle_in(fediverse, bob, third)
    await new.command("move.begin", target=third.handle)
    await third.ask("PATCH", "/api/v1/accounts/update_credentials", locked=True)

    onward = await claims(alice, bob, object=bob.actor, target=new.actor)
    straight = await claims(alice, bob, object=bob.actor, target=third.actor)
    await new.command("move.cancel")
    soon = await claims(alice, bob, object=bob.actor, target=new.actor)
    await fediverse.wait(minutes=1)

    assert onward == "The target has moved itself."
    assert straight == "done"
    assert soon == "They have moved within the last seven days."
    assert (await alice.relation(third))["requested"]
    assert (await alice.relation(bob))["following"]


async def test_what_is_only_said_is_only_shown(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """``movedTo`` without a Move: the profile leads there, and the follow stays."""
    alice, bob, new = await fediverse.houses("alice@a.example", "bob@b.example", "bob@n.example")
    await alice.follow(bob)
    await alice.look_up(new.handle)
    await settle_in(fediverse, bob, new)
    fediverse.wire.trouble["a.example"] = "refused"
    await bob.command("move.begin", target=new.handle)
    await fediverse.wait(minutes=1)
    assert bob.app is not None
    await bob.app.parts.db.write(lambda tx: tx.run("UPDATE deliveries SET state = 'dropped', answered_at = 0"))
    fediverse.wire.trouble = {}
    await fediverse.wait(days=2)

    shown = await look_at(fediverse, alice, bob)

    assert shown["moved"]["acct"] == new.handle
    assert (await alice.relation(bob))["following"]
    await new.say("unheard")
    await fediverse.wait(minutes=1)
    assert await alice.read() == []
