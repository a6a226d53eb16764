"""Hashtags that the owner follows, and which posts are in home for them alone."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE followed_tags (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,              -- NFKC, lower case, without #
    created_at INTEGER NOT NULL
) STRICT""",
    # in_home, but only for a followed hashtag: goes with it, and is in no list
    "ALTER TABLE posts ADD COLUMN by_tag INTEGER NOT NULL DEFAULT 0",
)


def apply(db: Database) -> None:
    """Create the table, and say of posts what brought them."""
    for step in STEPS:
        db.execute(step)
