"""Consent beyond quotes: replies that wait for a word (as GoToSocial has them), and being featured (FEP-7aa9)."""

from msgspec import json
from trio.testing import MockClock

from smallfed.domain.events import DeliveriesQueued
from smallfed.domain.interaction import Policy, SubPolicy
from smallfed.domain.profile import ProfileChange
from smallfed.runtime.client import Answer
from smallfed.services import profiles
from smallfed.store import accounts, bodies, policies, posts, recipients
from smallfed.store.recipients import Recipients
from smallfed.store.tx import Tx
from tests.fediverse.houses import JSON, Fediverse, House

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


async def utter(house: House, to: House, **activity: object) -> None:
    """Let a house send what ours never would, signed by its owner; ``actor`` is added unless it is None."""
    said = {"@context": "https://www.w3.org/ns/activitystreams", "actor": house.actor, **activity}
    said = {name: value for name, value in said.items() if value is not None}

    def send(tx: Tx) -> None:
        reader = accounts.find_uri(tx, to.actor)
        assert reader is not None
        body = bodies.put(tx, activity=str(said["id"]), type_=str(said["type"]), body=json.encode(said), post=None)
        tx.announce(DeliveriesQueued(hosts=recipients.put(tx, body, Recipients(accounts=[reader.id], personal=True))))

    assert house.app is not None
    await house.app.parts.db.write(send)


async def limit(house: House, post: JSON, policy: Policy) -> None:
    """Let a post of another house, as it is known here, have the policy that GoToSocial would have sent with it."""

    def change(tx: Tx) -> None:
        known = posts.find_uri(tx, post["uri"])
        assert known is not None
        policies.put(tx, known.id, policy)

    assert house.app is not None
    await house.app.parts.db.write(change)


def heard(fediverse: Fediverse) -> list[str]:
    """Return the types of what bob's house has sent to carol's about his reply."""
    sent = fediverse.wire.posts("c.example", asker="b.example")
    return [json.decode(each.body)["type"] for each in sent if b"disagree" in each.body]


async def look(house: House, uri: str) -> Answer:
    """Ask a house for something of its own, as a stranger."""
    return await house.visit(uri.removeprefix(f"https://{house.name}"), "application/activity+json")


async def answered(fediverse: Fediverse) -> tuple[House, House, JSON]:
    """Return alice, whose replies need approval, bob, who has answered and whom carol follows, and the reply."""
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    await bob.follow(alice)
    await carol.follow(bob)
    await fediverse.wait(minutes=1)
    post = await alice.say("Bread is good")
    await fediverse.wait(minutes=1)
    await limit(bob, post, Policy(reply=SubPolicy(automatic=(alice.actor,), manual=(PUBLIC,))))
    reply = await bob.say("May I disagree?", in_reply_to_id=(await bob.here(post))["id"])
    await fediverse.wait(minutes=5)
    return alice, bob, reply


async def test_a_reply_waits_for_its_approval(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob, reply = await answered(fediverse)
    before = heard(fediverse)

    await utter(
        alice,
        bob,
        id=f"{alice.actor}/accepts/1",
        type="Accept",
        object=reply["uri"],
        result=f"{alice.actor}/authorizations/1",
    )
    await fediverse.wait(minutes=5)

    assert (before, heard(fediverse)) == ([], ["Create"])
    note = json.decode((await look(bob, reply["uri"])).body)
    assert note["approvedBy"] == f"{alice.actor}/authorizations/1"


async def test_a_rejected_reply_is_seen_by_nobody_else(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob, reply = await answered(fediverse)

    await utter(alice, bob, id=f"{alice.actor}/rejects/1", type="Reject", object=reply["uri"])
    await fediverse.wait(minutes=5)

    kept = await bob.get(f"/api/v1/statuses/{reply['id']}")
    assert (kept["visibility"], kept["content"]) == ("direct", "<p>May I disagree?</p>")
    assert heard(fediverse) == []
    assert (await look(bob, reply["uri"])).status == 404


async def test_the_owner_is_featured_and_withdraws(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """As Mastodon asks: without an actor, which is whoever signs."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await alice.follow(bob)
    await fediverse.wait(minutes=1)
    collection = f"{alice.actor}/featured/23"

    await utter(
        alice,
        bob,
        actor=None,
        id=f"{alice.actor}/feature_requests/1",
        type="FeatureRequest",
        object=bob.actor,
        instrument=collection,
    )
    await fediverse.wait(minutes=5)

    accepts = [json.decode(each.body) for each in fediverse.wire.posts("a.example") if b"FeatureRequest" in each.body]
    (accept,) = accepts
    assert (accept["type"], accept["actor"], accept["object"]["id"]) == (
        "Accept",
        bob.actor,
        f"{alice.actor}/feature_requests/1",
    )
    stamp = json.decode((await look(bob, accept["result"])).body)
    assert {name: stamp[name] for name in stamp if name != "@context"} == {
        "id": accept["result"],
        "type": "FeatureAuthorization",
        "attributedTo": bob.actor,
        "interactingObject": collection,
        "interactionTarget": bob.actor,
    }

    assert bob.app is not None
    await bob.app.parts.db.write(profiles.update, ProfileChange(discoverable=False))
    await fediverse.wait(minutes=5)

    assert (await look(bob, accept["result"])).status == 404
    deletes = [json.decode(each.body) for each in fediverse.wire.posts("a.example") if b'"Delete"' in each.body]
    assert [(each["type"], each["object"]["id"]) for each in deletes] == [("Delete", accept["result"])]
