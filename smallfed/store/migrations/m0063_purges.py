"""Purges: what was removed for good, and hashes of what must not come back."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE purges (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('post', 'actor', 'file')),
    host TEXT NOT NULL,                     -- whence it came, '' where that is not known
    reason TEXT NOT NULL,                   -- in the owner's words
    own INTEGER NOT NULL CHECK (own IN (0, 1)),
    words TEXT NOT NULL,                    -- JSON list of ids and addresses, [] once it has ended
    account_id INTEGER,                     -- whose posts go, while it is under way
    posts INTEGER NOT NULL,
    files INTEGER NOT NULL,
    begun_at INTEGER NOT NULL,
    ended_at INTEGER                        -- NULL: under way, goes on after a restart
) STRICT""",
    """CREATE TABLE purged (                  -- what is refused, known by nothing but this
    digest BLOB PRIMARY KEY,                -- SHA-256 of an id or address, or of a file
    purge_id INTEGER NOT NULL REFERENCES purges (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX purged_purge ON purged (purge_id)",
)


def apply(db: Database) -> None:
    """Create the tables."""
    for step in STEPS:
        db.execute(step)
