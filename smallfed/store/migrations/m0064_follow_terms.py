"""Which requests to follow are accepted by themselves."""

from sqlite_utils import Database


def apply(db: Database) -> None:
    """Create the table."""
    db.execute(
        """CREATE TABLE follow_terms (         -- what the configuration says, one row, while it says something
        id INTEGER PRIMARY KEY CHECK (id = 1),
        terms TEXT NOT NULL                     -- JSON, see domain/welcome.Welcome
        ) STRICT"""
    )
