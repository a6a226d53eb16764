"""When a group was last asked who moderates it: an activity by somebody new makes us ask, once."""

from sqlite_utils import Database


def apply(db: Database) -> None:
    """Add the column."""
    db.execute("ALTER TABLE accounts ADD COLUMN moderated_at INTEGER")  # of a group: when its list was read
