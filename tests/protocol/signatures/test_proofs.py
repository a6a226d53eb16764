"""Proofs inside documents: the vectors of others, every rule from both sides, and tampering."""

import json
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from smallfed.errors import Invalid, Malformed, SmallfedError, TooLarge, Unauthenticated
from smallfed.protocol.signatures import base58, documents, proofs
from smallfed.protocol.signatures.keys import PrivateKey, PublicKey, generate_ed25519
from tests.protocol.signatures.samples import NOW, ed25519, rsa
from tests.shared_data import shared

ACTOR = "https://peer.example/users/bob"
METHOD = f"{ACTOR}#ed25519-key"
AS2 = "https://www.w3.org/ns/activitystreams"
INTEGRITY = "https://w3id.org/security/data-integrity/v2"
THEN = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)

Json = dict[str, Any]


def document() -> Json:
    note = {"id": f"{ACTOR}/1", "type": "Note", "content": "<p>é ☃</p>", "location": {"latitude": 25.25}}
    return {"@context": [AS2, INTEGRITY], "id": f"{ACTOR}/1/activity", "type": "Create", "actor": ACTOR, "object": note}


def proven(**options: Any) -> Json:
    return proofs.create(document(), key=ed25519(), verification_method=METHOD, now=NOW, **options)


def resigned(changes: Json, *, bare: Json | None = None, drop: tuple[str, ...] = ()) -> Json:
    """A document whose proof has other options than ours, signed over exactly these and ``bare``."""
    bare = document() if bare is None else bare
    options = documents.without(proven()["proof"], "proofValue", *drop) | changes
    hashes = [sha256(proofs.canonical(part)).digest() for part in (options, bare)]
    return bare | {"proof": options | {"proofValue": "z" + base58.encode(ed25519().sign(b"".join(hashes)))}}


def check(signed: Json | bytes, now: datetime = NOW) -> proofs.Proof:
    return proofs.verify(signed, keys={METHOD: ed25519().public}, now=now)


def secret(multibase: str) -> PrivateKey:
    data = base58.decode(multibase[1:])
    assert data[:2] == b"\x80\x26"
    return PrivateKey(Ed25519PrivateKey.from_private_bytes(data[2:]))


# Vectors --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_jcs_of_rfc_8785(name: str) -> None:
    value = json.loads(shared(f"jcs/input/{name}.json").read_text())

    assert proofs.canonical(value) == bytes.fromhex(shared(f"jcs/outhex/{name}.txt").read_text())


def test_steps_of_the_w3c_vector() -> None:
    folder = shared("eddsa-jcs-2022/w3c")
    unsigned = json.loads((folder / "unsigned.json").read_text())
    config = json.loads((folder / "proofConfigJCS.json").read_text())

    assert proofs.canonical(unsigned).decode() == (folder / "canonDocJCS.txt").read_text().strip()
    assert proofs.canonical(config).decode() == (folder / "proofCanonJCS.txt").read_text().strip()


def test_w3c_vector_is_made_and_verified() -> None:
    folder = shared("eddsa-jcs-2022/w3c")
    pair = json.loads((folder / "keyPair.json").read_text())
    signed = json.loads((folder / "signedJCS.json").read_text())
    method = signed["proof"]["verificationMethod"]
    key = secret(pair["privateKeyMultibase"])

    made = proofs.create((folder / "unsigned.json").read_bytes(), key=key, verification_method=method, now=THEN)
    keys = {method: PublicKey.from_multibase(pair["publicKeyMultibase"])}
    proof = proofs.verify((folder / "signedJCS.json").read_bytes(), keys=keys, now=NOW)

    assert made == signed
    assert (proof.verification_method, proof.created, proof.expires) == (method, THEN, None)


def test_vector_of_fep_8b32_is_made_and_verified() -> None:
    text = shared("eddsa-jcs-2022/fep-8b32.feature").read_text()
    plain, signed, received, actor = (json.loads(part) for part in re.findall(r'"""(.*?)"""', text, re.DOTALL))
    key = secret(re.findall(r'secret key "(z\w+)"', text)[0])
    method = "https://server.example/users/alice#ed25519-key"

    made = proofs.create(plain, key=key, verification_method=method, now=THEN)
    proof = proofs.verify(received, keys=proofs.multikeys(actor), now=NOW)

    assert made == signed
    assert proofs.multikeys(actor) == {method: key.public}
    assert proof.verification_method == method


