"""Entering: the owner logs in with a browser, and out again.

Spec: SAFETY §1.5, rule 36; RULINGS 26.
"""

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256

from smallfed.policy import pausing
from smallfed.store import logins, sessions
from smallfed.store.tx import Tx

SESSION = timedelta(days=30)
ACCOUNT = "account"


def attempt(tx: Tx, caller: str) -> timedelta | None:
    """Take one attempt at the password: None when it may be checked, otherwise how long to wait first.

    It is counted as a failure before the password is looked at, so that many at once are not one; ``enter`` forgives.
    """
    keys = ((ACCOUNT, pausing.ACCOUNT), (pausing.address_key(caller), pausing.ADDRESS))
    counted = [(key, longest, _failures(tx, key)) for key, longest in keys]
    wait = max(until - tx.now for _, _, (_, until) in counted)
    if wait > timedelta(0):
        return wait
    for key, longest, (failures, _) in counted:
        logins.put(tx, key, failures=failures + 1, until=tx.now + pausing.pause(failures + 1, longest))
    return None


def _failures(tx: Tx, key: str) -> tuple[int, datetime]:
    failures, until = logins.find(tx, key) or (0, tx.now)
    return (0, tx.now) if tx.now - until > pausing.FORGET_AFTER else (failures, until)


def enter(tx: Tx, caller: str) -> str:
    """Begin a session for whoever knew the password; return what the browser's cookie holds."""
    logins.drop(tx, ACCOUNT, pausing.address_key(caller))
    return open_session(tx)


def open_session(tx: Tx) -> str:
    """Begin a session; return what the browser's cookie holds."""
    secret = urlsafe_b64encode(tx.dice(256).to_bytes(32)).rstrip(b"=").decode()
    sessions.put(tx, hashed(secret), until=tx.now + SESSION)
    return secret


def is_inside(tx: Tx, secret: str) -> bool:
    """Whether the cookie is that of a session."""
    return sessions.exists(tx, hashed(secret))


def leave(tx: Tx, secret: str) -> None:
    """End the session."""
    sessions.drop(tx, hashed(secret))


def hashed(secret: str) -> bytes:
    """Return what is stored for a cookie."""
    return sha256(secret.encode("utf-8", "surrogateescape")).digest()
