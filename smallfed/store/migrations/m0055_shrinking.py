"""Which copies of others' pictures have, or should have, a smaller form."""

from sqlite_utils import Database

STEPS = (
    "ALTER TABLE copies ADD COLUMN moves INTEGER NOT NULL DEFAULT 0 CHECK (moves IN (0, 1))",  # a picture and a film
    """ALTER TABLE copies ADD COLUMN shrinking TEXT NOT NULL DEFAULT 'done'
    CHECK (shrinking IN ('wanted', 'done', 'failed'))""",
)


def apply(db: Database) -> None:
    """Add the columns."""
    for step in STEPS:
        db.execute(step)
