"""Filters: keywords and posts that the owner does not want to meet unwarned."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE filters (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    contexts TEXT NOT NULL,                 -- JSON list of home, notifications, public, thread, account
    action TEXT NOT NULL CHECK (action IN ('warn', 'hide', 'blur')),
    expires_at INTEGER,                     -- NULL: never
    created_at INTEGER NOT NULL
) STRICT""",
    """CREATE TABLE filter_keywords (
    id INTEGER PRIMARY KEY,                 -- also the id of a filter in the first version of the API
    filter_id INTEGER NOT NULL REFERENCES filters (id) ON DELETE CASCADE,
    keyword TEXT NOT NULL,                  -- as typed
    whole_word INTEGER NOT NULL CHECK (whole_word IN (0, 1))
) STRICT""",
    "CREATE INDEX filter_keywords_filter ON filter_keywords (filter_id, id)",
    """CREATE TABLE filter_posts (
    id INTEGER PRIMARY KEY,
    filter_id INTEGER NOT NULL REFERENCES filters (id) ON DELETE CASCADE,
    post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    UNIQUE (post_id, filter_id)
) STRICT""",
    "CREATE INDEX filter_posts_filter ON filter_posts (filter_id, id)",
)


def apply(db: Database) -> None:
    """Create the tables."""
    for step in STEPS:
        db.execute(step)
