"""Two servers that both give their objects only to those who sign: everything goes on, and blocks hold for reading."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from msgspec import structs
from trio.testing import MockClock

from tests.fediverse.houses import Fediverse, House
from tests.fediverse.wire import call

AP = (b"accept", b"application/activity+json")


async def close(house: House) -> None:
    """Let a house give its objects only to those who sign."""
    await house.end()
    house.config = structs.replace(
        house.config, federation=structs.replace(house.config.federation, authorized_fetch=True)
    )
    await house.begin()


async def get(house: House, path: str, *headers: tuple[bytes, bytes]) -> Any:
    """Ask as a stranger who signs nothing."""
    assert house.app is not None
    return await call(house.app.front, "GET", path, [(b"host", house.name.encode()), *headers], b"")


async def test_both_are_closed(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """They find, follow, read and answer each other all the same; neither waits for the other's key for ever."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    for house in (alice, bob):
        await close(house)

    await alice.follow(bob)
    await bob.follow(alice)
    await fediverse.wait(minutes=5)
    said = await bob.say("Behind the gate")
    await fediverse.wait(minutes=5)
    here = await alice.here(said)
    await alice.say("@bob@b.example I see", in_reply_to_id=here["id"])
    await alice.post(f"/api/v1/statuses/{here['id']}/favourite")
    await fediverse.wait(minutes=5)

    assert (await alice.read())[0] == "Behind the gate"
    assert ("mention", "alice@a.example") in await bob.notified()
    assert ("favourite", "alice@a.example") in await bob.notified()
    thread = await bob.get(f"/api/v1/statuses/{said['id']}/context")
    assert len(thread["descendants"]) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/users/alice",
        "/users/alice/outbox",
        "/users/alice/followers",
        "/users/alice/following",
        "/users/alice/collections/featured",
        "/users/alice/notes/{note}",
        "/users/alice/notes/{note}/activity",
        "/users/alice/notes/{note}/replies",
        "/users/alice/notes/{note}/likes",
        "/users/alice/notes/1",
        "/@alice",
        "/@alice/{note}",
    ],
)
async def test_strangers_read_nothing(autojump_clock: MockClock, fediverse: Fediverse, path: str) -> None:
    """Whether there is something or not; and it is kept by nobody."""
    (alice,) = await fediverse.houses("alice@a.example")
    said = await alice.say("hello")
    path = path.format(note=said["id"])
    before = await get(alice, path, AP)
    await close(alice)

    answers = [await get(alice, path, AP), await get(alice, path, AP, (b"signature", b"nonsense"))]

    assert before.status == (404 if path.endswith("/1") else 200)
    assert [answer.status for answer in answers] == [401, 401]
    assert "sign this GET" in json.loads(answers[0].body)["error"]
    assert answers[0].header("cache-control") == "no-store"


async def test_what_stays_open(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    (alice,) = await fediverse.houses("alice@a.example")
    said = await alice.say("hello")
    await close(alice)

    open_to_all = {
        "/actor": AP,
        "/.well-known/webfinger?resource=acct:alice@a.example": AP,
        "/.well-known/nodeinfo": AP,
        "/nodeinfo/2.1": AP,
        "/.well-known/host-meta": AP,
        "/@alice": (b"accept", b"text/html"),
        f"/@alice/{said['id']}": (b"accept", b"text/html"),
    }
    redirected = await get(alice, "/users/alice", (b"accept", b"text/html"))
    answers = {path: (await get(alice, path, accept)).status for path, accept in open_to_all.items()}

    assert answers == dict.fromkeys(open_to_all, 200)
    assert redirected.status == 303


async def test_blocks_hold_for_reading(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """A blocked server reads nothing any more."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await close(alice)
    said = await alice.say("hello")
    account = await alice.look_up("bob@b.example")
    seen: Sequence[Any] = (await bob.get("/api/v2/search", q=said["url"], resolve="true"))["statuses"]
    await alice.post("/api/v1/domain_blocks", domain="b.example")
    other = await alice.say("not for them")
    await fediverse.wait(minutes=1)

    hidden = (await bob.get("/api/v2/search", q=other["url"], resolve="true"))["statuses"]

    assert account["acct"] == "bob@b.example"
    assert [len(seen), hidden] == [1, []]
