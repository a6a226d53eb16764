"""Which posts show a card because their authors attached the page."""

from sqlite_utils import Database


def apply(db: Database) -> None:
    """Add the column."""
    db.execute("ALTER TABLE card_posts ADD COLUMN attached INTEGER NOT NULL DEFAULT 0")  # 0: its first link
