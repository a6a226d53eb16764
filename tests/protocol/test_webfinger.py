"""WebFinger answers of others, and handles as people write them."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.errors import Invalid, Malformed, SmallfedError
from smallfed.protocol import webfinger
from smallfed.protocol.webfinger import Found, Handle
from tests.protocol.test_jsonld import ANY_JSON

BEA = "https://masto.example/users/bea"
SELF = {"rel": "self", "type": "application/activity+json", "href": BEA}
LD = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
SUBSCRIBE = {"rel": "http://ostatus.org/schema/1.0/subscribe", "template": "https://masto.example/go?uri={uri}"}


def jrd(*links: Any, subject: Any = "acct:bea@masto.example") -> bytes:
    """Write a JRD."""
    return msgspec.json.encode({"subject": subject, "links": list(links)})


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("bea@masto.example", Handle("bea", "masto.example")),
        (" @Bea@MASTO.example ", Handle("Bea", "masto.example")),
        ("acct:bea@masto.example:8443", Handle("bea", "masto.example:8443")),
        ("ACCT:b.e-a@masto.example", Handle("b.e-a", "masto.example")),
        ("@bea@Müller.example", Handle("bea", "xn--mller-kva.example")),
    ],
)
def test_handle(text: str, handle: Handle) -> None:
    """A handle is read in all its spellings; the host is lower case and ASCII."""
    assert webfinger.handle(text) == handle


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bea",
        "@bea",
        "bea@",
        "a b@c",
        "a@b/c",
        "a@b@c",
        "<b>@c",
        "https://c/a@b",
        "a@\u00ad",
        "a@b..c",
        "a@.c",
        "a@b.",
    ],
)
def test_no_handle(text: str) -> None:
    """Anything else is refused."""
    with pytest.raises(Malformed):
        webfinger.handle(text)


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ([SELF], Found(subject=Handle("bea", "masto.example"), actor=BEA)),
        ([{**SELF, "type": LD}], Found(subject=Handle("bea", "masto.example"), actor=BEA)),
        (
            [{"rel": "self", "type": "text/html", "href": "https://x.example"}, SUBSCRIBE, SELF],
            Found(subject=Handle("bea", "masto.example"), actor=BEA, subscribe="https://masto.example/go?uri={uri}"),
        ),
    ],
)
def test_read(links: list[Any], found: Found) -> None:
    """The actor is the self link of either media type of ActivityPub."""
    assert webfinger.read_jrd(jrd(*links)) == found


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html>", Malformed),
        (b"[]", Malformed),
        (jrd(SELF, subject=None), Invalid),
        (jrd(SELF, subject="https://masto.example/@bea"), Invalid),
        (jrd(), Invalid),
        (jrd({**SELF, "type": "application/json"}), Invalid),
        (jrd({**SELF, "type": "application/ld+json"}), Invalid),
        (jrd({**SELF, "rel": "alternate"}), Invalid),
    ],
)
def test_refused(body: bytes, kind: type[SmallfedError]) -> None:
    """Without a subject that is a handle, or without an actor, there is nothing to believe."""
    with pytest.raises(kind):
        webfinger.read_jrd(body)


def test_query_keeps_what_peers_need_unescaped() -> None:
    """Only what would end the parameter is escaped."""
    assert webfinger.query("acct:bea@masto.example") == "/.well-known/webfinger?resource=acct:bea@masto.example"
    assert webfinger.query("https://a.example/?b&c") == (
        "/.well-known/webfinger?resource=https:%2F%2Fa.example%2F%3Fb%26c"
    )


@given(ANY_JSON, ANY_JSON)
def test_any_answer_is_read_or_refused(subject: Any, links: Any) -> None:
    """No answer raises anything but what we say."""
    body = msgspec.json.encode({"subject": subject, "links": links})

    with pytest.raises(Invalid):
        webfinger.read_jrd(body)


@given(st.text(max_size=60))
def test_any_text_is_a_handle_or_malformed(text: str) -> None:
    """No text raises anything but Malformed."""
    try:
        handle = webfinger.handle(text)
    except Malformed:
        return

    assert webfinger.handle(handle.acct) == handle
