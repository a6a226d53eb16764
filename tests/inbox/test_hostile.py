"""Whatever arrives, said by its actor, handed over or announced by a group, is handled or refused, and never a bug."""

import json
import random
from contextlib import suppress
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from smallfed.domain.account import Kind
from smallfed.domain.draft import Ballot
from smallfed.domain.incoming import Arrival, Handed
from smallfed.domain.interaction import Policy
from smallfed.errors import SmallfedError
from smallfed.inbox import registry
from smallfed.inbox.outcome import Done, Elsewhere, Ignored, Need
from smallfed.policy.interacting import EVERYBODY
from smallfed.services import consequences, polling
from smallfed.store import moderators, policies
from smallfed.store.tx import Tx
from smallfed.translate import inward
from tests import world
from tests.inbox.arriving import ALICE, BOB, EVE
from tests.wire.mutation import mutated, seeds

GROUP = "https://lemmy.example/users/birds"
FAR, HOME = "https://far.example/", "https://home.example/"
KINDS = (
    *("Create", "Update", "Announce", "Like", "EmojiReact", "Dislike", "Delete", "Undo", "Follow", "Accept", "Reject"),
    *("Add", "Remove", "Move", "Block", "Lock", "Flag", "View"),
    *("QuoteRequest", "ReplyRequest", "LikeRequest", "AnnounceRequest", "FeatureRequest"),
)
Json = dict[str, Any]


@cache
def lived_in() -> tuple[Tx, list[str]]:
    """Return a house with posts, a poll, a friend, and a group whose moderator he is; and what there is to name."""
    tx = world.empty_tx()
    alice, bob = world.acquaint(tx, "alice@home.example", local=True), world.acquaint(tx, "bob@far.example")
    world.lend_keys(tx)
    group = world.acquaint(tx, "birds@lemmy.example", kind=Kind.GROUP, moderators=f"{GROUP}/moderators")
    moderators.put(tx, group.id, BOB)
    for follower, target in ((alice, bob), (alice, group), (bob, alice)):
        world.befriend(tx, follower, target)
    ours = [world.say(tx, alice), world.say(tx, alice, kind="Question")]
    policies.put(tx, ours[0].id, Policy(quote=EVERYBODY))
    polling.begin(tx, ours[1].id, Ballot(options=("a", "b"), multiple=True, lasts=3600))
    theirs = [world.say(tx, bob, uri=f"{FAR}notes/{number}", audience=GROUP) for number in range(2)]
    tx.then = consequences.follow
    return tx, [*[post.uri for post in (*ours, *theirs)], ALICE, BOB, GROUP, f"{GROUP}/moderators", f"{BOB}/followers"]


def activity(dice: random.Random) -> Json:
    """Return something that bob might send, made wrong; some of what it names is known here."""
    places = lived_in()[1]
    document = dice.choice(SEEDS)
    if not {"actor", "object", "type"} <= document.keys():
        document = {"type": dice.choice(KINDS), "object": document, "to": document.get("to")}
    text = json.dumps(mutated(document, dice))
    for name in ("id", "actor", "attributedTo"):
        place = document.get(name)
        if isinstance(place, str) and place.startswith("https://"):
            text = text.replace(f"https://{place.split('/')[2]}/", FAR if dice.random() < 0.7 else HOME)
    said: Json = {"type": document["type"], **json.loads(text), "actor": BOB, "id": f"{FAR}a/{dice.random()}"}
    if dice.random() < 0.5:
        said["type"] = dice.choice(KINDS)
    for name, often in (("object", 0.5), ("target", 0.3), ("instrument", 0.2)):
        if dice.random() < often:
            said[name] = dice.choice(places)
    return {"type": "Undo", "actor": BOB, "id": f"{FAR}undo", "object": said} if dice.random() < 0.15 else said


SEEDS = seeds()


@settings(max_examples=400)
@given(st.integers(0, 1 << 32), st.sampled_from([BOB, EVE, GROUP]))
def test_it_is_handled_or_refused(number: int, by: str) -> None:
    dice, tx = random.Random(number), lived_in()[0]
    said = activity(dice)
    body = json.dumps({"type": "Announce", "actor": by, "object": said} if by == GROUP else said).encode()
    tx.sql.execute("SAVEPOINT one")
    try:
        with suppress(SmallfedError):
            incoming = inward.understand(body)
            if incoming.actor != by:
                incoming = Handed(id=None, actor=by, activity=incoming, document=body)
            arrival = Arrival(actor=by, personal=dice.random() < 0.5, received_at=tx.now)

            outcome = registry.handle(tx, incoming, arrival)

            assert isinstance(outcome, Done | Elsewhere | Ignored | Need)
    finally:
        tx.sql.execute("ROLLBACK TO one")
        tx.sql.execute("RELEASE one")
        tx.announced.clear()
