"""What rules hold is found at once, however long the ledger is."""

from sqlite_utils import Database


def apply(db: Database) -> None:
    """Create the index."""
    db.execute("CREATE INDEX refusals_held ON refusals (id) WHERE action = 'hold' AND released_at IS NULL")
