"""Conversations: what was gathered of them, what that cost, and when whose replies were read."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE conversations (            -- what was brought of threads that others began or continue
    uri TEXT PRIMARY KEY,                   -- of the topmost post that we hold
    begun_at INTEGER NOT NULL,              -- when it was gathered last
    opened INTEGER NOT NULL,                -- the owner had opened it; else it was completed aside
    found INTEGER NOT NULL,                 -- posts that were new to us
    fetched INTEGER NOT NULL,               -- requests it took
    hosts INTEGER NOT NULL,                 -- servers that were asked
    seconds REAL NOT NULL,
    ended TEXT,                             -- which limit or whose silence ended it; NULL: there was no more
    CHECK (opened IN (0, 1))
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX conversations_begun ON conversations (begun_at)",
    """CREATE TABLE replies_read (              -- when the replies to a post were read where it lives
    post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    read_at INTEGER NOT NULL
) STRICT""",
    """CREATE TABLE conversation_spending (     -- requests for conversations, by day and server
    day TEXT NOT NULL,                      -- of UTC, as 2026-11-23
    host TEXT NOT NULL,
    fetched INTEGER NOT NULL,
    PRIMARY KEY (day, host)
) STRICT, WITHOUT ROWID""",
)


def apply(db: Database) -> None:
    """Create the tables."""
    for step in STEPS:
        db.execute(step)
