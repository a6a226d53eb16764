"""What lets others believe our activities from anybody's hands."""

from typing import Any

import pytest
from msgspec import json, structs

from smallfed.domain.account import Account
from smallfed.domain.post import Visibility
from smallfed.policy.vouching import wants_signature
from smallfed.protocol import contexts
from smallfed.protocol.signatures import ldsignature, proofs
from smallfed.protocol.signatures.keys import generate_ed25519, generate_rsa
from smallfed.services import boosting, liking, posting, profiles, rendering
from smallfed.store import houses
from smallfed.store.tx import Tx
from smallfed.translate import outward
from tests import world
from tests.services.conftest import PUBLIC, Incoming, draft, heard, last_body

RSA, ED25519 = generate_rsa(), generate_ed25519()
ALICE = "https://home.example/users/alice"


@pytest.fixture
def sending(lively: Tx, bob: Account, owner: Account) -> Tx:
    """Return a house with keys, and bob who follows its owner."""
    for name, key in (("owner-rsa", RSA), ("owner-ed25519", ED25519)):
        houses.put_key(lively, name, algorithm=key.algorithm, private_pem=key.pem(), public_pem=key.public.pem())
    world.befriend(lively, bob, owner)
    return lively


def holds(tx: Tx, document: dict[str, Any]) -> bool:
    """Whether a reader that knows our actor believes it."""
    actor = json.decode(outward.body(rendering.actor(tx, houses.get(tx))))
    proof = proofs.verify(json.encode(document), keys=proofs.multikeys(actor), now=tx.now)
    return proof.verification_method == f"{ALICE}#ed25519-key" and proof.created == tx.now.replace(microsecond=0)


def unsealed(tx: Tx) -> bool:
    (wanted,) = tx.one("SELECT unsealed FROM bodies ORDER BY id DESC LIMIT 1")
    return bool(wanted)


def test_everything_public_is_proven(sending: Tx, bob: Account, incoming: Incoming) -> None:
    tx = sending
    theirs = world.say(tx, bob)
    post = posting.publish(tx, draft("Tea?"))
    assert (last_body(tx)["type"], holds(tx, last_body(tx))) == ("Create", True)

    heard(tx)
    posting.edit(tx, post.id, draft("Coffee?"))
    assert (last_body(tx)["type"], holds(tx, last_body(tx))) == ("Update", True)

    boosting.boost(tx, theirs)
    assert (last_body(tx)["type"], holds(tx, last_body(tx))) == ("Announce", True)

    heard(tx)
    boosting.unboost(tx, theirs)
    assert (last_body(tx)["type"], holds(tx, last_body(tx))) == ("Undo", True)

    profiles.update(tx, profiles.ProfileChange(name="Alice B."))
    assert (last_body(tx)["type"], holds(tx, last_body(tx))) == ("Update", True)

    posting.delete(tx, post.id)
    assert (last_body(tx)["type"], holds(tx, last_body(tx))) == ("Delete", True)


@pytest.mark.parametrize("visibility", [Visibility.PRIVATE, Visibility.DIRECT])
def test_what_is_not_public_nobody_else_has_to_believe(sending: Tx, bob: Account, visibility: Visibility) -> None:
    posting.publish(sending, draft("between us", visibility=visibility, mentions=(bob.id,)))

    assert last_body(sending)["type"] == "Create"
    assert last_body(sending).keys().isdisjoint({"proof", "signature"})


def test_a_like_is_between_two(sending: Tx, bob: Account) -> None:
    liking.like(sending, world.say(sending, bob))

    assert "proof" not in last_body(sending)


def test_the_context_says_what_a_proof_is(sending: Tx) -> None:
    """ActivityStreams stays first: Mastodon wants it there."""
    posting.publish(sending, draft("Tea?"))

    assert last_body(sending)["@context"][:2] == [contexts.PLAIN, contexts.PROOFS]
    assert last_body(sending)["proof"]["@context"] == last_body(sending)["@context"]


def test_what_is_too_long_to_be_verified_goes_without(sending: Tx) -> None:
    posting.publish(sending, draft("long " * 60_000))

    assert last_body(sending)["type"] == "Create"
    assert "proof" not in last_body(sending)


# Linked data signatures -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("type_", "to", "answers", "wanted"),
    [
        ("Create", PUBLIC, True, True),
        ("Update", PUBLIC, True, True),
        ("Delete", PUBLIC, True, True),
        ("Create", PUBLIC, False, False),
        ("Announce", PUBLIC, True, False),
        ("Create", f"{ALICE}/followers", True, False),
    ],
)
def test_who_gets_a_linked_data_signature(type_: str, to: str, answers: bool, wanted: bool) -> None:
    assert wants_signature(type_, [to], [], answers=answers) is wanted


def test_an_answer_to_others_is_sealed_in_all_its_lives(sending: Tx, bob: Account) -> None:
    tx = sending
    theirs = world.say(tx, bob)

    post = posting.publish(tx, draft("An answer", in_reply_to_id=theirs.id, mentions=(bob.id,)))
    assert (last_body(tx)["type"], unsealed(tx)) == ("Create", True)
    heard(tx)
    posting.edit(tx, post.id, draft("A better one", mentions=(bob.id,)))
    assert (last_body(tx)["type"], unsealed(tx)) == ("Update", True)
    posting.delete(tx, post.id)
    assert (last_body(tx)["type"], unsealed(tx)) == ("Delete", True)


def test_an_answer_to_oneself_is_not(sending: Tx) -> None:
    tx = sending
    post = posting.publish(tx, draft("One"))

    posting.publish(tx, draft("Two", in_reply_to_id=post.id))

    assert not unsealed(tx)


def test_whatever_is_sealed_can_be(sending: Tx, bob: Account) -> None:
    """Its contexts are bundled and get along with each other, the profile's too, and the proof stays valid."""
    tx = sending
    posting.publish(tx, draft("An answer", in_reply_to_id=world.say(tx, bob).id, mentions=(bob.id,)))
    answer = last_body(tx)
    house = houses.get(tx)
    update = outward.update_actor(house, rendering.actor(tx, house), at=tx.now)
    profile = json.decode(outward.body(structs.replace(update, context=None), proven=True, sealed=True))

    for document in (answer, profile):
        sealed = ldsignature.create(document, key=RSA, key_id=f"{ALICE}#main-key", now=tx.now)
        assert contexts.SECURITY in document["@context"]
        assert sealed["signature"]
        assert "proof" not in document or holds(tx, sealed)
