"""Featured hashtags, the owner's and others'."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE featured_tags (            -- hashtags that a profile shows
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,                     -- NFKC, lower case, without #
    title TEXT NOT NULL,                    -- as written, without #
    url TEXT,                               -- the page of it that its server names, of others only
    created_at INTEGER NOT NULL,
    UNIQUE (account_id, name)
) STRICT""",
    "ALTER TABLE accounts ADD COLUMN featured_tags TEXT",  # where its server lists them
    "ALTER TABLE accounts ADD COLUMN tagged_at INTEGER",  # when we read them
)


def apply(db: Database) -> None:
    """Create the table, and say of accounts where theirs are."""
    for step in STEPS:
        db.execute(step)
