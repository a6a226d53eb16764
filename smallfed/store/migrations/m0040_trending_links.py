"""Pages that are talked about, as they were counted last."""

from sqlite_utils import Database


def apply(db: Database) -> None:
    """Make the table, empty: it is filled within the hour."""
    db.execute(
        """CREATE TABLE trending_links (
    card_id INTEGER PRIMARY KEY REFERENCES cards (id) ON DELETE CASCADE, -- one of the cards of the page
    score REAL NOT NULL,                    -- see policy/trending
    days TEXT NOT NULL                      -- JSON [[day since 1970, people, posts]] of seven days, today first
) STRICT"""
    )
