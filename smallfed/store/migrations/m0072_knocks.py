"""What was refused before anybody was believed (``path`` is ``knock``) is found by its time."""

from sqlite_utils import Database


def apply(db: Database) -> None:
    """Create the index."""
    db.execute("CREATE INDEX refusals_knocks ON refusals (refused_at) WHERE path = 'knock'")
