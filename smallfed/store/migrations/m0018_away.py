"""Being away: when we were last alive, and whose outboxes are to be read back because of it."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE heartbeats (               -- one row at most
    id INTEGER PRIMARY KEY CHECK (id = 1),
    beat_at INTEGER NOT NULL,               -- when we were last known to be alive
    asked_at INTEGER                        -- when those on silent hosts were last asked for what is new
) STRICT""",
    """CREATE TABLE gaps (                     -- what accounts the owner follows may have said unheard
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    host TEXT NOT NULL,                     -- that serves the outbox: one reader for each
    since INTEGER NOT NULL,                 -- what is older is not missed
    planned_at INTEGER NOT NULL,            -- when we were back
    daily INTEGER NOT NULL DEFAULT 0,       -- 1: not for an outage, its server only is silent: the first page will do
    judged INTEGER NOT NULL DEFAULT 0,      -- 1: its server has had time to send by itself what we missed
    next TEXT,                              -- the page to go on with; NULL: the first
    pages INTEGER NOT NULL DEFAULT 0,       -- read so far
    posts INTEGER NOT NULL DEFAULT 0,       -- found so far
    due INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,    -- failures in a row
    reason TEXT                             -- of the last one
) STRICT""",
    "CREATE INDEX gaps_due ON gaps (due, host)",
    "CREATE INDEX gaps_host ON gaps (host, due)",
    """CREATE TABLE askings (                  -- when accounts on silent hosts were asked for what is new
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    total INTEGER,                          -- how many things were in the outbox then, by its word
    asked_at INTEGER NOT NULL
) STRICT""",
)


def apply(db: Database) -> None:
    """Create the tables."""
    for step in STEPS:
        db.execute(step)
