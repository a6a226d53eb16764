"""Passkeys: whatever a stranger sends in the place of an answer is refused, and is never a bug."""

from base64 import urlsafe_b64encode
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import json

from smallfed.errors import Invalid, Unauthenticated
from smallfed.protocol import passkeys
from smallfed.protocol.passkeys import Known, Place

PLACE = Place(host="home.example", origin="https://home.example")
CHALLENGE = b"c" * 32


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def told(**changes: Any) -> bytes:
    return json.encode(
        {"type": "webauthn.get", "challenge": b64(CHALLENGE), "origin": "https://home.example", **changes}
    )


def answer(**changes: Any) -> dict[str, Any]:
    response = {"clientDataJSON": b64(told()), "authenticatorData": b64(bytes(37)), "signature": b64(b"x")}
    return {"id": b64(b"id"), "rawId": b64(b"id"), "type": "public-key", "response": response, **changes}


def test_what_a_browser_is_asked() -> None:
    make = json.decode(
        passkeys.creation(PLACE, name="@alice", user=b"u" * 32, challenge=CHALLENGE, known=[Known(id=b"1")])
    )
    ask = json.decode(passkeys.request(PLACE, challenge=CHALLENGE))

    assert make["rp"] == {"id": "home.example", "name": "home.example"}
    assert make["attestation"] == "none"
    assert make["authenticatorSelection"]["residentKey"] == "required"
    assert [each["id"] for each in make["excludeCredentials"]] == [b64(b"1")]
    assert (ask["rpId"], ask["allowCredentials"], ask["challenge"]) == ("home.example", [], b64(CHALLENGE))
    assert [each["userVerification"] for each in (make["authenticatorSelection"], ask)] == ["required"] * 2


def test_an_answer_names_its_passkey_and_the_challenge_that_was_ours() -> None:
    text = json.encode(answer()).decode()

    assert passkeys.signed(text, (b"x" * 32, CHALLENGE)) == (b"id", CHALLENGE)
    with pytest.raises(Unauthenticated):
        passkeys.signed(text, (b"x" * 32,))


JUNK = st.recursive(
    st.none() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner),
)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=200),
        JUNK.map(lambda value: json.encode(value).decode("utf-8", "replace")),
        st.fixed_dictionaries(
            {},
            optional={"id": JUNK, "rawId": JUNK, "type": JUNK, "response": JUNK},
        ).map(lambda changes: json.encode(answer(**changes)).decode("utf-8", "replace")),
        st.binary(max_size=90).map(
            lambda data: json.encode(
                answer(response={"clientDataJSON": b64(told()), "authenticatorData": b64(data), "signature": b64(data)})
            ).decode()
        ),
        st.binary(max_size=90).map(
            lambda data: json.encode(
                answer(response={"clientDataJSON": b64(told(type="webauthn.create")), "attestationObject": b64(data)})
            ).decode()
        ),
    )
)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(Unauthenticated):
        passkeys.counted(PLACE, text, CHALLENGE, public_key=b"\xa0", counter=0)
    with pytest.raises(Invalid):
        passkeys.enrolled(PLACE, text, (CHALLENGE,))
    with suppress(Unauthenticated):  # it may well name a passkey
        passkeys.signed(text, (CHALLENGE,))


def test_what_is_too_long_is_not_read() -> None:
    with pytest.raises(Invalid):
        passkeys.enrolled(PLACE, json.encode(answer(id="x" * 20_000)).decode(), (CHALLENGE,))
