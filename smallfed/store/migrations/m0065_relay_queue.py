"""The queue of relays: what is told of what is here goes first, and nothing of the queue is looked through."""

from sqlite_utils import Database

STEPS = (
    # urgent: something that is here may have changed, or be gone
    "ALTER TABLE relay_arrivals ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0 CHECK (urgent IN (0, 1))",
    "CREATE INDEX relay_arrivals_fresh ON relay_arrivals (relay_id, urgent DESC, id) WHERE uri IS NULL",
    "CREATE INDEX relay_arrivals_wanted ON relay_arrivals (relay_id) WHERE uri IS NOT NULL",
)


def apply(db: Database) -> None:
    """Add the column and the indexes."""
    for step in STEPS:
        db.execute(step)
