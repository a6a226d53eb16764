"""Announcements: what the owner or the house itself tells the owner's apps."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE announcements (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL,                     -- Markdown, as typed
    content TEXT NOT NULL,                  -- sanitised HTML
    key TEXT UNIQUE,                        -- the state of the house that it is about; NULL: the owner wrote it
    starts_at INTEGER,                      -- what it is about begins
    ends_at INTEGER,                        -- and ends: then it is shown no more
    all_day INTEGER NOT NULL DEFAULT 0 CHECK (all_day IN (0, 1)), -- of these only the day counts
    read INTEGER NOT NULL DEFAULT 0 CHECK (read IN (0, 1)),       -- the owner has dismissed it
    published_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT""",
    """CREATE TABLE announcement_reactions (   -- the owner's
    announcement_id INTEGER NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
    emoji TEXT NOT NULL,                    -- an emoji, or :name: of a custom one
    created_at INTEGER NOT NULL,
    PRIMARY KEY (announcement_id, emoji)
) STRICT, WITHOUT ROWID""",
)


def apply(db: Database) -> None:
    """Make the tables."""
    for step in STEPS:
        db.execute(step)
