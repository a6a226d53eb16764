"""Whom apps propose to follow, and the directory of people who want to be found."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE dismissed_suggestions (    -- people whom the owner does not want to be proposed any more
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id),
    created_at INTEGER NOT NULL
) STRICT""",
    "CREATE INDEX accounts_active ON accounts (last_post_at) WHERE discoverable AND last_post_at IS NOT NULL",
)


def apply(db: Database) -> None:
    """Make the table and the index."""
    for step in STEPS:
        db.execute(step)
