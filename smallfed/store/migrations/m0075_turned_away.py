"""What blocks of servers turned away is found by the block, and what may be missed of it is kept for longer."""

from sqlite_utils import Database

STEPS = (
    # it names the owner, or something of the owner's, or changes what is here: other lines of its host go before it
    "ALTER TABLE refusals ADD COLUMN missed INTEGER NOT NULL DEFAULT 0 CHECK (missed IN (0, 1))",
    "CREATE INDEX refusals_rule ON refusals (rule, id) WHERE released_at IS NULL",
)


def apply(db: Database) -> None:
    """Add column and index."""
    for step in STEPS:
        db.execute(step)
