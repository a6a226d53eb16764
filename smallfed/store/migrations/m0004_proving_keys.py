"""Public keys know what they are for: those an actor lists as ``assertionMethod`` may make proofs (FEP-8b32)."""

from sqlite_utils import Database

STEPS = (
    # proves: listed by its owner for proofs inside documents. What is stored already proves nothing until it is fetched
    # again.
    "ALTER TABLE public_keys ADD COLUMN proves INTEGER NOT NULL DEFAULT 0 CHECK (proves IN (0, 1))",
)


def apply(db: Database) -> None:
    """Add the column."""
    for step in STEPS:
        db.execute(step)