def test_proof_that_fedify_made() -> None:
    sample = json.loads(shared("impl-signatures/fedify-2.3.6-generated.json").read_text())
    keys = {METHOD: PublicKey.from_pem(sample["ed25519_public_pem"])}
    key = PrivateKey.from_pem(sample["ed25519_private_pem"])
    signed = sample["fep8b32"]

    proof = proofs.verify(signed, keys=keys, now=NOW)
    made = proofs.create(documents.without(signed, "proof"), key=key, verification_method=METHOD, now=NOW)

    assert proof.created == NOW
    assert made == signed


# What we make ---------------------------------------------------------------------------------------------------------
def test_a_proof_names_everything_it_must() -> None:
    signed = proven(expires=NOW + timedelta(days=2))
    value = signed["proof"].pop("proofValue")

    assert signed == document() | {
        "proof": {
            "@context": [AS2, INTEGRITY],
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-jcs-2022",
            "verificationMethod": METHOD,
            "proofPurpose": "assertionMethod",
            "created": "2026-11-23T02:00:00Z",
            "expires": "2026-11-25T02:00:00Z",
        }
    }
    assert len(base58.decode(value.removeprefix("z"))) == 64


def test_what_is_claimed_can_be_read_before_the_key_is_known() -> None:
    signed = proven()

    (claim,) = proofs.claims(json.dumps(signed).encode())

    assert claim == check(signed)
    assert claim.verification_method == METHOD
    assert claim.options == documents.without(signed["proof"], "proofValue")


def test_a_document_without_context_gets_a_proof_without() -> None:
    bare = documents.without(document(), "@context")

    signed = proofs.create(bare, key=ed25519(), verification_method=METHOD, now=NOW)

    assert "@context" not in signed["proof"]
    assert check(signed).created == NOW


def test_a_proof_is_made_with_ed25519_only() -> None:
    with pytest.raises(Invalid, match="Ed25519"):
        proofs.create(document(), key=rsa(), verification_method=METHOD, now=NOW)


@pytest.mark.parametrize("name", ["proof", "signature"])
def test_a_proof_comes_before_every_other_signature(name: str) -> None:
    with pytest.raises(Invalid, match=f"already has a {name}"):
        proofs.create(document() | {name: {}}, key=ed25519(), verification_method=METHOD, now=NOW)


@pytest.mark.parametrize("value", [2**53, "\ud800", {"\ud800": 1}, 10**400])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(Malformed):
        proofs.create({"a": value}, key=ed25519(), verification_method=METHOD, now=NOW)


def test_names_are_sorted_as_utf16() -> None:
    assert proofs.canonical({"\ufb33": 1, "\U0001f600": 2, "é": 3}) == '{"é":3,"\U0001f600":2,"\ufb33":1}'.encode()


# What we take ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "signed",
    [
        pytest.param(proven() | {"signature": {"type": "RsaSignature2017"}}, id="ld signature added after the proof"),
        pytest.param(resigned({"id": "urn:uuid:1", "nonce": "n", "x": [1]}), id="options that we do not know"),
        pytest.param(resigned({}, drop=("created",)), id="no time of creation"),
        pytest.param(resigned({"created": "2026-11-23T02:59:59Z"}), id="a clock that is nearly an hour ahead"),
        pytest.param(resigned({"expires": "2026-11-23T03:00:01+01:00"}), id="one second left"),
        pytest.param(resigned({}, drop=("@context",)), id="no context in the proof"),
        pytest.param(resigned({"@context": AS2}, bare=document() | {"@context": AS2}), id="context as a string"),
        pytest.param(proven() | {"proof": [proven()["proof"]]}, id="a set of one"),
        pytest.param(
            proven() | {"proof": [proven()["proof"] | {"cryptosuite": "mldsa44-jcs-2024"}, proven()["proof"]]},
            id="a set with a suite that we do not know",
        ),
        pytest.param(
            proven() | {"proof": [resigned({}, bare={})["proof"], proven()["proof"]]}, id="a set with a wrong one"
        ),
    ],
)
def test_a_proof_is_taken(signed: Json) -> None:
    assert check(signed).verification_method == METHOD


