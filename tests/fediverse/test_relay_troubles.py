"""Relays that refuse, fall silent, change their key, are blocked or left: nothing of theirs is believed."""

from datetime import timedelta
from typing import Literal

import pytest
from trio.testing import MockClock

from smallfed.domain.relay import Filters
from smallfed.pages.asgi import Receive, Scope, Send
from smallfed.protocol.signatures.keys import PrivateKey
from tests.fediverse.houses import JSON, Fediverse, keys_of
from tests.fediverse.relays import ScriptedRelay, federated, joined, listed, today
from tests.fediverse.villages import Village

Kind = Literal["mastodon", "litepub"]


@pytest.mark.parametrize("kind", ["mastodon", "litepub"])
@pytest.mark.parametrize("state", ["new", "pending", "accepted", "refused", "lost"])
async def test_one_may_leave_at_any_time(
    fediverse: Fediverse, autojump_clock: MockClock, kind: Kind, state: str
) -> None:
    """Whoever was asked and has not refused is told; whatever they say afterwards means nothing."""
    (alice,) = await fediverse.houses("alice@home.example")
    answers: dict[str, Literal["Accept", "Reject"]] = {"accepted": "Accept", "refused": "Reject"}
    relay = ScriptedRelay(fediverse, "relay.example", kind, answers=answers.get(state))
    far = Village(fediverse.wire, "far.example")
    if state == "new":
        fediverse.wire.trouble["relay.example"] = "silent"
    elif state == "lost":
        del fediverse.wire.doors["relay.example"]
        Village(fediverse.wire, "relay.example")  # where nothing is
    address = f"https://relay.example/{'nothing' if state == 'lost' else relay.address.rpartition('/')[2]}"
    await alice.command("relays.add", address=address)
    await fediverse.wait(seconds=3 if state == "new" else 20)
    await relay.work()
    await fediverse.wait(seconds=3 if state == "new" else 20)
    before = [each["state"] for each in await listed(alice)]

    await alice.command("relays.remove", relay="relay.example")
    fediverse.wire.trouble.clear()
    await fediverse.wait(hours=2)
    told = relay.types()
    await relay.post("https://home.example/inbox", relay.says("Accept", {"type": "Follow"} | _asked(relay)))
    await relay.bring(alice, far.note(far.person("carol"), 1))
    await fediverse.wait(minutes=5)

    assert before == [state]
    assert told.count("Undo") == (1 if state in ("pending", "accepted") else 0)
    assert await listed(alice) == []
    assert (await federated(alice), await alice.home()) == ([], [])


def _asked(relay: ScriptedRelay) -> JSON:
    """Return the Follow that a relay was sent, or one that it invents."""
    sent = [each for each in relay.received if each["type"] == "Follow"]
    invented = {"id": "https://home.example/follows/1", "actor": "https://home.example/actor"}
    return sent[0] if sent else invented


