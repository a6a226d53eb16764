"""Inviting: the one-time token of the setup page."""

from hashlib import sha256
from hmac import compare_digest

from smallfed.store import houses
from smallfed.store.tx import Tx

NAME = "setup-token"


def expect(tx: Tx, token: str) -> bool:
    """Make ``token`` the only one that opens the setup page; False when the house is set up already."""
    if houses.find(tx) is not None:
        return False
    houses.put_secret(tx, NAME, sha256(token.encode()).digest())
    return True


def is_expected(tx: Tx, token: str) -> bool:
    """Whether ``token`` opens the setup page; it does until the house is set up."""
    stored = houses.secret(tx, NAME)
    return stored is not None and compare_digest(stored, sha256(token.encode()).digest())
