"""Challenges that passkeys sign: nothing has to be remembered to know one of ours.

Spec: WebAuthn §13.4.3. Each is bound to a browser, a purpose and some minutes by a secret of the house.
"""

from datetime import datetime
from hashlib import sha256
from hmac import digest

MINUTES = 5


def challenges(key: bytes, purpose: str, browser: str, now: datetime) -> tuple[bytes, bytes]:
    """Return the challenge to give now, and the one before it, which may still be under way."""
    present = int(now.timestamp()) // (60 * MINUTES)
    return _made(key, purpose, browser, present), _made(key, purpose, browser, present - 1)


def _made(key: bytes, purpose: str, browser: str, period: int) -> bytes:
    return digest(key, f"{purpose} {period} {browser}".encode(), sha256)