async def test_a_relay_gets_a_new_key(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """Its actor is read again, once; what is signed by the key of before is refused."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay, far = ScriptedRelay(fediverse, "relay.example", "mastodon"), Village(fediverse.wire, "far.example")
    await joined(fediverse, alice, relay)
    carol, old = far.person("carol"), relay.key
    await relay.bring(alice, far.note(carol, 1))
    await fediverse.wait(hours=2)

    relay.key = PrivateKey.from_pem(keys_of("another.example")["owner-rsa"][1])
    new = await relay.bring(alice, far.note(carol, 2))
    document = relay.document()
    relay.document = lambda: document  # type: ignore[method-assign] # it goes on showing the new one
    relay.key = old
    forged = await relay.bring(alice, far.note(carol, 3))
    await fediverse.wait(minutes=1)

    assert (new, forged) == (202, 401)
    assert sorted(await federated(alice)) == ["far.example 1", "far.example 2"]


async def test_the_server_of_a_relay_is_blocked(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """Nothing is taken of it and nothing sent; the bill says why. Unblocked, it goes on without being asked again."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay, far = ScriptedRelay(fediverse, "relay.example", "mastodon"), Village(fediverse.wire, "far.example")
    await joined(fediverse, alice, relay)
    carol = far.person("carol")

    await alice.command("domain.set", domain="relay.example", wish={"severity": "suspend"})
    refused = await relay.bring(alice, far.note(carol, 1))
    await alice.say("while it is blocked", visibility="public")
    await fediverse.wait(minutes=5)
    (blocked,) = await listed(alice)
    sent, shown = relay.types(), await federated(alice)
    await alice.command("domain.lift", domain="relay.example")
    taken = await relay.bring(alice, far.note(carol, 2))
    await alice.say("afterwards", visibility="public")
    await fediverse.wait(minutes=5)
    (free,) = await listed(alice)

    assert (refused, shown, sent) == (403, [], ["Follow"])
    assert blocked["trouble"] == "Its server is blocked: `smallfed unblock relay.example`"
    assert (taken, await federated(alice), relay.types()) == (202, ["far.example 2"], ["Follow", "Create"])
    assert (free["state"], free["trouble"]) == ("accepted", None)


async def _gone(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 410, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize("back", ["it brings something", "it is asked anew"])
async def test_a_relay_that_is_gone(fediverse: Fediverse, autojump_clock: MockClock, back: str) -> None:
    """Whoever publishes is told that nothing is passed on; it is told again what is published as soon as it is back."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay, far = ScriptedRelay(fediverse, "relay.example", "mastodon"), Village(fediverse.wire, "far.example")
    await joined(fediverse, alice, relay)
    door, doors = fediverse.wire.doors["relay.example"], fediverse.wire.doors

    doors["relay.example"] = _gone
    await alice.say("Is anybody there?", visibility="public")
    await fediverse.wait(minutes=1)
    (gone,) = await listed(alice)
    doors["relay.example"] = door
    if back == "it brings something":
        await relay.bring(alice, far.note(far.person("carol"), 1))
    else:
        await joined(fediverse, alice, relay)
    await fediverse.wait(seconds=20)
    await alice.say("And now?", visibility="public")
    await fediverse.wait(seconds=20)
    (here,) = await listed(alice)

    assert (gone["state"], gone["trouble"]) == ("accepted", "It refused what it was sent last: HTTP 410")
    assert (here["state"], here["trouble"], relay.types()[-1]) == ("accepted", None, "Create")


async def test_two_ways_to_one_relay(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """Its inbox and its actor are two subscriptions; what it brings comes as long as one of them wants it."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay, far = ScriptedRelay(fediverse, "relay.example", "litepub"), Village(fediverse.wire, "far.example")
    carol = far.person("carol")
    await joined(fediverse, alice, relay)
    await alice.command("relays.add", address=relay.inbox)
    await fediverse.wait(seconds=20)
    await relay.work()
    await fediverse.wait(seconds=20)

    for number, paused in enumerate((relay.actor, relay.inbox)):
        await alice.command("relays.pause", relay=paused, paused=True)
        await relay.bring(alice, far.note(carol, number))
        await fediverse.wait(seconds=30)

    assert [each["state"] for each in await listed(alice)] == ["accepted", "accepted"]
    assert await federated(alice) == ["far.example 0"]


async def test_an_origin_that_cannot_be_asked(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """A linked-data signature opens nothing: what cannot be read where it was written is not believed."""
    alice, bob = await fediverse.houses("alice@home.example", "bob@far.example")
    relay = ScriptedRelay(fediverse, "relay.example", "mastodon")
    for house in (alice, bob):
        await joined(fediverse, house, relay)
    await bob.say("signed", visibility="public")
    await fediverse.wait(seconds=20)
    create = next(each for each in relay.received if each["type"] == "Create")
    create.pop("proof", None)
    create["object"].pop("proof", None)

    fediverse.wire.trouble["far.example"] = "refused"
    answer = await relay.bring(alice, create)
    await fediverse.wait(hours=1)

    assert (answer, create["signature"]["type"]) == (202, "RsaSignature2017")
    assert await federated(alice) == []
    assert (await today(alice, relay))["refused"] == {"could not be read at its origin": 1}


async def test_a_relay_moves_its_inbox(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """Where it is sent to nothing is taken; asked again it is looked at again."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay = ScriptedRelay(fediverse, "relay.example", "litepub")
    await joined(fediverse, alice, relay)
    door = fediverse.wire.doors["relay.example"]

    async def moved(scope: Scope, receive: Receive, send: Send) -> None:
        await (_gone if scope["path"] == "/inbox" else door)(scope, receive, send)

    relay.inbox, fediverse.wire.doors["relay.example"] = "https://relay.example/another", moved
    await alice.say("Is anybody there?", visibility="public")
    await fediverse.wait(minutes=1)
    (before,) = await listed(alice)
    await joined(fediverse, alice, relay)
    await alice.say("And now?", visibility="public")
    await fediverse.wait(seconds=20)

    (after,) = await listed(alice)
    assert (before["trouble"], before["again"]) == ("It refused what it was sent last: HTTP 410", True)
    assert (after["inbox"], after["trouble"], after["again"]) == (relay.inbox, None, False)
    assert relay.types()[-1] == "Announce"


@pytest.mark.parametrize("heard", ["Reject", "nobody"])
async def test_a_relay_is_asked_anew(fediverse: Fediverse, autojump_clock: MockClock, heard: str) -> None:
    """By another Follow; what is wanted of it stays, and its bill goes on."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay, far = ScriptedRelay(fediverse, "relay.example", "mastodon"), Village(fediverse.wire, "far.example")
    if heard == "nobody":
        fediverse.wire.trouble["relay.example"] = "refused"
    await alice.command("relays.add", address=relay.address, style="mastodon", direction="receive")
    await alice.command("relays.filters", relay=relay.address, filters={"no_bots": True})
    await fediverse.wait(days=0 if heard == "Reject" else 9, seconds=20)
    if heard == "Reject":
        await relay.work()
        await fediverse.wait(seconds=20)
        await relay.bring(alice, far.note(far.person("carol"), 1))
        await fediverse.wait(minutes=1)
        await relay.post("https://home.example/inbox", relay.says("Reject", relay.received[0]))
        await fediverse.wait(seconds=20)
    (before,) = await listed(alice)

    fediverse.wire.trouble.clear()
    await joined(fediverse, alice, relay)

    (after,) = await listed(alice)
    follows = [each["id"] for each in relay.received if each["type"] == "Follow"]
    assert (before["state"], before["again"]) == ("refused" if heard == "Reject" else "pending", True)
    assert (after["state"], after["again"], after["trouble"]) == ("accepted", False, None)
    assert (after["direction"], after["filters"]) == ("receive", Filters(no_bots=True))
    assert after["total"]["posts"] == (1 if heard == "Reject" else 0)
    assert after["follow"] == follows[-1] != before["follow"]


async def test_caps_are_those_of_a_day(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """What is beyond them is turned away until midnight (UTC), and not a minute longer."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay, far = ScriptedRelay(fediverse, "relay.example", "mastodon"), Village(fediverse.wire, "far.example")
    await joined(fediverse, alice, relay)
    await alice.command("relays.caps", relay="relay.example", caps={"posts": 1})
    carol, now = far.person("carol"), fediverse.wire.clock.now()
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)

    for number, before in enumerate((300.0, 200.0, 100.0, -1.0, -100.0)):
        left = (midnight - fediverse.wire.clock.now()).total_seconds() - before
        await fediverse.wait(seconds=left)
        await relay.bring(alice, far.note(carol, number))
    await fediverse.wait(minutes=1)

    (bill,) = await listed(alice)
    assert sorted(await federated(alice)) == ["far.example 0", "far.example 3"]
    assert bill["total"]["refused"] == {"cap: posts of the day": 3}


@pytest.mark.parametrize(("path", "state"), [("actor", "lost"), ("relay", "accepted")])
async def test_somebody_is_no_relay(fediverse: Fediverse, autojump_clock: MockClock, path: str, state: str) -> None:
    """Nobody is followed by mistake; the relay of Pleroma says that it is a person."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay = ScriptedRelay(fediverse, "relay.example", "litepub")
    relay.actor = f"https://relay.example/{path}"
    document = relay.document() | {"type": "Person"}
    relay.document = lambda: document  # type: ignore[method-assign]

    await joined(fediverse, alice, relay)

    (found,) = await listed(alice)
    assert (found["state"], "Follow" in relay.types()) == (state, state == "accepted")
    assert found["trouble"] == ("It is somebody, and no relay." if state == "lost" else None)


async def test_a_relay_by_hashtag(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """Its actor is its inbox; it is followed by the server's own actor, and sent nothing."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay, far = ScriptedRelay(fediverse, "relay.example", "mastodon"), Village(fediverse.wire, "far.example")
    relay.actor = relay.inbox = "https://relay.example/tag/cats"
    await joined(fediverse, alice, relay)

    await relay.bring(alice, far.note(far.person("carol"), 1))
    await alice.say("a post", visibility="public")
    await fediverse.wait(minutes=1)

    (bill,) = await listed(alice)
    assert (bill["style"], bill["direction"], bill["state"]) == ("mastodon", "receive", "accepted")
    assert [(each["type"], each["actor"]) for each in relay.received] == [("Follow", "https://home.example/actor")]
    assert await federated(alice) == ["far.example 1"]


async def test_every_relay_has_filters_of_its_own(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """One is there for a hashtag, the other for pictures."""
    (alice,) = await fediverse.houses("alice@home.example")
    tags, films = (ScriptedRelay(fediverse, f"{name}.example", "mastodon") for name in ("tags", "films"))
    far = Village(fediverse.wire, "far.example")
    for relay in (tags, films):
        await joined(fediverse, alice, relay)
    await alice.command("relays.filters", relay="tags.example", filters={"tags": ["#Cats"]})
    await alice.command("relays.filters", relay="films.example", filters={"only_media": True})
    cats = {"tag": [{"type": "Hashtag", "name": "#cats"}]}
    film = {"attachment": [{"type": "Document", "mediaType": "video/mp4", "url": "https://far.example/1.mp4"}]}
    carol = far.person("carol")

    for number, (relay, fields) in enumerate([(tags, cats), (tags, film), (films, cats), (films, film)]):
        await relay.bring(alice, far.note(carol, number, **fields))
        await fediverse.wait(seconds=20)

    assert sorted(await federated(alice)) == ["far.example 0", "far.example 3"]
    assert (await today(alice, tags))["refused"] == {"filter: has none of the hashtags": 1}
    assert (await today(alice, films))["refused"] == {"filter: has no picture, film or sound": 1}


async def test_who_relays_of_the_litepub_kind_follow(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """A complete actor of the server's, found by webfinger, with an inbox of its own, that says of nobody who it is."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay = ScriptedRelay(fediverse, "relay.example", "litepub")
    await joined(fediverse, alice, relay)

    actor = await alice.get("/relay")
    found = await alice.get("/.well-known/webfinger?resource=acct:relay@home.example")
    following, followers = await alice.get("/relay/following"), await alice.get("/relay/followers")

    ours = "https://home.example/relay"
    names = ("id", "type", "preferredUsername", "inbox", "followers")
    assert [actor[name] for name in names] == [ours, "Application", "relay", f"{ours}/inbox", f"{ours}/followers"]
    assert actor["publicKey"]["owner"] == ours
    assert {link["href"] for link in found["links"] if link["rel"] == "self"} == {ours}
    assert [(each["totalItems"], "orderedItems" in each, "items" in each) for each in (following, followers)] == [
        (1, False, False),
        (1, False, False),
    ]
    assert [path for path in {each.path for each in fediverse.wire.posts("home.example")} if "relay" in path] == [
        "/relay/inbox"
    ]
