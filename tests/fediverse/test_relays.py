"""Relays: asked, answering, bringing, passing on, and what it costs. Alice and Bob have houses; relays are scripted."""

from typing import Any

import pytest
from trio.testing import MockClock

from tests.fediverse.houses import Fediverse
from tests.fediverse.relays import PUBLIC, ScriptedRelay, federated, joined, listed, today
from tests.fediverse.villages import Village


@pytest.mark.parametrize("kind", ["mastodon", "litepub"])
async def test_a_post_reaches_another_house_by_a_relay(
    fediverse: Fediverse, autojump_clock: MockClock, kind: Any
) -> None:
    """Bob follows nobody; what Alice says to all stands in his federated timeline, and nowhere else."""
    alice, bob = await fediverse.houses("alice@home.example", "bob@far.example")
    relay = ScriptedRelay(fediverse, "relay.example", kind)
    for house in (alice, bob):
        await joined(fediverse, house, relay)

    await alice.say("to all", visibility="public")
    await alice.say("quietly", visibility="unlisted")
    await alice.say("to some", visibility="private")
    await alice.say("here", local_only=True)
    await fediverse.wait(seconds=20)
    await relay.work()
    await fediverse.wait(minutes=1)

    assert [each["state"] for each in [*await listed(alice), *await listed(bob)]] == ["accepted", "accepted"]
    assert [each["style"] for each in await listed(alice)] == [kind]
    assert await federated(bob) == ["to all"]
    assert await bob.home() == []
    assert await bob.notified() == []
    bill = await today(bob, relay)
    assert (bill["heard"], bill["posts"], bill["refused"]) == (1, 1, {})
    assert await federated(alice) == []


