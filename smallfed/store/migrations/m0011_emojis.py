"""Custom emoji of the owner's own."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE emojis (                   -- the pictures that ':shortcode:' stands for in the owner's texts
    id INTEGER PRIMARY KEY,
    shortcode TEXT NOT NULL UNIQUE,         -- letters, digits and _; case matters
    category TEXT,                          -- where apps list it
    url TEXT NOT NULL,                      -- address of the picture, another one for each picture
    still TEXT NOT NULL,                    -- the same without movement
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL             -- when it got this picture: others refresh theirs by it
) STRICT""",
)


def apply(db: Database) -> None:
    """Create the table."""
    for step in STEPS:
        db.execute(step)
