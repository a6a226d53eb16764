"""Signatures for relays: what we sign is what others check, term by term. Verification exists in these tests only."""

import json
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld.nquads import parse_nquads

from smallfed.errors import Invalid, Malformed, TooLarge
from smallfed.protocol import contexts
from smallfed.protocol.signatures import ldsignature, proofs
from smallfed.protocol.signatures.documents import LONGEST, without
from smallfed.protocol.signatures.keys import PrivateKey, PublicKey
from tests.protocol.signatures.samples import NOW, ed25519, rsa
from tests.shared_data import shared

ACTOR = "https://us.example/users/alice"
KEY_ID = f"{ACTOR}#main-key"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
INTEGRITY = "https://w3id.org/security/data-integrity/v2"

Json = dict[str, Any]


def activity() -> Json:
    note = {
        "id": f"{ACTOR}/1",
        "type": "Note",
        "attributedTo": ACTOR,
        "published": "2026-11-23T02:00:00Z",
        "to": [PUBLIC],
        "cc": [f"{ACTOR}/followers"],
        "summary": "cw",
        "inReplyTo": "https://peer.example/notes/2",
        "conversation": "tag:us.example,2026:1",
        "sensitive": True,
        "content": "<p>é ☃ \U0001f600</p>",
        "contentMap": {"en": "<p>é ☃ \U0001f600</p>"},
        "attachment": [
            {"type": "Document", "mediaType": "image/png", "url": f"{ACTOR}/a.png", "focalPoint": [0.5, -1.0]},
            {"type": "Document", "mediaType": "image/png", "url": f"{ACTOR}/b.png", "blurhash": "LEHV6n", "width": 640},
        ],
        "tag": [
            {"type": "Mention", "href": "https://peer.example/users/bob", "name": "@bob@peer.example"},
            {"type": "Hashtag", "href": "https://us.example/tags/tea", "name": "#tea"},
            {"type": "Emoji", "name": ":blob:", "icon": {"type": "Image", "url": "https://us.example/blob.png"}},
        ],
    }
    return {
        "@context": json.loads(json.dumps(contexts.NOTE)),
        "id": f"{ACTOR}/1/activity",
        "type": "Create",
        "actor": ACTOR,
        "to": [PUBLIC],
        "cc": [f"{ACTOR}/followers"],
        "object": note,
    }


def signed(document: Json, **options: Any) -> Json:
    return ldsignature.create(document, key=rsa(), key_id=KEY_ID, now=NOW, **options)


def valid(document: Json, key: PublicKey, known: Json | None = None) -> bool:
    """Whether ``key`` made the signature of ``document``. Only here: it gives no authority in the house."""
    signature = document["signature"]
    return key.verify(
        b64decode(signature["signatureValue"]), ldsignature.to_be_signed(document, signature, contexts=known or {})
    )


# Vectors --------------------------------------------------------------------------------------------------------------
def test_what_mastodon_signed() -> None:
    sample = json.loads(shared("ldsig/mastodon-activitypub-academy-create.json").read_text())
    document = sample["document"]

    digits = ldsignature.to_be_signed(document, document["signature"]).decode()

    assert digits == sample["expected_to_be_signed_string"]
    assert digits[:64] == sample["options_hash_hex"]
    assert digits[64:] == sample["document_hash_hex"]
    assert valid(document, PublicKey.from_pem(sample["actor"]["publicKey"]["publicKeyPem"]))


def test_fedify_signs_the_same_to_the_last_bit() -> None:
    sample = json.loads(shared("impl-signatures/fedify-2.3.6-generated.json").read_text())
    known = {"https://gotosocial.org/ns": json.loads(shared("contexts/gotosocial.org/ns.json").read_text())}
    key = PrivateKey.from_pem(sample["rsa_private_pem"])
    document = sample["ldsig"]

    digits = ldsignature.to_be_signed(
        document, {"creator": document["signature"]["creator"], "created": "2026-11-23T02:00:00Z"}, contexts=known
    )

    assert key.sign(digits) == b64decode(document["signature"]["signatureValue"])
    assert valid(document, PublicKey.from_pem(sample["rsa_public_pem"]), known)
    assert not valid(document | {"type": "Update"}, PublicKey.from_pem(sample["rsa_public_pem"]), known)


@pytest.mark.parametrize("file", sorted(ldsignature.BUNDLED.values()))
def test_bundled_contexts_are_the_published_ones(file: str) -> None:
    address = next(address for address, name in ldsignature.BUNDLED.items() if name == file)
    folder = Path(ldsignature.__file__).parents[1] / "contexts_data"

    published = shared("contexts/" + address.removeprefix("https://") + ".json")

    assert json.loads((folder / file).read_text()) == json.loads(published.read_text())
    assert f"| {file} | {address} |" in (folder / "README.md").read_text()


LEFT_OUT = {
    "rdfc10/test001": "an empty graph, which we refuse",
    "rdfc10/test060": "escapes in IRIs and rare control characters, which pyld leaves as they are",
    "rdfc10/test075": "SHA-384",
}


