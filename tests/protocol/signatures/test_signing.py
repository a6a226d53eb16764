"""Signing: exactly which headers leave for either scheme."""

from typing import Any

import pytest

from smallfed.errors import Invalid
from smallfed.protocol.signatures import signing, verifying
from smallfed.protocol.signatures.signing import Headers
from tests.protocol.signatures import samples
from tests.protocol.signatures.samples import BODY, HOST, INBOX, KEY_ID, NOW

DIGEST = "GYwYnH3BiO6aICFt0ThC5bUIJ4byvqdpWtR8m5fNkww="
DATE = ("Date", "Mon, 23 Nov 2026 02:00:00 GMT")


def sign(scheme: signing.Scheme, **changes: Any) -> Headers:
    arguments = {"method": "POST", "url": INBOX, "body": BODY, "key_id": KEY_ID, "key": samples.rsa(), "now": NOW}
    given = arguments | changes
    return signing.sign(given.pop("method"), given.pop("url"), given.pop("body"), scheme=scheme, **given)


def test_a_post_of_the_old_draft() -> None:
    *headers, (name, signature) = sign("cavage")

    assert headers == [
        ("Host", HOST),
        DATE,
        ("Accept", signing.ACCEPT),
        ("Digest", f"SHA-256={DIGEST}"),
        ("Content-Type", "application/activity+json"),
    ]
    assert name == "Signature"
    assert signature.startswith(
        f'keyId="{KEY_ID}",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",signature="'
    )


def test_a_get_of_the_old_draft() -> None:
    *headers, (name, signature) = sign(
        "cavage", method="get", body=None, accept="application/json", key=samples.ed25519()
    )

    assert headers == [("Host", HOST), DATE, ("Accept", "application/json")]
    assert name == "Signature"
    assert signature.startswith(
        f'keyId="{KEY_ID}",algorithm="hs2019",headers="(request-target) host date accept",signature="'
    )


def test_a_post_of_the_standard() -> None:
    *headers, (first, inputs), (second, signature) = sign("rfc9421", extra=[("Collection-Synchronization", "x")])

    assert headers == [
        ("Host", HOST),
        DATE,
        ("Accept", signing.ACCEPT),
        ("Content-Digest", f"sha-256=:{DIGEST}:"),
        ("Content-Type", "application/activity+json"),
        ("Collection-Synchronization", "x"),
    ]
    assert (first, second) == ("Signature-Input", "Signature")
    assert inputs == (
        'sig1=("@method" "@target-uri" "@authority" "content-digest" "content-type" "collection-synchronization")'
        f';created=1795399200;keyid="{KEY_ID}";alg="rsa-v1_5-sha256"'
    )
    assert signature.startswith("sig1=:")


def test_a_get_of_the_standard() -> None:
    *headers, (_, inputs), _ = sign("rfc9421", method="GET", body=None)

    assert headers == [("Host", HOST), DATE, ("Accept", signing.ACCEPT)]
    assert inputs.startswith('sig1=("@method" "@target-uri" "@authority");created=1795399200;')


def test_an_empty_body_is_digested_too() -> None:
    assert ("Digest", "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=") in sign("cavage", body=None)


def test_the_query_is_signed_or_not() -> None:
    url = f"https://{HOST}/outbox?page=true"
    options = {"method": "GET", "body": None, "url": url, "key": samples.ed25519()}

    with_query = samples.received("GET", url, sign("cavage", **options))
    without = samples.received("GET", url, sign("cavage", **options, with_query=False))

    other = f"https://{HOST}/outbox?page=false"
    for message, holds_elsewhere in ((with_query, False), (without, True)):
        (claim,) = verifying.admit(message, now=NOW, hosts={HOST})
        assert verifying.check(claim, message, samples.ed25519().public)
        moved = samples.received("GET", other, message.headers)
        assert verifying.check(claim, moved, samples.ed25519().public) is holds_elsewhere


@pytest.mark.parametrize("scheme", ["cavage", "rfc9421"])
@pytest.mark.parametrize(
    "changes",
    [
        {"url": "https://us.example/a b"},
        {"url": "us.example"},
        {"key_id": "é"},
        {"key_id": ""},
        {"key_id": 'a"b'},
        {"extra": [("X", "a\r\nHost: b")]},
        {"extra": [("X", "é")]},
        {"extra": [("X:", "a")]},
        {"extra": [("(created)", "a")]},
        {"extra": [("@method", "a")]},
        {"extra": [("Host", "other.example")]},
        {"extra": [("X", "1"), ("x", "2")]},
        {"extra": [("Signature", "x")]},
        {"accept": "a\nb"},
        {"content_type": "a\nb"},
        {"method": "GET"},
        {"method": "GET\n"},
    ],
    ids=repr,
)
def test_what_cannot_be_sent_is_invalid(scheme: signing.Scheme, changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        sign(scheme, **changes)


def test_a_challenge_is_answered_with_all_headers() -> None:
    headers = signing.answer_challenge(
        'sig1=("@method" "@target-uri" "content-digest");created;nonce="n1"',
        "POST",
        INBOX,
        BODY,
        key_id=KEY_ID,
        key=samples.ed25519(),
        now=NOW,
    )

    assert headers is not None
    message = samples.received("POST", INBOX, headers, BODY)
    (claim,) = verifying.admit(message, now=NOW, hosts={HOST})
    assert verifying.check(claim, message, samples.ed25519().public)
    assert claim.covered == ("@method", "@target-uri", "content-digest", "@authority", "content-type")
    assert message.field("signature-input") == (
        'sig1=("@method" "@target-uri" "content-digest" "@authority" "content-type")'
        f';created=1795399200;keyid="{KEY_ID}";alg="ed25519";nonce="n1"'
    )


def test_a_challenge_that_asks_too_much_is_not_answered() -> None:
    challenge = 'sig1=("authorization")'

    assert (
        signing.answer_challenge(challenge, "GET", INBOX, None, key_id=KEY_ID, key=samples.ed25519(), now=NOW) is None
    )
