"""What is read of people's outboxes: how far, and which posts are here only because of it."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE pasts (                    -- how far the outbox of an account of another server has been read
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    next TEXT,                              -- the page to go on with; NULL: the outbox itself, or nothing when it ended
    skip INTEGER NOT NULL DEFAULT 0,        -- how many things on that page were taken already
    newest INTEGER,                         -- publication of the newest thing in it
    reached INTEGER,                        -- from here up to the newest we have seen everything; NULL: unknown
    barren INTEGER NOT NULL DEFAULT 0,      -- pages in a row that brought nothing new
    ended TEXT,                             -- why there is nothing more to read; NULL while there may be
    head_at INTEGER,                        -- when its first page was read
    looked_at INTEGER NOT NULL              -- when the owner last made us read it
) STRICT""",
    "CREATE INDEX pasts_looked ON pasts (looked_at)",
    """CREATE TABLE borrowed (                 -- posts that nobody sent us: they came with the past of an account
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE, -- whose outbox it stood in
    post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, post_id)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX borrowed_post ON borrowed (post_id)",
)


def apply(db: Database) -> None:
    """Create the tables."""
    for step in STEPS:
        db.execute(step)
