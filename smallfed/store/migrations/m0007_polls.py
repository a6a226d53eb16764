"""Polls: what can be chosen, who has chosen what, and what is to be done about them at which hour."""

from sqlite_utils import Database

TABLES = """
CREATE TABLE polls (
    post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE, -- the Question; apps call the poll so too
    multiple INTEGER NOT NULL CHECK (multiple IN (0, 1)),
    hide_totals INTEGER NOT NULL DEFAULT 0, -- ours: no numbers before the end
    ends_at INTEGER,                        -- NULL: never
    voters INTEGER,                         -- ours: counted; others': what the origin claims, NULL when it does not say
    told_at INTEGER,                        -- when the origin last said how it stands; NULL for ours
    asked_at INTEGER                        -- when we last asked it
) STRICT;

CREATE TABLE poll_options (
    post_id INTEGER NOT NULL REFERENCES polls (post_id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,                     -- what a vote must say, byte for byte
    title TEXT NOT NULL,                    -- the same as plain text to be shown
    votes INTEGER NOT NULL DEFAULT 0,       -- ours: as many as rows in votes; others': what the origin claims
    PRIMARY KEY (post_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE votes (                        -- the owner's in any poll, and verified ones in the owner's
    post_id INTEGER NOT NULL REFERENCES polls (post_id) ON DELETE CASCADE,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    position INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (post_id, account_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX votes_account ON votes (account_id);

CREATE TABLE deadlines (                    -- what is due about polls: 'tally' is to be told, 'end' has come
    post_id INTEGER NOT NULL REFERENCES polls (post_id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('tally', 'end')),
    due INTEGER NOT NULL,
    PRIMARY KEY (post_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX deadlines_due ON deadlines (due);

-- of an earlier version of a post: JSON list, the titles of what could be chosen in its poll
ALTER TABLE edits ADD COLUMN options TEXT NOT NULL DEFAULT '[]'
"""


def apply(db: Database) -> None:
    """Create the tables, and a place for the options that an earlier version of a post had."""
    for statement in TABLES.split(";\n"):
        db.execute(statement)
