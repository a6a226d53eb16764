"""Authorisation codes: what the owner has allowed and an app has yet to fetch. Only their SHA-256 is stored."""

from datetime import datetime

from msgspec import Struct

from smallfed.store.moments import moment, ms
from smallfed.store.tx import Tx


class Code(Struct, frozen=True, kw_only=True):
    """A code. ``token_id`` is what it was exchanged for, or None while it is fresh."""

    hash: bytes
    app_id: int
    redirect_uri: str
    scopes: tuple[str, ...]
    challenge: str | None
    token_id: int | None
    created_at: datetime


_COLUMNS = "hash, app_id, redirect_uri, scopes, challenge, token_id, created_at"


def put(tx: Tx, code: Code) -> None:
    """Store a new code."""
    tx.run(
        f"INSERT INTO codes ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        code.hash,
        code.app_id,
        code.redirect_uri,
        " ".join(code.scopes),
        code.challenge,
        code.token_id,
        ms(code.created_at),
    )


def find(tx: Tx, digest: bytes) -> Code | None:
    """Return the code with this SHA-256, or None."""
    row = tx.one(f"SELECT {_COLUMNS} FROM codes WHERE hash = ?", digest)
    if row is None:
        return None
    stored, app_id, redirect_uri, scopes, challenge, token_id, created_at = row
    return Code(
        hash=bytes(stored),
        app_id=app_id,
        redirect_uri=redirect_uri,
        scopes=tuple(scopes.split()),
        challenge=challenge,
        token_id=token_id,
        created_at=moment(created_at),
    )


def exchange(tx: Tx, digest: bytes, token: int) -> None:
    """Remember which token a code was exchanged for."""
    tx.run("UPDATE codes SET token_id = ? WHERE hash = ?", token, digest)


def drop_fresh(tx: Tx, app: int | None = None) -> None:
    """Forget the codes, of an app or of all, that were not exchanged yet."""
    tx.run("DELETE FROM codes WHERE token_id IS NULL AND (?1 IS NULL OR app_id = ?1)", app)
