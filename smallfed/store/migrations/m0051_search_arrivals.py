"""What has come and is still to be taken into the index: many at once cost a fraction of what each costs alone."""

from sqlite_utils import Database


def apply(db: Database) -> None:
    """Add the table."""
    db.execute(
        """CREATE TABLE search_arrivals (         -- posts of others that may be searched, and cannot be found yet
    post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE
) STRICT"""
    )
