"""What is talked about: how many people used which hashtag on which day, and what that makes of hashtags and posts."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE tag_days (                 -- counted now and then from public posts; a week of them
    day INTEGER NOT NULL,                   -- since 1970, UTC
    name TEXT NOT NULL,                     -- NFKC, lower case, without #
    accounts INTEGER NOT NULL,              -- people who used it, each once
    uses INTEGER NOT NULL,
    PRIMARY KEY (day, name)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX tag_days_name ON tag_days (name, day)",
    """CREATE TABLE trending_tags (            -- those of now, as they were counted last
    name TEXT PRIMARY KEY,
    score REAL NOT NULL                     -- see policy/trending
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE trending_posts (
    post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    score REAL NOT NULL
) STRICT""",
)


def apply(db: Database) -> None:
    """Make the tables, empty: they are filled within the hour."""
    for step in STEPS:
        db.execute(step)
