"""Alice leaves: everybody who has ever heard of her forgets her, however long they were away."""

import json
from datetime import timedelta
from typing import Any

import pytest
from trio.testing import MockClock

from smallfed.app import DATABASE
from smallfed.control import calls
from smallfed.errors import Conflict, Invalid
from smallfed.protocol.signatures import proofs
from smallfed.protocol.signatures.keys import PublicKey
from smallfed.store import opening
from tests.fediverse.houses import START, Fediverse, House, keys_of
from tests.fediverse.test_restart import How, stop
from tests.fediverse.wire import call

AS2 = (b"accept", b"application/activity+json")


async def leave(house: House, handle: str = "alice@a.example") -> Any:
    """Type ``smallfed farewell`` on the machine of a house that runs."""
    assert house.app is not None
    request = json.dumps({"call": "farewell", "args": {"handle": handle}}).encode()
    return await house.app.parts.db.write(calls.perform, request)


def left(house: House) -> dict[str, int]:
    """Return how many rows there are in tables that are not empty."""
    sql = opening.open_reader(house.config.data / DATABASE)
    names = [name for (name,) in sql.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    counts = {name: sql.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}
    sql.close()
    return {name: count for name, count in counts.items() if count and not name.startswith("_")}


async def knows(house: House, handle: str) -> bool:
    """Whether anybody's posts or a follow of that handle are left."""
    found = (await house.get("/api/v2/search", q=handle, type="accounts"))["accounts"]
    return any([each["statuses_count"] or await relation(house, each["id"]) for each in found])


async def relation(house: House, account: str) -> bool:
    (between,) = await house.get("/api/v1/accounts/relationships", **{"id[]": account})
    return bool(between["following"] or between["followed_by"] or between["requested"])


@pytest.mark.parametrize("how", ["told", "killed"])
async def test_everybody_forgets_who_has_left(autojump_clock: MockClock, fediverse: Fediverse, how: How) -> None:
    """Bob follows her, carol was only followed by her and is away for two days, dora has once read something."""
    alice, bob, carol, dora = await fediverse.houses(
        "alice@a.example", "bob@b.example", "carol@c.example", "dora@d.example"
    )
    await bob.follow(alice)
    await alice.follow(carol)
    await fediverse.wait(minutes=1)
    post = await alice.say("Here I am")
    await alice.say("Only for friends", visibility="private")
    await bob.say("Good bye")
    await dora.get("/api/v2/search", q=post["uri"], resolve="true")
    await alice.look_up("dora@d.example")
    await fediverse.wait(minutes=5)
    fediverse.wire.trouble["c.example"] = "refused"

    answer = await leave(alice)
    await fediverse.wait(minutes=10)
    soon = [each.status for each in fediverse.wire.posts("b.example", asker="a.example")][-1]
    await stop(alice, how)
    await fediverse.wait(hours=1)
    await alice.begin()
    await fediverse.wait(days=2)
    del fediverse.wire.trouble["c.example"]
    await fediverse.wait(days=2)

    assert answer == {"inboxes": 3, "hosts": 3}
    assert soon == 202
    for each in (bob, carol, dora):
        assert not await knows(each, "alice@a.example")
        assert (await each.get("/api/v2/search", q=post["uri"], resolve="true"))["statuses"] == []
    assert await bob.read() == ["Good bye"]
    assert left(alice) == {
        "accounts": 1,
        "owners": 1,
        "houses": 1,
        "farewells": 1,
        "bodies": 1,
        "deliveries": 3,
        "search_index_config": 1,  # an empty index: its version, and that there is nothing in it
        "search_index_data": 2,
    } | {name: count for name, count in left(alice).items() if name == "hosts"}


async def test_the_delete_carries_proofs_and_goes_out_once_each(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)

    await leave(alice)
    await fediverse.wait(days=1)

    sent = [json.loads(each.body) for each in fediverse.wire.posts("b.example", asker="a.example")]
    (delete,) = [each for each in sent if each["type"] == "Delete"]
    key = PublicKey.from_pem(keys_of("a.example")["owner-ed25519"][2])
    now = START + timedelta(days=1)
    assert (delete["actor"], delete["object"]) == (alice.actor, alice.actor)
    assert delete["to"] == ["https://www.w3.org/ns/activitystreams#Public"]
    assert delete["signature"]["creator"] == f"{alice.actor}#main-key"
    assert proofs.verify(delete, keys={f"{alice.actor}#ed25519-key": key}, now=now)


async def test_every_address_is_gone_for_good(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """What was public, what was private and what was never there cannot be told apart; nor after a restart."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    public = await alice.say("Hello")
    private = await alice.say("Psst", visibility="private")
    await fediverse.wait(minutes=1)

    await leave(alice)
    await fediverse.wait(seconds=10)
    first = await answers(alice, public, private)
    refused = (await alice.ask("GET", "/api/v1/timelines/home"))[0]
    await alice.end()
    await alice.begin()
    second = await answers(alice, public, private)

    assert set(first.values()) == {410}
    assert second == first
    assert refused == 401  # so that apps log out
    assert (await bob.get("/api/v2/search", q="https://a.example/@alice", resolve="true"))["accounts"] == []


async def answers(house: House, *posts: Any) -> dict[tuple[str, str], int]:
    """Return the status of many addresses, for programs and for browsers; of posts all answers must be alike."""
    assert house.app is not None
    numbers = [post["id"] for post in posts] + ["12345"]
    paths = [
        "/users/alice", "/@alice", "/actor", "/users/alice/outbox?page=true", "/users/alice/followers",
        "/users/alice/following", "/users/alice/collections/featured", "/users/nobody", "/", "/tags/x", "/login",
        "/.well-known/webfinger?resource=acct:alice@a.example", "/.well-known/nodeinfo", "/nodeinfo/2.1",
        "/.well-known/host-meta", "/api/v1/instance", "/@alice/feed", "/oauth/authorize", "/media/avatars/x.png",
    ]  # fmt: skip
    paths += [f"{place}/{number}" for place in ("/users/alice/notes", "/@alice") for number in numbers]
    found: dict[tuple[str, str], int] = {}
    bodies: dict[str, set[bytes]] = {}
    for path in paths:
        for accept in (AS2, (b"accept", b"text/html")):
            answer = await call(house.app.front, "GET", path, [(b"host", house.name.encode()), accept], b"")
            found[path, accept[1].decode()] = answer.status
            if path.rpartition("/")[2] in numbers:
                number = path.rpartition("/")[2].encode()
                place = path.rpartition("/")[0] + accept[1].decode()
                bodies.setdefault(place, set()).add(answer.body.replace(number, b"N"))
    for path in ("/inbox", "/users/alice/inbox", "/actor/inbox", "/login", "/oauth/token"):
        answer = await call(house.app.front, "POST", path, [(b"host", house.name.encode())], b"{}")
        found[path, "POST"] = answer.status
    assert all(len(said) == 1 for said in bodies.values()), bodies
    return found


async def test_a_follow_that_comes_too_late_is_not_accepted(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    account = await bob.look_up("alice@a.example")

    await leave(alice)
    await bob.ask("POST", f"/api/v1/accounts/{account['id']}/follow")
    await fediverse.wait(days=1)

    posts = fediverse.wire.posts("a.example", asker="b.example")
    (between,) = await bob.get("/api/v1/accounts/relationships", **{"id[]": account["id"]})
    assert [each.status for each in posts] == [410]
    assert (between["following"], between["requested"]) == (False, False)  # 410 made Bob's house ask: she is gone


async def test_whoever_never_comes_back_is_given_up_and_the_keys_go(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    fediverse.wire.trouble["b.example"] = "silent"

    await leave(alice)
    await fediverse.wait(days=7)
    before = left(alice)
    await fediverse.wait(days=3)
    after = left(alice)

    assert before["keys"] == 4  # it was still tried
    assert "keys" not in after
    assert after["deliveries"] == 1  # --status goes on knowing


async def test_the_handle_confirms_it(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    (alice,) = await fediverse.houses("alice@a.example")

    with pytest.raises(Invalid, match=r"type alice@a\.example to confirm"):
        await leave(alice, "alice@b.example")
    said = await alice.say("Still here")
    answer = await leave(alice, "@Alice@a.example")
    with pytest.raises(Conflict, match="has left"):
        await leave(alice)

    assert said["content"] == "<p>Still here</p>"
    assert answer == {"inboxes": 0, "hosts": 0}
