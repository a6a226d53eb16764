"""Forwarding: what of others was passed on to our followers."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE forwards (                 -- each once, and so many a day
    actor TEXT NOT NULL,
    activity TEXT NOT NULL,                 -- its id, or 'sha256:…' of the body where it has none
    thread INTEGER NOT NULL,                -- the post of ours that it answers; 0 for what answers none any more
    created_at INTEGER NOT NULL,
    PRIMARY KEY (actor, activity)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX forwards_created ON forwards (created_at, thread)",
)


def apply(db: Database) -> None:
    """Add the table."""
    for step in STEPS:
        db.execute(step)
