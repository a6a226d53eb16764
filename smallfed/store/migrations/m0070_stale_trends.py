"""Trends that count whom a block has cut off since, or not who is back, are not shown until they are counted anew."""

from sqlite_utils import Database


def apply(db: Database) -> None:
    """Add the table, empty."""
    db.execute(
        """CREATE TABLE stale_trends (        -- one row while that is so; kept by store/trends
    mark INTEGER NOT NULL                   -- drawn anew whenever that happens
) STRICT"""
    )