def test_contexts_after_those_of_the_proof_are_no_part_of_what_is_proven() -> None:
    signed = proven()

    assert check(signed | {"@context": [AS2, INTEGRITY, {"x": "https://x.example/"}]}) == check(signed)


@pytest.mark.parametrize("context", [None, AS2, [AS2], [INTEGRITY, AS2], ["https://x.example/", AS2, INTEGRITY], []])
def test_the_context_must_begin_with_that_of_the_proof(context: object) -> None:
    with pytest.raises(Unauthenticated, match="does not begin"):
        check(proven() | {"@context": context})


def test_no_context_beside_one_in_the_proof() -> None:
    with pytest.raises(Unauthenticated, match="does not begin"):
        check(documents.without(proven(), "@context"))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "Ed25519Signature2020"}, "type of the proof must be DataIntegrityProof"),
        ({"type": ["DataIntegrityProof"]}, "type of the proof"),
        ({"cryptosuite": "jcs-eddsa-2022"}, "must be eddsa-jcs-2022, not 'jcs-eddsa-2022'"),
        ({"cryptosuite": "eddsa-rdfc-2022"}, "must be eddsa-jcs-2022"),
        ({"cryptosuite": None}, "cryptosuite"),
        ({"proofPurpose": "authentication"}, "proofPurpose of the proof must be assertionMethod"),
        ({"previousProof": "urn:uuid:1"}, "previousProof"),
        ({"domain": "us.example"}, "domain"),
        ({"challenge": "1"}, "challenge"),
        ({"verificationMethod": f"{ACTOR}#other"}, "lists no Ed25519 key"),
        ({"created": "2026-11-23T03:00:01Z"}, "yet to come"),
        ({"expires": "2026-11-23T02:00:00Z"}, "expired at 2026-11-23T02:00:00Z"),
    ],
)
def test_a_proof_that_means_something_else_is_refused(changes: Json, reason: str) -> None:
    with pytest.raises(Unauthenticated, match=re.escape(reason)):
        check(resigned(changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"verificationMethod": None},
        {"verificationMethod": ""},
        {"verificationMethod": {"id": METHOD}},
        {"verificationMethod": "x" * 2049},
        {"created": "yesterday"},
        {"created": 1},
        {"expires": None},
        {"expires": "2026-13-01T00:00:00Z"},
    ],
)
def test_a_proof_with_a_broken_option_is_refused(changes: Json) -> None:
    with pytest.raises(Malformed):
        check(resigned(changes))


@pytest.mark.parametrize(
    "value", [None, 1, "", "z", "u" + "1" * 64, "z" + "1" * 63, "z" + "1" * 65, "z0OIl", "z" + "1" * 5000]
)
def test_a_value_that_is_no_signature_is_refused(value: object) -> None:
    with pytest.raises(Malformed, match=r"proofValue|base58"):
        check(document() | {"proof": proven()["proof"] | {"proofValue": value}})


@pytest.mark.parametrize("proof", [None, []])
def test_a_document_without_proof_is_not_proven(proof: object) -> None:
    with pytest.raises(Unauthenticated, match="carries no proof"):
        check(document() | {"proof": proof})


@pytest.mark.parametrize("proof", ["z", 1, ["z"], [[]], [None], [{}] * 5])
def test_what_is_no_proof_is_refused(proof: object) -> None:
    with pytest.raises(Malformed):
        check(document() | {"proof": proof})


def test_a_proof_inside_proves_nothing_outside() -> None:
    with pytest.raises(Unauthenticated, match="carries no proof"):
        check({"type": "Announce", "object": proven()})


def test_the_key_of_someone_else_does_not_verify() -> None:
    with pytest.raises(Unauthenticated, match="not made by its key"):
        proofs.verify(proven(), keys={METHOD: generate_ed25519().public}, now=NOW)


def test_a_key_of_another_kind_does_not_verify() -> None:
    with pytest.raises(Unauthenticated, match="lists no Ed25519 key"):
        proofs.verify(proven(), keys={METHOD: rsa().public}, now=NOW)


