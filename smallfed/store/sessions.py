"""Sessions of the owner's browsers, and those that are half-way in. Only the SHA-256 of the cookie is stored."""

from datetime import datetime, timedelta

from msgspec import Struct

from smallfed.store.moments import moment, ms
from smallfed.store.tx import Tx

RECORDED_EVERY = timedelta(hours=1)


class Session(Struct, frozen=True, kw_only=True):
    """A browser that is inside. ``agent``: which one, in words of ours; ``used_at``: to the hour."""

    hash: bytes
    agent: str
    created_at: datetime
    used_at: datetime | None

    def is_due(self, now: datetime) -> bool:
        """Whether its use is to be recorded again (``note_use``)."""
        return now - (self.used_at or self.created_at) >= RECORDED_EVERY


_COLUMNS = "hash, agent, created_at, used_at"


def put(tx: Tx, digest: bytes, *, until: datetime, agent: str) -> None:
    """Store a new session."""
    tx.run(
        "INSERT INTO sessions (hash, created_at, expires_at, agent) VALUES (?, ?, ?, ?)",
        digest,
        ms(tx.now),
        ms(until),
        agent,
    )


def find(tx: Tx, digest: bytes) -> Session | None:
    """Return a session that has not expired, or None."""
    row = tx.one(f"SELECT {_COLUMNS} FROM sessions WHERE hash = ? AND expires_at > ?", digest, ms(tx.now))
    return None if row is None else _session(row)


def all_(tx: Tx) -> list[Session]:
    """Return the sessions that have not expired, the ones used last first."""
    rows = tx.all(
        f"SELECT {_COLUMNS} FROM sessions WHERE expires_at > ? ORDER BY ifnull(used_at, created_at) DESC, hash",
        ms(tx.now),
    )
    return [_session(row) for row in rows]


def _session(row: tuple[bytes, str, int, int | None]) -> Session:
    digest, agent, created_at, used_at = row
    return Session(hash=bytes(digest), agent=agent, created_at=moment(created_at), used_at=moment(used_at))


def note_use(tx: Tx, digest: bytes) -> None:
    """Record that a session was used now."""
    tx.run("UPDATE sessions SET used_at = ? WHERE hash = ?", ms(tx.now), digest)


def drop(tx: Tx, digest: bytes) -> bool:
    """End a session; False when there was none."""
    return tx.run("DELETE FROM sessions WHERE hash = ?", digest) > 0


def drop_others(tx: Tx, digest: bytes) -> int:
    """End all sessions but one; return how many."""
    return tx.run("DELETE FROM sessions WHERE hash <> ?", digest)


# Half-way -------------------------------------------------------------------------------------------------------------
def put_halfway(tx: Tx, digest: bytes, *, until: datetime) -> None:
    """Remember that this browser's owner knew the password."""
    tx.run("INSERT OR REPLACE INTO halfway (hash, until) VALUES (?, ?)", digest, ms(until))


def is_halfway(tx: Tx, digest: bytes) -> bool:
    """Whether this browser's owner knew the password a moment ago."""
    return tx.one("SELECT 1 FROM halfway WHERE hash = ? AND until > ?", digest, ms(tx.now)) is not None


def drop_halfway(tx: Tx, digest: bytes) -> None:
    """Forget that this browser is half-way in."""
    tx.run("DELETE FROM halfway WHERE hash = ?", digest)
