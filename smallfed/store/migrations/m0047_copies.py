"""What we keep of others' media, and where media are served besides the domain."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE copies (                 -- of others' media: what was fetched, once for an address
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,               -- where it was fetched
    host TEXT NOT NULL,                     -- host[:port] of that
    subject TEXT NOT NULL CHECK (subject IN ('attachment', 'avatar', 'header', 'emoji', 'card')),
    subject_id INTEGER NOT NULL DEFAULT 0,  -- whose it was when it was fetched; 0 for an emoji
    cause TEXT NOT NULL CHECK (             -- why that was here, as it was then
        cause IN ('follow', 'boost', 'thread', 'tag', 'search', 'relay', 'mention', 'other')
    ),
    state TEXT NOT NULL CHECK (state IN ('kept', 'failed')), -- failed: the last attempt was, and there is nothing
    reason TEXT NOT NULL DEFAULT '',        -- why the last attempt failed, for the owner
    file TEXT,                              -- name below media/remote; NULL: not kept, or not any more
    media_type TEXT NOT NULL DEFAULT '',    -- by what is in it, also of what is not kept
    size INTEGER,                           -- bytes of the original, without what was stripped
    digest BLOB,                            -- SHA-256 of the file
    width INTEGER,
    height INTEGER,
    preview TEXT,                           -- name below media/remote of a smaller still picture; NULL: the file itself
    preview_type TEXT NOT NULL DEFAULT '',
    preview_size INTEGER,
    blurhash TEXT,
    fetched_at INTEGER NOT NULL,            -- the last attempt
    seen_at INTEGER NOT NULL,               -- somebody looked at it, to the day
    failures INTEGER NOT NULL DEFAULT 0,    -- in a row
    retry_at INTEGER,                       -- not before; NULL: whenever somebody looks
    CHECK (state = 'kept' OR (file IS NULL AND preview IS NULL)),
    CHECK (file IS NULL OR (size IS NOT NULL AND digest IS NOT NULL AND media_type <> '')),
    CHECK (preview IS NULL OR (preview_size IS NOT NULL AND preview_type <> ''))
) STRICT""",
    "ALTER TABLE houses ADD COLUMN media_host TEXT",  # host[:port] as configured at the last start; NULL: the domain
)


def apply(db: Database) -> None:
    """Add the table and the column."""
    for step in STEPS:
        db.execute(step)
