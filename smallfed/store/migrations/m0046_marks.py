"""Posts are looked at anew: what plays in a card, and what quotes, are marks of their own."""

from sqlite_utils import Database


def apply(db: Database) -> None:
    """Begin a round through all posts that may be searched; the loop of the index goes it."""
    db.execute(
        "INSERT OR REPLACE INTO search_rounds (account_id, below) SELECT 0, max(id) + 1 FROM posts HAVING count(*) > 0"
    )