def test_canonical_form_of_the_w3c_tests() -> None:
    folder = shared("rdf-canon")
    names = {path.name.removesuffix("-rdfc10.nq") for path in (folder / "rdfc10").glob("*-rdfc10.nq")}
    names -= {name.rpartition("/")[2] for name in LEFT_OUT}

    wrong = [
        name
        for name in sorted(names)
        if ldsignature.canonical(parse_nquads((folder / f"rdfc10/{name}-in.nq").read_text()))
        != (folder / f"rdfc10/{name}-rdfc10.nq").read_text()
    ]

    assert len(names) > 50
    assert wrong == []


def test_the_poisoned_graph_of_the_w3c_tests_is_given_up() -> None:
    graph = parse_nquads(shared("rdf-canon/rdfc10/test074-in.nq").read_text())

    with pytest.raises(TooLarge, match="steps"):
        ldsignature.canonical(graph)


# What we make ---------------------------------------------------------------------------------------------------------
def test_a_signature_names_everything_it_must() -> None:
    document = signed(activity(), expires=NOW + timedelta(days=2))
    value = document["signature"].pop("signatureValue")

    assert document == activity() | {
        "signature": {
            "type": "RsaSignature2017",
            "creator": KEY_ID,
            "created": "2026-11-23T02:00:00Z",
            "expires": "2026-11-25T02:00:00Z",
        }
    }
    assert len(b64decode(value, validate=True)) == 256


@pytest.mark.parametrize("options", [{}, {"expires": NOW + timedelta(days=2)}], ids=["forever", "expiring"])
def test_what_we_sign_verifies_wherever_it_is_rendered(options: Json) -> None:
    document = signed(activity(), **options)

    assert valid(document, rsa().public)
    assert valid(json.loads(json.dumps(document, sort_keys=True)), rsa().public)


def test_bytes_are_signed_as_what_they_say() -> None:
    assert signed(json.dumps(activity()).encode()) == signed(activity())  # type: ignore[arg-type]


def test_a_proof_is_signed_too_and_stays_valid() -> None:
    bare = activity()
    bare["@context"] = [bare["@context"][0], "https://w3id.org/security/v1", INTEGRITY, bare["@context"][1]]
    method = f"{ACTOR}#ed25519-key"
    proven = proofs.create(bare, key=ed25519(), verification_method=method, now=NOW)

    document = signed(proven)

    assert proofs.verify(document, keys={method: ed25519().public}, now=NOW).verification_method == method
    assert valid(document, rsa().public)
    assert not valid(document | {"proof": document["proof"] | {"created": "2026-11-23T02:00:01Z"}}, rsa().public)
    assert not valid(without(document, "proof"), rsa().public)


