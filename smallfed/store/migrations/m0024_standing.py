"""What an actor's server says of its standing: suspended there, or kept in memory of somebody who has died."""

from sqlite_utils import Database

STEPS = (
    "ALTER TABLE accounts ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0",  # by its own server; shown as such, unread
    "ALTER TABLE accounts ADD COLUMN memorial INTEGER NOT NULL DEFAULT 0",  # whose it was has died
)


def apply(db: Database) -> None:
    """Add the columns."""
    for step in STEPS:
        db.execute(step)