def test_a_name_that_comes_twice_is_refused() -> None:
    body = json.dumps(proven()).encode()

    assert check(body).verification_method == METHOD
    with pytest.raises(Malformed, match="a name twice"):
        check(body[:-1] + b',"actor":"https://peer.example/users/bob"}')


def test_a_document_beyond_the_limit_is_not_canonicalised() -> None:
    with pytest.raises(TooLarge):
        check(proven() | {"content": "x" * documents.LONGEST})


# Keys of an actor -----------------------------------------------------------------------------------------------------
def multikey(**changes: object) -> Json:
    key = {"id": METHOD, "type": "Multikey", "controller": ACTOR, "publicKeyMultibase": ed25519().public.multibase()}
    return key | changes


@pytest.mark.parametrize(
    "method", [multikey(), [multikey()], [METHOD, multikey(id="https://x.example/#a", controller="x"), multikey()]]
)
def test_keys_an_actor_lists_for_assertions(method: object) -> None:
    actor = {"id": ACTOR, "assertionMethod": method}

    assert proofs.multikeys(actor) == {METHOD: ed25519().public}


@pytest.mark.parametrize(
    "actor",
    [
        {"id": ACTOR},
        {"id": ACTOR, "assertionMethod": METHOD},
        {"id": ACTOR, "publicKey": multikey()},
        {"id": ACTOR, "authentication": [multikey()]},
        {"assertionMethod": [documents.without(multikey(), "controller")]},
        {"id": f"{ACTOR}2", "assertionMethod": [multikey()]},
        {"id": ACTOR, "assertionMethod": [documents.without(multikey(), "controller")]},
        {"id": ACTOR, "assertionMethod": [documents.without(multikey(), "id")]},
        {"id": ACTOR, "assertionMethod": [multikey(type="Key")]},
        {"id": ACTOR, "assertionMethod": [multikey(publicKeyMultibase="z123")]},
        {"id": ACTOR, "assertionMethod": [multikey(publicKeyMultibase=rsa().public.multibase())]},
    ],
)
def test_what_is_no_key_for_assertions(actor: Json) -> None:
    assert proofs.multikeys(actor) == {}


def test_the_first_of_two_keys_with_one_id_counts() -> None:
    second = multikey(publicKeyMultibase=generate_ed25519().public.multibase())

    assert proofs.multikeys({"id": ACTOR, "assertionMethod": [multikey(), second]}) == {METHOD: ed25519().public}


# Properties -----------------------------------------------------------------------------------------------------------
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).filter(
    lambda name: name not in ("proof", "signature", "@context", "@graph", "@included", "@reverse")
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4))
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=5)


@given(OBJECTS)
def test_whatever_is_signed_verifies(value: Json) -> None:
    signed = proofs.create(value, key=ed25519(), verification_method=METHOD, now=NOW)

    assert check(signed) == check(json.dumps(signed, indent=1).encode())
    assert documents.without(signed, "proof") == value


@given(OBJECTS, OBJECTS)
def test_no_other_document_verifies(value: Json, other: Json) -> None:
    signed = proofs.create(value, key=ed25519(), verification_method=METHOD, now=NOW)
    changed = other | {"proof": signed["proof"]}

    if proofs.canonical(other) == proofs.canonical(value):
        assert check(changed) == check(signed)
    else:
        with pytest.raises(Unauthenticated, match="not made by its key"):
            check(changed)


@given(st.sampled_from(sorted(proven()["proof"])) | NAMES, VALUES)
def test_no_option_can_be_changed_or_added(name: str, value: object) -> None:
    signed = proven()
    changed = signed | {"proof": signed["proof"] | {name: value}}

    if proofs.canonical(changed) != proofs.canonical(signed):
        with pytest.raises((Malformed, Unauthenticated)):
            check(changed)


@given(st.sampled_from(sorted(proven()["proof"])))
def test_no_option_can_be_taken_away(name: str) -> None:
    signed = proven()

    with pytest.raises((Malformed, Unauthenticated)):
        check(signed | {"proof": documents.without(signed["proof"], name)})


@given(VALUES)
def test_any_proof_whatever_is_refused_in_our_words(proof: object) -> None:
    with pytest.raises(SmallfedError):
        check(document() | {"proof": proof})
