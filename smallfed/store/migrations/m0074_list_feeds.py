"""Lists that say what has changed since they were read, and where."""

from sqlite_utils import Database

STEPS = (
    "ALTER TABLE blocklists ADD COLUMN onward TEXT",  # the page of changes to go on with; NULL: it is read whole
    "ALTER TABLE blocklists ADD COLUMN whole_at INTEGER",  # when all of it was read, and not only what had changed
)


def apply(db: Database) -> None:
    """Add the columns."""
    for step in STEPS:
        db.execute(step)
