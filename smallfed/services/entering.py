"""Entering: the owner logs in with a browser, and out again.

Spec: SAFETY §1.5, rule 36; RULINGS 26.
"""

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256

from smallfed.policy import pausing
from smallfed.store import logins, sessions
from smallfed.store.sessions import Session
from smallfed.store.tx import Tx

SESSION = timedelta(days=30)
HALFWAY = timedelta(minutes=5)
ACCOUNT = "account"


def attempt(tx: Tx, caller: str) -> timedelta | None:
    """Take one attempt at the password or a code: None when it may be checked, otherwise how long to wait first.

    It is counted as a failure before it is looked at, so that many at once are not one; ``enter`` forgives.
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


def come_halfway(tx: Tx, cookie: str) -> None:
    """Remember for some minutes that whoever holds this cookie knew the password; nothing is forgiven yet."""
    sessions.put_halfway(tx, hashed(cookie), until=tx.now + HALFWAY)


def is_halfway(tx: Tx, cookie: str) -> bool:
    """Whether whoever holds this cookie knew the password a moment ago."""
    return sessions.is_halfway(tx, hashed(cookie))


def enter(tx: Tx, caller: str, *, agent: str = "", instead_of: str | None = None) -> str:
    """Begin a session for whoever has shown to be the owner; return what the browser's cookie holds.

    ``agent``: which browser, in words; ``instead_of``: the cookie it had, whose session ends.
    """
    logins.drop(tx, ACCOUNT, pausing.address_key(caller))
    if instead_of is not None:
        leave(tx, instead_of)
    return open_session(tx, agent=agent)


def open_session(tx: Tx, *, agent: str = "") -> str:
    """Begin a session; return what the browser's cookie holds."""
    secret = urlsafe_b64encode(tx.dice(256).to_bytes(32)).rstrip(b"=").decode()
    sessions.put(tx, hashed(secret), until=tx.now + SESSION, agent=agent)
    return secret


def session(tx: Tx, cookie: str) -> Session | None:
    """Return the session of a cookie, or None."""
    return sessions.find(tx, hashed(cookie))


def leave(tx: Tx, cookie: str) -> None:
    """End the session of a cookie, or its way in."""
    sessions.drop(tx, hashed(cookie))
    sessions.drop_halfway(tx, hashed(cookie))


def end(tx: Tx, digest: bytes | None, *, own: str) -> int:
    """End the session stored under ``digest``, or (None) all but that of the cookie ``own``; return how many ended."""
    if digest is None:
        return sessions.drop_others(tx, hashed(own))
    return int(sessions.drop(tx, digest))


def hashed(cookie: str) -> bytes:
    """Return what is stored for a cookie."""
    return sha256(cookie.encode("utf-8", "surrogateescape")).digest()
