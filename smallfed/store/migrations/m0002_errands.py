"""Errands of more kinds: which there are is known to the workers, no longer to the table."""

from sqlite_utils import Database

STEPS = (
    "ALTER TABLE fetches RENAME TO fetches_before",
    """CREATE TABLE fetches (                  -- what to fetch when there is time
    uri TEXT NOT NULL,
    kind TEXT NOT NULL DEFAULT 'object',    -- 'object': the thing itself; the others are listed in store/fetches
    depth INTEGER NOT NULL DEFAULT 0,       -- how far from what caused it
    due INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    reason TEXT,                            -- what went wrong last
    created_at INTEGER NOT NULL,
    PRIMARY KEY (uri, kind)
) STRICT, WITHOUT ROWID""",
    "INSERT INTO fetches SELECT uri, kind, depth, due, attempts, reason, created_at FROM fetches_before",
    "DROP TABLE fetches_before",
    "CREATE INDEX fetches_due ON fetches (due)",
)


def apply(db: Database) -> None:
    """Build the table anew without the list of kinds."""
    for step in STEPS:
        db.execute(step)
