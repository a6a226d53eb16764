"""What the earlier versions of a post quoted."""

from sqlite_utils import Database

STEPS = (
    "ALTER TABLE edits ADD COLUMN quote_id INTEGER",  # id of its quote, which may be gone
    "UPDATE edits SET quote_id = (SELECT q.id FROM quotes q WHERE q.post_id = edits.post_id)",
)


def apply(db: Database) -> None:
    """Add the column; until now no version quoted anything else than the present one."""
    for step in STEPS:
        db.execute(step)
