"""Access tokens. Only their SHA-256 is stored; they are looked up by it, so that nothing compares byte by byte."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from msgspec import Struct

from smallfed.store.moments import moment, ms
from smallfed.store.rows import listed
from smallfed.store.tx import Tx

RECORDED_EVERY = timedelta(hours=1)


class Token(Struct, frozen=True, kw_only=True):
    """A token that is valid. ``owner``: in the owner's name; otherwise the app speaks for itself only."""

    id: int
    app_id: int
    app_name: str
    website: str | None
    owner: bool
    scopes: frozenset[str]
    used_at: datetime | None

    def is_due(self, now: datetime) -> bool:
        """Whether its use is to be recorded again (``note_use``)."""
        return self.used_at is None or now - self.used_at >= RECORDED_EVERY


def hashed(token: str) -> bytes:
    """Return what is stored for a token."""
    return sha256(token.encode("utf-8", "surrogateescape")).digest()


def find(tx: Tx, token: str) -> Token | None:
    """Return what is known of ``token``, or None when it is not valid."""
    row = tx.one(
        "SELECT t.id, t.app_id, a.name, a.website, t.owner, t.scopes, t.used_at"
        " FROM tokens t JOIN apps a ON a.id = t.app_id WHERE t.hash = ?",
        hashed(token),
    )
    if row is None:
        return None
    number, app_id, app_name, website, owner, scopes, used_at = row
    return Token(
        id=number,
        app_id=app_id,
        app_name=app_name,
        website=website,
        owner=bool(owner),
        scopes=frozenset(scopes.split()),
        used_at=moment(used_at),
    )


def put(tx: Tx, *, app: int, owner: bool, scopes: Iterable[str], digest: bytes) -> int:
    """Store a new token and return its id."""
    number = tx.new_id()
    tx.run(
        "INSERT INTO tokens (id, hash, app_id, owner, scopes, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        number,
        digest,
        app,
        owner,
        " ".join(scopes),
        ms(tx.now),
    )
    return number


def created_at(tx: Tx, token: int) -> datetime | None:
    """Return when a token was given, or None when there is none."""
    row = tx.one("SELECT created_at FROM tokens WHERE id = ?", token)
    return None if row is None else moment(row[0])


def note_use(tx: Tx, token: int) -> None:
    """Record that a token was used now, at most once an hour."""
    before = ms(tx.now - RECORDED_EVERY)
    tx.run("UPDATE tokens SET used_at = ? WHERE id = ? AND ifnull(used_at, 0) <= ?", ms(tx.now), token, before)


def of_app(tx: Tx, app: int, *, owner: bool) -> tuple[int, ...]:
    """Return the ids of an app's tokens of one kind, the newest first."""
    return tuple(
        row[0] for row in tx.all("SELECT id FROM tokens WHERE app_id = ? AND owner = ? ORDER BY id DESC", app, owner)
    )


def drop(tx: Tx, tokens: Iterable[int]) -> tuple[int, ...]:
    """Forget tokens; return the ids of those that there were, in order."""
    rows = tx.all("DELETE FROM tokens WHERE id IN (SELECT value FROM json_each(?)) RETURNING id", listed(tokens))
    return tuple(sorted(row[0] for row in rows))
