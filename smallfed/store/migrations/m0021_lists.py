"""Lists of people whose posts the owner reads together, and what the owner notes about people."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE lists (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    replies TEXT NOT NULL CHECK (replies IN ('followed', 'list', 'none')), -- whose answers are shown: see domain/list
    exclusive INTEGER NOT NULL CHECK (exclusive IN (0, 1)), -- what its members post is not in home
    created_at INTEGER NOT NULL
) STRICT""",
    """CREATE TABLE list_members (
    list_id INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    -- the owner's follow, or request, without which nobody is a member; NULL for the owner
    follow_id INTEGER REFERENCES follows (id) ON DELETE CASCADE,
    PRIMARY KEY (list_id, account_id)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX list_members_account ON list_members (account_id, list_id)",
    "CREATE INDEX list_members_follow ON list_members (follow_id)",
    """CREATE TABLE notes (                   -- about accounts, for the owner's eyes only
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id),
    comment TEXT NOT NULL,                  -- plain text as typed, never empty
    updated_at INTEGER NOT NULL
) STRICT""",
)


def apply(db: Database) -> None:
    """Add the tables."""
    for step in STEPS:
        db.execute(step)