async def test_what_a_relay_of_the_mastodon_kind_is_told(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """Everything about public posts, signed so that it can be passed on; a Follow of the public, and its Undo."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay = ScriptedRelay(fediverse, "relay.example", "mastodon")
    await joined(fediverse, alice, relay)

    post = await alice.say("one", visibility="public")
    await fediverse.wait(seconds=20)
    await alice.edit(post, "two")
    await fediverse.wait(seconds=20)
    await alice.delete(post)
    await alice.rename("Alice of home")
    await fediverse.wait(seconds=20)
    await alice.command("relays.remove", relay=relay.address)
    await alice.say("three", visibility="public")
    await fediverse.wait(seconds=20)

    follow, *said, undo = relay.received
    assert follow == {
        "@context": follow["@context"],
        "id": follow["id"],
        "type": "Follow",
        "actor": "https://home.example/actor",
        "object": PUBLIC,
    }
    assert [each["type"] for each in said] == ["Create", "Update", "Delete", "Update"]
    assert all(PUBLIC in each["to"] for each in said)
    assert {each["signature"]["type"] for each in said} == {"RsaSignature2017"}
    assert (undo["type"], undo["actor"], undo["object"]["id"]) == ("Undo", follow["actor"], follow["id"])
    assert await listed(alice) == []


async def test_what_a_relay_of_the_litepub_kind_is_told(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """Our relay actor follows it and is followed back; it announces posts by their ids."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay = ScriptedRelay(fediverse, "relay.example", "litepub")
    await joined(fediverse, alice, relay)

    post = await alice.say("one", visibility="public")
    await fediverse.wait(seconds=20)
    followers = await alice.get("/relay/followers")
    await alice.command("relays.remove", relay=relay.address)
    await fediverse.wait(seconds=20)

    ours = "https://home.example/relay"
    assert [(each["type"], each["actor"]) for each in relay.received] == [
        ("Follow", ours),
        ("Accept", ours),
        ("Announce", ours),
        ("Undo", ours),
    ]
    follow, accept, announce, _ = relay.received
    assert (follow["object"], accept["object"]["actor"], announce["object"]) == (relay.actor, relay.actor, post["uri"])
    assert followers["totalItems"] == 1


async def test_a_relay_may_refuse(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """Also later: then nothing is taken from it any more."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay = ScriptedRelay(fediverse, "relay.example", "mastodon", answers="Reject")

    await joined(fediverse, alice, relay)
    (refused,) = await listed(alice)
    relay.answers = "Accept"
    await joined(fediverse, alice, relay)
    (accepted,) = await listed(alice)

    assert (refused["state"], refused["reason"]) == ("refused", "https://relay.example/actor refuses.")
    assert accepted["state"] == "accepted"


async def test_strangers_do_not_answer_for_a_relay(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """An Accept by somebody on another host means nothing."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay = ScriptedRelay(fediverse, "relay.example", "mastodon", answers=None)
    liar = ScriptedRelay(fediverse, "liar.example", "mastodon")
    await joined(fediverse, alice, relay)

    (follow,) = relay.received
    await liar.post("https://home.example/inbox", liar.says("Accept", follow))
    await fediverse.wait(seconds=20)

    assert [each["state"] for each in await listed(alice)] == ["pending"]


async def test_a_relay_is_believed_in_nothing(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """What it brings is what stands at the origin; what does not stand there is nothing."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay, far = ScriptedRelay(fediverse, "relay.example", "mastodon"), Village(fediverse.wire, "far.example")
    await joined(fediverse, alice, relay)
    carol = far.person("carol")
    true = far.note(carol, 1)
    lie = {**far.pages["/notes/1"][1], "content": "<p>a lie</p>"}
    invented = {**lie, "id": "https://far.example/notes/2"}

    for note in (lie, invented):
        create = {"id": f"{note['id']}/activity", "type": "Create", "actor": carol, "object": note, "to": [PUBLIC]}
        assert await relay.bring(alice, create) == 202
    await fediverse.wait(minutes=1)

    assert await federated(alice) == ["far.example 1"]
    assert (await today(alice, relay))["refused"] == {"is not at its origin": 1}
    assert true in {post["uri"] for post in await alice.get("/api/v1/timelines/public", remote="true")}


async def test_a_relay_may_name_the_activity(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """What was created by it is read where that stands, and kept once."""
    alice, bob = await fediverse.houses("alice@home.example", "bob@far.example")
    relay = ScriptedRelay(fediverse, "relay.example", "mastodon")
    await joined(fediverse, alice, relay)
    post = await bob.say("found by its activity", visibility="public")

    for _ in range(2):
        await relay.bring(alice, f"{post['uri']}/activity")
        await fediverse.wait(minutes=1)

    (shown,) = await alice.get("/api/v1/timelines/public", remote="true")
    assert (shown["uri"], shown["reblog"]) == (post["uri"], None)
    assert ((await today(alice, relay))["posts"], (await today(alice, relay))["known"]) == (1, 1)


async def test_deletions_and_changes_are_checked_at_the_origin(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """A relay says that a post has changed, and that two are gone: one is, the other is not."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay, far = ScriptedRelay(fediverse, "relay.example", "mastodon"), Village(fediverse.wire, "far.example")
    await joined(fediverse, alice, relay)
    carol = far.person("carol")
    one, two, three = (far.note(carol, number) for number in (1, 2, 3))
    for uri in (one, two, three):
        await relay.bring(alice, uri)
    await fediverse.wait(minutes=1)

    far.change(one, content="<p>changed</p>", updated="2026-11-23T09:00:00Z")
    del far.pages["/notes/2"]
    update = {"id": f"{one}#u", "type": "Update", "actor": carol, "object": {**far.pages["/notes/1"][1]}}
    await relay.bring(alice, update)
    for uri in (two, three):
        await relay.bring(alice, {"id": f"{uri}#d", "type": "Delete", "actor": carol, "object": uri, "to": [PUBLIC]})
    await fediverse.wait(minutes=1)

    assert sorted(await federated(alice)) == ["changed", "far.example 3"]
    assert (await today(alice, relay))["passed_on"] == 3


async def test_by_author_not_by_relay(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """Blocks hold for who wrote something, "no relay" for their server, and rules for the relay itself."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay = ScriptedRelay(fediverse, "relay.example", "mastodon")
    await joined(fediverse, alice, relay)
    villages = [Village(fediverse.wire, f"{name}.example") for name in ("blocked", "unrelayed", "free")]
    await alice.command("domain.set", domain="blocked.example", wish={"severity": "suspend"})
    await alice.command("domain.set", domain="unrelayed.example", wish={"severity": "noop", "no_relay": True})
    for village in villages:
        await relay.bring(alice, village.note(village.person("carol"), 1))
    await fediverse.wait(minutes=1)
    before = await federated(alice)

    await alice.command("rules.add", family="relay", match="relay.example", action="reject")
    await relay.bring(alice, villages[2].note(villages[2].person("carol"), 2))
    await fediverse.wait(minutes=1)

    assert (before, await federated(alice)) == (["free.example 1"], ["free.example 1"])
    assert set((await today(alice, relay))["refused"]) >= {
        "is from a blocked server",
        "is from a server of which nothing relayed is taken",
    }
    assert [village.asked["/notes/1"] for village in villages] == [0, 0, 1]


async def test_filters_spare_the_origin(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """What is seen of a post at once is not fetched; what is only named is looked at, and then left."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay, far = ScriptedRelay(fediverse, "relay.example", "mastodon"), Village(fediverse.wire, "far.example")
    await joined(fediverse, alice, relay)
    await alice.command("relays.filters", relay="relay.example", filters={"languages": ["en"], "only_bio": True})
    carol, dora = far.person("carol"), far.person("dora")
    far.change(dora, summary="<p>I am Dora</p>")
    tagged = {"tag": [], "contentMap": {"en": "<p>hi</p>"}}
    foreign = far.note(carol, 1, contentMap={"pt": "<p>oi</p>"})
    far.note(carol, 2, **tagged)
    far.note(dora, 3, **tagged)

    note = far.pages["/notes/1"][1]
    create = {"id": f"{foreign}/a", "type": "Create", "actor": carol, "object": note, "to": [PUBLIC]}
    await relay.bring(alice, create)
    await relay.bring(alice, "https://far.example/notes/2")
    await relay.bring(alice, "https://far.example/notes/3")
    await fediverse.wait(minutes=1)

    assert [far.asked[f"/notes/{number}"] for number in (1, 2, 3)] == [0, 1, 1]
    assert [post["uri"] for post in await alice.get("/api/v1/timelines/public", remote="true")] == [
        "https://far.example/notes/3"
    ]
    assert (await today(alice, relay))["refused"] == {
        "filter: is by somebody who does not say who they are": 1,
        "filter: is in another language": 1,
    }


async def test_paused_and_one_way(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """A relay that is paused brings nothing and is sent nothing, and need not accept anew; so with one way only."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay, far = ScriptedRelay(fediverse, "relay.example", "mastodon"), Village(fediverse.wire, "far.example")
    await joined(fediverse, alice, relay)
    carol = far.person("carol")

    async def exchanged(number: int) -> tuple[bool, bool]:
        before = len(relay.received)
        await relay.bring(alice, far.note(carol, number))
        await alice.say(f"number {number}", visibility="public")
        await fediverse.wait(seconds=30)
        return f"far.example {number}" in await federated(alice), len(relay.received) > before

    both = await exchanged(1)
    await alice.command("relays.pause", relay="relay.example", paused=True)
    paused = await exchanged(2)
    await alice.command("relays.pause", relay="relay.example", paused=False)
    await alice.command("relays.caps", relay="relay.example", caps={}, direction="receive")
    receiving = await exchanged(3)
    await alice.command("relays.caps", relay="relay.example", caps={}, direction="send")
    sending = await exchanged(4)

    assert [both, paused, receiving, sending] == [(True, True), (False, False), (True, False), (False, True)]


async def test_a_month_of_nothing(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """The owner is asked whether to drop it, in apps too, until it is dropped."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay = ScriptedRelay(fediverse, "relay.example", "mastodon")
    await joined(fediverse, alice, relay)
    (before,) = await listed(alice)
    quiet = await alice.get("/api/v1/announcements")

    await fediverse.wait(days=32)
    (after,) = await listed(alice)
    (said,) = await alice.get("/api/v1/announcements")
    await alice.command("relays.remove", relay="relay.example")

    assert (before["hint"], after["hint"]) == (None, "It has brought nothing for a month.")
    assert (quiet, after["advised_at"] is not None) == ([], True)
    assert "<code>https://relay.example/inbox</code>: It has brought nothing for a month." in said["content"]
    assert await alice.get("/api/v1/announcements") == []
