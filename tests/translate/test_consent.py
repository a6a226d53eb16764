"""Quotes and policies in every form that servers write them in."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.domain.incoming import IncomingQuote, IncomingStamp
from smallfed.domain.interaction import Policy, SubPolicy
from smallfed.protocol.jsonld import Document
from smallfed.protocol.vocabulary import PUBLIC
from smallfed.translate import consent

QUOTED, OTHER, STAMP = "https://far.example/notes/9", "https://far.example/notes/8", "https://far.example/stamps/1"
BOB = "https://far.example/users/bob"


def link(rel: Any = "https://misskey-hub.net/ns#_misskey_quote", **changes: Any) -> dict[str, Any]:
    """Return an object link as FEP-e232 has it."""
    return {"type": "Link", "rel": rel, "href": QUOTED, "mediaType": "application/ld+json"} | changes


LEGACY = IncomingQuote(uri=QUOTED, legacy=True)


@pytest.mark.parametrize(
    ("document", "quote"),
    [
        ({"quote": QUOTED}, IncomingQuote(uri=QUOTED)),
        ({"quote": {"id": QUOTED, "type": "Note", "content": "not believed"}}, IncomingQuote(uri=QUOTED)),
        ({"quote": [QUOTED, OTHER], "quoteUrl": OTHER}, IncomingQuote(uri=QUOTED)),
        ({"quote": QUOTED, "quoteAuthorization": [STAMP]}, IncomingQuote(uri=QUOTED, stamp=STAMP)),
        ({"quote": {"type": "Tombstone"}, "quoteUrl": OTHER}, IncomingQuote(uri=None)),
        ({"quote": None, "_misskey_quote": QUOTED, "quoteUrl": OTHER}, LEGACY),
        ({"quoteUrl": QUOTED, "quoteUri": OTHER}, LEGACY),
        ({"quoteUri": QUOTED, "quoteURL": OTHER}, LEGACY),
        ({"quoteURL": QUOTED}, LEGACY),
        ({"tag": link()}, LEGACY),
        ({"tag": [{"type": "Mention", "href": BOB}, link("https://misskey-hub.net/ns/#_misskey_quote")]}, LEGACY),
        ({"tag": [link(["other", "https://misskey-hub.net/ns#_misskey_quote"])]}, LEGACY),
        ({"tag": [link("https://other.example/rel")]}, None),
        ({"quote": "javascript:alert(1)"}, None),
        ({"_misskey_quote": 7, "quoteUrl": ""}, None),
        ({}, None),
    ],
)
def test_what_a_post_quotes(document: dict[str, Any], quote: IncomingQuote | None) -> None:
    assert consent.quote(Document(document)) == quote


EVERYBODY = SubPolicy(automatic=(PUBLIC,))


@pytest.mark.parametrize(
    ("document", "policy"),
    [
        ({"interactionPolicy": {"canQuote": {"automaticApproval": "as:Public"}}}, Policy(quote=EVERYBODY)),
        (
            {"interactionPolicy": {"canQuote": {"automaticApproval": [BOB], "manualApproval": [f"{BOB}/followers"]}}},
            Policy(quote=SubPolicy(automatic=(BOB,), manual=(f"{BOB}/followers",))),
        ),
        (
            {"interactionPolicy": {"canLike": {"always": ["Public"]}, "canReply": {"approvalRequired": PUBLIC}}},
            Policy(like=EVERYBODY, reply=SubPolicy(manual=(PUBLIC,))),
        ),
        (
            {"interactionPolicy": {"canAnnounce": {"automaticApproval": PUBLIC, "always": BOB}}},
            Policy(announce=EVERYBODY),
        ),
        ({"commentsEnabled": False, "attributedTo": BOB}, Policy(reply=SubPolicy(automatic=(BOB,)))),
        ({"commentsEnabled": True, "commentsPolicy": 3}, Policy(reply=SubPolicy(manual=(PUBLIC,)))),
        ({"commentsEnabled": True, "commentsPolicy": 1, "canReply": None}, None),
        ({"interactionPolicy": {"canQuote": {"automaticApproval": []}, "canLike": {}, "canReply": None}}, None),
        ({"interactionPolicy": {"canQuote": {"automaticApproval": ["nobody", 7]}}}, None),
        ({"interactionPolicy": "https://far.example/policies/1"}, None),
        ({}, None),
    ],
)
def test_what_a_post_says_about_interactions(document: dict[str, Any], policy: Policy | None) -> None:
    assert consent.policy(Document(document)) == policy


def test_a_policy_has_an_end() -> None:
    many = [f"https://far.example/users/{number}" for number in range(5000)]

    policy = consent.policy(Document({"interactionPolicy": {"canQuote": {"automaticApproval": many}}}))

    assert policy is not None
    assert policy.quote == SubPolicy(automatic=tuple(many[:100]))


def test_a_stamp_is_read_without_what_is_embedded_in_it() -> None:
    stamp = {
        "id": STAMP,
        "type": ["QuoteAuthorization"],
        "attributedTo": {"id": BOB, "type": "Person"},
        "interactingObject": {"id": OTHER, "type": "Note", "content": "not believed"},
        "interactionTarget": QUOTED,
    }

    assert consent.stamp(Document(stamp)) == IncomingStamp(
        id=STAMP, types=("QuoteAuthorization",), author=BOB, interacting=OTHER, target=QUOTED
    )


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from([QUOTED, PUBLIC, "as:Public"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "href", "rel", "automaticApproval", "always", "canQuote", "canReply"]), inner
        )
    ),
    max_leaves=12,
)
NAMES = ["quote", "quoteUrl", "_misskey_quote", "tag", "interactionPolicy", "quoteAuthorization", "commentsPolicy"]


@given(st.dictionaries(st.sampled_from([*NAMES, "interactingObject", "interactionTarget", "attributedTo"]), json))
def test_no_document_is_too_strange(document: dict[str, Any]) -> None:
    """Whatever stands in these places, only http(s) addresses come out of it."""
    quote, policy = consent.quote(Document(document)), consent.policy(Document(document))
    consent.stamp(Document(document))

    said = [] if policy is None else [policy.quote, policy.reply, policy.like, policy.announce]
    named = [uri for one in said if one is not None for uri in (*one.automatic, *one.manual)]
    named += [uri for uri in (quote.uri, quote.stamp) if uri] if quote is not None else []
    assert all(uri.startswith(("https://", "http://")) for uri in named)
