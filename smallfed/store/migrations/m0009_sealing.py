"""Bodies may want a linked-data signature before they are sent."""

from sqlite_utils import Database

STEPS = (
    # unsealed: a linked-data signature is added, and this is set to 0, before it is sent for the first time
    "ALTER TABLE bodies ADD COLUMN unsealed INTEGER NOT NULL DEFAULT 0 CHECK (unsealed IN (0, 1))",
)


def apply(db: Database) -> None:
    """Add the column."""
    for step in STEPS:
        db.execute(step)
