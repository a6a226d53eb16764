"""PKCE: proof that whoever redeems a code is who asked for it.

Spec: RFC 7636 (PKCE) with S256 only; RFC 9700 §2.1.1 and §4.8.2 (no downgrade).
"""

import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import compare_digest

METHOD = "S256"
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def is_challenge(text: str) -> bool:
    """Whether ``text`` has the form of an S256 challenge."""
    return _CHALLENGE.fullmatch(text) is not None


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def proves(verifier: str | None, challenge: str | None) -> bool:
    """Whether ``verifier`` answers ``challenge``. Without a challenge none may be given: somebody has removed it."""
    if challenge is None or not verifier:
        return challenge is None and not verifier
    return _VERIFIER.fullmatch(verifier) is not None and compare_digest(challenge_of(verifier), challenge)
