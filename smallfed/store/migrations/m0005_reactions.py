"""Reactions: likes with an emoji, of which somebody may give a post several."""

from sqlite_utils import Database

STEPS = (
    "ALTER TABLE likes RENAME TO likes_before",
    """CREATE TABLE likes (                    -- favourites and reactions, each by one account about one post
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    emoji TEXT NOT NULL DEFAULT '',         -- '' for a plain favourite, an emoji, or ':name:' (ours) or ':name@host:'
    picture TEXT,                           -- address of what ':name:' looks like
    uri TEXT,                               -- of the activity, where it had one
    created_at INTEGER NOT NULL,
    UNIQUE (post_id, account_id, emoji)
) STRICT""",
    "INSERT INTO likes (id, account_id, post_id, uri, created_at)"
    " SELECT id, account_id, post_id, uri, created_at FROM likes_before",
    "DROP TABLE likes_before",
    "CREATE INDEX likes_account ON likes (account_id, id)",
    "CREATE INDEX likes_uri ON likes (uri) WHERE uri IS NOT NULL",
)


def apply(db: Database) -> None:
    """Build the table anew with room for an emoji."""
    for step in STEPS:
        db.execute(step)
