"""What profiles say besides: who may name them as an author, what their pictures show, what is to be seen first."""

from sqlite_utils import Database

STEPS = (
    "ALTER TABLE accounts ADD COLUMN attribution_domains TEXT NOT NULL DEFAULT '[]'",  # JSON [domain]
    "ALTER TABLE accounts ADD COLUMN avatar_description TEXT NOT NULL DEFAULT ''",  # plain text
    "ALTER TABLE accounts ADD COLUMN header_description TEXT NOT NULL DEFAULT ''",  # plain text
    "ALTER TABLE accounts ADD COLUMN show_media INTEGER NOT NULL DEFAULT 1",  # its profile has a part for pictures
    "ALTER TABLE accounts ADD COLUMN show_media_replies INTEGER NOT NULL DEFAULT 1",  # those in answers, too
    "ALTER TABLE accounts ADD COLUMN show_featured INTEGER NOT NULL DEFAULT 1",  # and one for whom and what it features
    """CREATE TABLE endorsements (             -- people whom the owner recommends
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL UNIQUE REFERENCES accounts (id),
    created_at INTEGER NOT NULL
) STRICT""",
)


def apply(db: Database) -> None:
    """Add the columns and the table."""
    for step in STEPS:
        db.execute(step)
