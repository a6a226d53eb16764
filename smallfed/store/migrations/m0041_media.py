"""What the owner uploads for posts, and files that are to be deleted."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE media (                  -- what the owner uploaded, from its coming on
    id INTEGER PRIMARY KEY,                 -- which apps know; of its row in attachments, too, while a post shows it
    state TEXT NOT NULL CHECK (state IN ('waiting', 'ready', 'failed')),
    source TEXT,                            -- name below media/incoming of what came, until it has been read
    thumbnail TEXT,                         -- the same of a picture for the preview
    reason TEXT NOT NULL DEFAULT '',        -- why what came could not be read, for the owner
    uploaded BLOB NOT NULL,                 -- SHA-256 of what came
    kind TEXT NOT NULL CHECK (kind IN ('image', 'gifv', 'video', 'audio', 'unknown')),
    media_type TEXT NOT NULL DEFAULT '',
    file TEXT,                              -- name below media/files of what is shown
    preview TEXT,                           -- of the smaller picture; NULL: the file itself
    size INTEGER,                           -- bytes of the file
    digest BLOB,                            -- SHA-256 of the file
    width INTEGER,
    height INTEGER,
    blurhash TEXT,
    description TEXT NOT NULL DEFAULT '',
    focus_x REAL,                           -- -1 to 1
    focus_y REAL,                           -- -1 to 1, upwards
    post_id INTEGER REFERENCES posts (id) ON DELETE SET NULL, -- whose present or earlier version shows it
    kept_until INTEGER NOT NULL,            -- when it goes unless a post has it
    created_at INTEGER NOT NULL,
    CHECK (state = 'waiting' OR source IS NULL),
    CHECK (state <> 'waiting' OR source IS NOT NULL),
    CHECK (state <> 'ready' OR file IS NOT NULL)
) STRICT""",
    "CREATE INDEX media_busy ON media (id) WHERE source IS NOT NULL OR thumbnail IS NOT NULL",
    "CREATE INDEX media_unused ON media (kept_until) WHERE post_id IS NULL",
    "CREATE INDEX media_post ON media (post_id) WHERE post_id IS NOT NULL",
    """CREATE TABLE discards (               -- files that nothing refers to: they are deleted, then forgotten here
    name TEXT PRIMARY KEY                   -- path below the folder of media
) STRICT, WITHOUT ROWID""",
)


def apply(db: Database) -> None:
    """Add the tables."""
    for step in STEPS:
        db.execute(step)
