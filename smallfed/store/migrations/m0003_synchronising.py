"""Follower synchronisation: which bodies are for followers, and what other servers say of our follows of theirs."""

from sqlite_utils import Database

STEPS = (
    # whether it is addressed to the followers: then each server is told which of them it has
    "ALTER TABLE bodies ADD COLUMN to_followers INTEGER NOT NULL DEFAULT 0",
    """CREATE TABLE synchronizations (         -- what a server said of an account's followers here, when we disagreed
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id),
    url TEXT NOT NULL,                      -- where the list of them is
    digest TEXT NOT NULL,                   -- what that list comes to, by the same word
    heard_at INTEGER NOT NULL
) STRICT""",
)


def apply(db: Database) -> None:
    """Add what synchronisation needs."""
    for step in STEPS:
        db.execute(step)
