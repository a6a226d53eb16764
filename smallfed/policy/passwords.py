"""Passwords: which are good enough, and how they are kept.

Spec: RFC 9106 (Argon2id) with the parameters OWASP gives for 19 MiB; the result is a PHC string.
"""

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from smallfed.errors import Invalid

SALT_BYTES = 16
SHORTEST, LONGEST = 10, 1000


def require_good(password: str) -> None:
    """Refuse, with Invalid, a password that is too short to keep strangers out or too long to hash."""
    if len(password) < SHORTEST:
        raise Invalid(f"the password needs at least {SHORTEST} characters; a few words are easier to remember")
    if len(password) > LONGEST:
        raise Invalid(f"the password may have at most {LONGEST} characters")


def hashed(password: str, *, salt: bytes) -> str:
    """Return what is stored for ``password``. Takes about 30 ms and 19 MiB on purpose: call it in a thread."""
    return Argon2id(salt=salt, length=32, iterations=2, lanes=1, memory_cost=19 * 1024).derive_phc_encoded(
        password.encode()
    )


def matches(password: str, stored: str) -> bool:
    """Whether ``password`` is the one that was stored; as slow as ``hashed``, whatever the answer."""
    try:
        Argon2id.verify_phc_encoded(password[:LONGEST].encode(), stored)
    except InvalidKey:
        return False
    return True
