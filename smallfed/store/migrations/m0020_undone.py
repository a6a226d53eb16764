"""What was undone before it came is forgotten by its age, without looking through all of it."""

from sqlite_utils import Database


def apply(db: Database) -> None:
    """Add the index."""
    db.execute("CREATE INDEX undone_created ON undone (created_at)")
