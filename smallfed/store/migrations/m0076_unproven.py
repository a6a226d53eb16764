"""What is turned away before anybody looks whose it was is found by that: there is only so much of it."""

from sqlite_utils import Database


def apply(db: Database) -> None:
    """Add the index."""
    db.execute("CREATE INDEX refusals_door ON refusals (path, id) WHERE path = 'door'")
