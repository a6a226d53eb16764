"""Files of the media folder that are in a bucket, or on their way."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE buckets (                -- the bucket that is in use: one row, or none without a bucket
    id INTEGER PRIMARY KEY CHECK (id = 1),
    place TEXT NOT NULL,                    -- what tells it from other buckets: endpoint, name and prefix
    own TEXT NOT NULL CHECK (own IN ('both', 'bucket')), -- where what the owner uploads for posts is wanted
    others TEXT NOT NULL CHECK (others IN ('here', 'both', 'bucket')), -- where pictures of others are wanted
    public TEXT NOT NULL,                   -- address below which everybody can read them; empty: there is none
    in_use INTEGER NOT NULL CHECK (in_use IN (0, 1)) -- 0: the configuration has it no longer
) STRICT""",
    """CREATE TABLE placements (               -- files that the bucket has, or is to have
    name TEXT PRIMARY KEY,                  -- path below the folder of media
    wanted TEXT NOT NULL CHECK (wanted IN ('here', 'both', 'bucket', 'nowhere')), -- where it is to be in the end
    there INTEGER NOT NULL DEFAULT 0 CHECK (there IN (0, 1)), -- the bucket has all of it, for what we know
    size INTEGER,                           -- bytes
    digest BLOB,                            -- SHA-256
    attempts INTEGER NOT NULL DEFAULT 0,    -- that have failed
    due INTEGER,                            -- when something is to be done about it; NULL: it is where it is wanted
    error TEXT NOT NULL DEFAULT '',         -- why the last attempt failed
    CHECK (NOT there OR digest IS NOT NULL AND size IS NOT NULL),
    CHECK (due IS NOT NULL OR there AND wanted IN ('both', 'bucket')) -- all else is a step on a way
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX placements_due ON placements (due) WHERE due IS NOT NULL",
)


def apply(db: Database) -> None:
    """Add the tables."""
    for step in STEPS:
        db.execute(step)
