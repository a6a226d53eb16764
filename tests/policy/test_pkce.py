"""PKCE."""

import pytest

from smallfed.policy import pkce

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_example_of_the_standard() -> None:
    assert pkce.challenge_of(VERIFIER) == CHALLENGE  # RFC 7636, appendix B
    assert pkce.is_challenge(CHALLENGE)


@pytest.mark.parametrize(
    ("verifier", "challenge", "proves"),
    [
        (VERIFIER, CHALLENGE, True),
        (VERIFIER, None, False),
        (VERIFIER + "x", CHALLENGE, False),
        ("", CHALLENGE, False),
        (None, CHALLENGE, False),
        ("", None, True),
        (None, None, True),
    ],
)
def test_who_asked_redeems(verifier: str | None, challenge: str | None, proves: bool) -> None:
    assert pkce.proves(verifier, challenge) is proves


@pytest.mark.parametrize("verifier", ["v" * 42, "v" * 129, "ü" * 43, "v" * 42 + "\n"])
def test_a_verifier_has_its_form(verifier: str) -> None:
    assert not pkce.proves(verifier, pkce.challenge_of(verifier))


@pytest.mark.parametrize("text", ["", "x" * 42, "x" * 44, "x" * 42 + "=", "x" * 42 + "\n"])
def test_a_challenge_has_its_form(text: str) -> None:
    assert not pkce.is_challenge(text)