def leaves(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    found = False
    for name, child in inner:
        found = True
        if name != "@context":
            yield from leaves(child, (*path, name))
    if not found:
        yield path


def changed(document: Json, path: tuple[Any, ...]) -> Json:
    copy: Any = json.loads(json.dumps(document))
    node = copy
    for name in path[:-1]:
        node = node[name]
    value = node[path[-1]]
    node[path[-1]] = value + "x" if isinstance(value, str) else (not value) if isinstance(value, bool) else value + 1
    return copy


@pytest.mark.parametrize("path", list(leaves(activity())), ids=lambda path: ".".join(map(str, path)))
def test_everything_in_a_post_of_ours_is_covered(path: tuple[Any, ...]) -> None:
    document = signed(activity())

    assert not valid(changed(document, path), rsa().public)


@pytest.mark.parametrize("name", ["creator", "created", "expires"])
def test_every_option_is_covered(name: str) -> None:
    document = signed(activity(), expires=NOW + timedelta(days=2))
    other = "2027-11-23T02:00:00Z" if name != "creator" else f"{ACTOR}#other"

    assert not valid(document | {"signature": document["signature"] | {name: other}}, rsa().public)
    assert not valid(document | {"signature": without(document["signature"], name)}, rsa().public)


# What we refuse -------------------------------------------------------------------------------------------------------
def test_the_key_must_be_rsa() -> None:
    with pytest.raises(Invalid, match="RSA"):
        ldsignature.create(activity(), key=ed25519(), key_id=KEY_ID, now=NOW)


def test_a_document_is_signed_once() -> None:
    with pytest.raises(Invalid, match="already has a signature"):
        signed(signed(activity()))


@pytest.mark.parametrize(
    "context",
    [
        "https://gotosocial.org/ns",
        "http://www.w3.org/ns/activitystreams",
        "file:///etc/passwd",
        [contexts.PLAIN, {"@import": "https://evil.example/"}],
        [contexts.PLAIN, {"x": {"@id": "https://x.example/x", "@context": "https://evil.example/"}}],
    ],
)
def test_no_context_is_fetched(context: object) -> None:
    with pytest.raises(Invalid, match="is not bundled"):
        signed({"@context": context, "id": ACTOR, "type": "Note", "x": {"name": "a"}})


@pytest.mark.parametrize("context", [{}, [], None, {"x": "https://x.example/"}])
def test_a_signature_that_would_cover_nothing_is_not_made(context: object) -> None:
    with pytest.raises(Invalid, match="says nothing"):
        signed({"@context": context, "id": ACTOR, "type": "Note", "content": "a"})


@pytest.mark.parametrize(
    "document",
    [
        {"@context": 5, "id": ACTOR},
        {"@context": "relative", "id": ACTOR},
        {"@context": contexts.PLAIN, "id": ACTOR, "name": {"@value": "a", "@type": None, "@language": []}},
        {"@context": [contexts.PLAIN, {"x": {"@id": "https://x.example/", "@type": []}}], "x": 1},
        {"@context": contexts.PLAIN, "id": 5},
        {"@context": contexts.PLAIN, "id": ACTOR, "tag": {"@list": "@set"}},
        {"@context": contexts.PLAIN, "id": ACTOR, "type": {"a": 1}},
        {"@context": {"a": {"@id": "b", "@container": "@nothing"}}, "a": 1},
    ],
)
def test_what_is_no_json_ld_is_refused(document: Json) -> None:
    with pytest.raises(Invalid, match="not JSON-LD"):
        signed(document)


@pytest.mark.parametrize("keyword", ["@graph", "@included", "@reverse"])
def test_keywords_that_make_readers_differ_are_refused(keyword: str) -> None:
    with pytest.raises(Malformed, match="not accepted"):
        signed(activity() | {keyword: []})


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"to": [f"https://peer.example/{n}" for n in range(ldsignature.VALUES)]}, "values"),
        ({"tag": [{"name": f"#{n}"} for n in range(ldsignature.BLANK_NODES + 1)]}, "without an id"),
        ({"tag": [{"tag": [{"tag": [{}] * 8}, {"tag": [{}] * 8}]}] * 2}, "steps"),
        ({"content": "x" * LONGEST}, "bytes"),
    ],
    ids=["values", "blank nodes", "likeness", "size"],
)
def test_a_document_beyond_the_bounds_is_refused(document: Json, reason: str) -> None:
    with pytest.raises(TooLarge, match=reason):
        signed({"@context": contexts.PLAIN, "id": ACTOR} | document)


def test_a_graph_of_too_many_statements_is_refused() -> None:
    statements = [f"<{ACTOR}> <https://x.example/> <https://x.example/{n}> .\n" for n in range(ldsignature.QUADS + 1)]

    assert ldsignature.canonical(parse_nquads("".join(statements[1:]))) == "".join(sorted(statements[1:]))
    with pytest.raises(TooLarge, match="statements"):
        ldsignature.canonical(parse_nquads("".join(statements)))


def test_as_many_as_there_may_be() -> None:
    document = {
        "@context": contexts.PLAIN,
        "id": ACTOR,
        "tag": [{"name": f"#{n}"} for n in range(ldsignature.BLANK_NODES)],
    }

    assert valid(signed(document), rsa().public)


def test_a_long_chain_is_no_bug() -> None:
    chain: Json = {}
    for _ in range(50):
        chain = {"tag": chain}

    assert valid(signed({"@context": contexts.PLAIN, "id": ACTOR, "tag": [chain, chain]}), rsa().public)


def test_pyld_is_loaded_at_the_first_signature_only() -> None:
    look = "import sys, smallfed.protocol.signatures.ldsignature; sys.exit('pyld' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", look], check=False, timeout=60).returncode == 0


# Properties -----------------------------------------------------------------------------------------------------------
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@settings(max_examples=40, deadline=None)
@given(TEXTS, st.lists(TEXTS, max_size=4))
def test_any_text_round_trips_and_no_other_takes_its_place(content: str, tags: list[str]) -> None:
    bare = {"@context": contexts.PLAIN, "id": ACTOR, "type": "Note", "content": content}
    bare["tag"] = [{"type": "Mention", "name": name} for name in tags]

    document = signed(bare)

    assert valid(json.loads(json.dumps(document)), rsa().public)
    assert not valid(document | {"content": content + "x"}, rsa().public)
    assert not valid(document | {"tag": [*bare["tag"], {"type": "Mention", "name": "x"}]}, rsa().public)


ODD = st.sampled_from([None, True, 1.5, "", "a", "_:a", "@id", "@none", "@json", "https://x.example/"])
KEYWORDS = st.sampled_from(
    ["@id", "@type", "@value", "@list", "@set", "@language", "@nest", "@index", "id", "to", "tag"]
)
NODES = st.recursive(ODD, lambda node: st.lists(node, max_size=3) | st.dictionaries(KEYWORDS, node, max_size=3))


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(KEYWORDS, NODES, max_size=4))
def test_any_document_is_signed_or_refused_in_our_words(document: Json) -> None:
    try:
        made = signed({"@context": contexts.PLAIN} | document)
    except (Invalid, TooLarge):
        return

    assert valid(made, rsa().public)
