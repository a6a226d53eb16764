"""Deliveries know how many of their attempts have surely reached nobody: what was never heard need not be undone."""

from sqlite_utils import Database

STEPS = (
    # misses: attempts without any connection. While there are as many as attempts, nothing of it can have arrived.
    "ALTER TABLE deliveries ADD COLUMN misses INTEGER NOT NULL DEFAULT 0",
)


def apply(db: Database) -> None:
    """Add the column."""
    for step in STEPS:
        db.execute(step)
