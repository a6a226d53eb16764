"""Reports, of the owner and about the owner; and what the server says itself, not its owner."""

from sqlite_utils import Database

STEPS = (
    # by_server: signed by the server's own actor, so that nothing in it tells who the owner is
    "ALTER TABLE bodies ADD COLUMN by_server INTEGER NOT NULL DEFAULT 0 CHECK (by_server IN (0, 1))",
    """CREATE TABLE reports (                  -- complaints: of the owner about others, and of others about the owner
        id INTEGER PRIMARY KEY,
        account_id INTEGER NOT NULL REFERENCES accounts (id), -- about whom
        host TEXT,                              -- the server it came from; NULL: it is the owner's
        server_id INTEGER REFERENCES accounts (id), -- that server's own actor, if it was that one who said it
        flag TEXT UNIQUE,                       -- sent: its id; received: a hash of it, since it may name who made it
        category TEXT NOT NULL CHECK (category IN ('spam', 'legal', 'violation', 'other')),
        comment TEXT NOT NULL,
        posts TEXT NOT NULL,                    -- JSON list of the posts' ids; what is deleted since stays in it
        rules TEXT NOT NULL,                    -- JSON list of the numbers of rules
        forwarded INTEGER NOT NULL CHECK (forwarded IN (0, 1)), -- the other server has been told
        assigned INTEGER NOT NULL DEFAULT 0 CHECK (assigned IN (0, 1)), -- the owner is looking into it
        acted_at INTEGER,                       -- when the owner was done with it
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX reports_account ON reports (account_id, id)",
    "CREATE INDEX reports_host ON reports (host, created_at) WHERE host IS NOT NULL",
    "CREATE INDEX reports_open ON reports (id) WHERE acted_at IS NULL",
)


def apply(db: Database) -> None:
    """Add the column, create the table."""
    for step in STEPS:
        db.execute(step)
