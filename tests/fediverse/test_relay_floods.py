"""A relay that brings more than anybody could read: it stays in its place, and nobody else waits for it."""

import json

import pytest
import trio
from trio.testing import MockClock

from smallfed.errors import Unavailable
from smallfed.protocol.envelope import open_letter
from tests.fediverse.houses import Fediverse
from tests.fediverse.relays import AS2, ScriptedRelay, federated, joined, listed, today
from tests.fediverse.villages import Village


async def test_fifty_posts_a_second_for_ten_minutes(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """It stays within the caps, no more than a thousand ever wait, and everything is in the bill."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay = ScriptedRelay(fediverse, "relay.example", "mastodon")
    await joined(fediverse, alice, relay)
    await alice.command("relays.caps", relay="relay.example", caps={"posts": 300, "fetches": 400})
    villages = [Village(fediverse.wire, f"v{number}.example") for number in range(20)]
    people = [village.person("carol") for village in villages]
    assert alice.app is not None
    parts, most = alice.app.parts, 0

    for second in range(600):
        async with trio.open_nursery() as nursery:
            for number in range(second * 50, second * 50 + 50):
                uri = villages[number % 20].note(people[number % 20], number)
                body = json.dumps(relay.says("Announce", uri)).encode()
                nursery.start_soon(parts.relaying.take, relay.actor, open_letter(body))
            await fediverse.wait(seconds=1)
        if second % 20 == 0:
            (bill,) = await listed(alice)
            most = max(most, bill["waiting"])
    await fediverse.wait(minutes=20)

    (bill,) = await listed(alice)
    total = bill["total"]
    assert (total["heard"], total["posts"], bill["waiting"]) == (30_000, 300, 0)
    assert total["posts"] + total["known"] + sum(total["refused"].values()) == 30_000
    assert total["fetches"] <= 400
    assert 0 < most <= 1000
    assert set(total["refused"]) <= {
        "cap: posts of the day",
        "cap: requests of the day",
        "had to make room for newer ones",
    }
    assert await alice.home() == []


async def test_what_comes_faster_than_it_can_be_taken(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """Beyond a burst nothing is stored; who sends is not told to come back."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay = ScriptedRelay(fediverse, "relay.example", "mastodon")
    await joined(fediverse, alice, relay)
    assert alice.app is not None

    async with trio.open_nursery() as nursery:
        for number in range(1200):
            body = json.dumps(relay.says("Announce", f"https://far.example/notes/{number}")).encode()
            nursery.start_soon(alice.app.parts.relaying.take, relay.actor, open_letter(body))
    await fediverse.wait(seconds=15)

    bill = await today(alice, relay)
    assert bill["heard"] == 1200
    assert bill["refused"]["came faster than can be taken"] == 200


async def test_a_mention_does_not_wait_behind_a_relay(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """While a thousand relayed posts wait, somebody writes to the owner, who is told at once."""
    alice, bob = await fediverse.houses("alice@home.example", "bob@far.example")
    await bob.follow(alice)
    relay = ScriptedRelay(fediverse, "relay.example", "mastodon")
    await joined(fediverse, alice, relay)
    villages = [Village(fediverse.wire, f"v{number}.example") for number in range(20)]
    people = [village.person("carol") for village in villages]
    assert alice.app is not None
    async with trio.open_nursery() as nursery:
        for number in range(1000):
            uri = villages[number % 20].note(people[number % 20], number)
            body = json.dumps(relay.says("Announce", uri)).encode()
            nursery.start_soon(alice.app.parts.relaying.take, relay.actor, open_letter(body))

    await bob.say("Hello @alice@home.example")
    await fediverse.wait(seconds=15)

    (bill,) = await listed(alice)
    assert [who for _, who in await alice.notified("mention")] == ["bob@far.example"]
    assert bill["waiting"] > 900


async def test_what_waits_survives_a_crash(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """The house is killed in the middle: everything that was answered 202 comes all the same, and once."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay = ScriptedRelay(fediverse, "relay.example", "mastodon")
    await joined(fediverse, alice, relay)
    villages = [Village(fediverse.wire, f"v{number}.example") for number in range(5)]
    people = [village.person("carol") for village in villages]
    promised = set[str]()

    async def bring(number: int) -> None:
        uri = villages[number % 5].note(people[number % 5], number)
        if await relay.bring(alice, uri) == 202:
            promised.add(uri)

    for half in (range(60), range(60, 120)):
        for number in half:
            await bring(number)
        (before,) = await listed(alice)
        await alice.kill()
        await alice.begin()
    await fediverse.wait(minutes=20)

    (bill,) = await listed(alice)
    kept = await alice.app.parts.db.read(lambda tx: tx.all("SELECT p.uri FROM relayed JOIN posts p ON p.id = post_id"))  # type: ignore[union-attr]
    assert before["waiting"] > 0
    assert (len(promised), sorted(uri for (uri,) in kept)) == (120, sorted(promised))
    assert (bill["waiting"], bill["total"]["heard"], bill["total"]["posts"]) == (0, 120, 120)


async def test_what_comes_in_the_moment_of_a_pause(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """What still waits to be stored with others is not, once the owner wants nothing more."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay, far = ScriptedRelay(fediverse, "relay.example", "mastodon"), Village(fediverse.wire, "far.example")
    await joined(fediverse, alice, relay)
    assert alice.app is not None
    body = json.dumps(relay.says("Announce", far.note(far.person("carol"), 1))).encode()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(alice.app.parts.relaying.take, relay.actor, open_letter(body))
        await trio.sleep(0.01)
        await alice.command("relays.pause", relay=relay.address, paused=True)
    await fediverse.wait(minutes=1)

    (bill,) = await listed(alice)
    assert (bill["waiting"], bill["total"]["heard"], bill["total"]["refused"]) == (0, 1, {"is not to be received": 1})
    assert await federated(alice) == []


async def test_who_cannot_be_stored_is_told_to_come_again(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """A house that stops says 503 and not 202 to what it has not stored."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay = ScriptedRelay(fediverse, "relay.example", "mastodon")
    await joined(fediverse, alice, relay)
    assert alice.app is not None
    body = json.dumps(relay.says("Announce", "https://far.example/notes/1")).encode()
    relaying = alice.app.parts.relaying
    await alice.end()

    with pytest.raises(Unavailable):
        await relaying.take(relay.actor, open_letter(body))


async def test_no_relay_is_in_the_way_of_another(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """One brings a thousand posts at once; what the other brings after that is here within seconds."""
    (alice,) = await fediverse.houses("alice@home.example")
    loud, quiet = (ScriptedRelay(fediverse, f"{name}.example", "mastodon") for name in ("loud", "quiet"))
    for relay in (loud, quiet):
        await joined(fediverse, alice, relay)
    crowd, far = Village(fediverse.wire, "crowd.example"), Village(fediverse.wire, "far.example")
    person = crowd.person("carol")
    assert alice.app is not None
    async with trio.open_nursery() as nursery:
        for number in range(1000):
            body = json.dumps(loud.says("Announce", crowd.note(person, number))).encode()
            nursery.start_soon(alice.app.parts.relaying.take, loud.actor, open_letter(body))

    await quiet.bring(alice, far.note(far.person("dora"), 1))
    await fediverse.wait(seconds=10)

    assert "far.example 1" in await federated(alice)


async def test_many_in_one_request(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """What a relay sends together is stored together: it is answered as soon as one would be, and all of it comes."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay = ScriptedRelay(fediverse, "relay.example", "mastodon")
    await joined(fediverse, alice, relay)
    villages = [Village(fediverse.wire, f"v{number}.example") for number in range(20)]
    uris = [village.note(village.person("carol"), 1) for village in villages]
    follow = relay.says("Follow", "https://home.example/relay")
    begun = trio.current_time()

    status = await relay.post(
        "https://home.example/inbox",
        {"@context": AS2, "type": "Collection", "items": [*(relay.says("Announce", uri) for uri in uris[1:]), follow]},
    )
    took = trio.current_time() - begun
    await alice.kill()
    await alice.begin()
    await fediverse.wait(minutes=1)

    (bill,) = await listed(alice)
    assert (status, bill["total"]["heard"], bill["total"]["posts"]) == (202, 19, 19)
    assert bill["their_follow"] == follow["id"]
    assert took < 1
