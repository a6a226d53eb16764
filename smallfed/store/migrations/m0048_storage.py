"""What goes by its age, how far that has come, and how much comes day by day."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE forgotten (             -- people whose older posts went because of their age
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    before INTEGER NOT NULL                 -- what they published before is not all here
) STRICT""",
    """CREATE TABLE sweeps (                -- how far the round through a table has come that is under way
    name TEXT PRIMARY KEY CHECK (name IN ('posts', 'accounts')),
    position INTEGER NOT NULL,              -- the id that was looked at last
    begun_at INTEGER NOT NULL,
    ended_at INTEGER                        -- NULL: there is more to look at
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE arrivals (              -- others' posts that came and are still to be counted in growth
    post_id INTEGER PRIMARY KEY             -- no reference: it may have gone
) STRICT""",
    """CREATE TABLE growth (                -- what came each day, why, and from where
    day INTEGER NOT NULL,                   -- since 1970, UTC
    cause TEXT NOT NULL,                    -- as in domain/copy
    host TEXT NOT NULL,                     -- '' for all that brought little
    posts INTEGER NOT NULL DEFAULT 0,
    post_bytes INTEGER NOT NULL DEFAULT 0,  -- of the database, about
    files INTEGER NOT NULL DEFAULT 0,
    file_bytes INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (day, cause, host)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE sizes (                 -- how large everything was, once a day
    day INTEGER PRIMARY KEY,                -- since 1970, UTC
    database INTEGER NOT NULL,              -- bytes, as all that follows
    own INTEGER NOT NULL,                   -- files of the owner
    copies INTEGER NOT NULL,                -- files of others
    free INTEGER NOT NULL                   -- of the disk
) STRICT""",
)


def apply(db: Database) -> None:
    """Add the tables."""
    for step in STEPS:
        db.execute(step)
