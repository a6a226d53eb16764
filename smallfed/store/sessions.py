"""Sessions of the owner's browsers. Only the SHA-256 of the cookie is stored."""

from datetime import datetime

from smallfed.store.moments import ms
from smallfed.store.tx import Tx


def put(tx: Tx, digest: bytes, *, until: datetime) -> None:
    """Store a new session."""
    tx.run("INSERT INTO sessions (hash, created_at, expires_at) VALUES (?, ?, ?)", digest, ms(tx.now), ms(until))


def exists(tx: Tx, digest: bytes) -> bool:
    """Whether there is a session that has not expired."""
    return tx.one("SELECT 1 FROM sessions WHERE hash = ? AND expires_at > ?", digest, ms(tx.now)) is not None


def drop(tx: Tx, digest: bytes) -> None:
    """End a session."""
    tx.run("DELETE FROM sessions WHERE hash = ?", digest)
