"""What relays brought and was turned away can be asked about: the newest of it, as many as fit into a short list."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE relay_unwanted (           -- posts that a relay brought and that were turned away, the newest
    relay_id INTEGER NOT NULL REFERENCES relays (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,                -- of one relay, rising: those far below the highest go
    uri TEXT NOT NULL,                      -- the id, as the relay said it
    url TEXT,                               -- where people read it, as far as that was said; NULL: there, or not known
    author TEXT,                            -- id of who wrote it; NULL: not known
    reason TEXT NOT NULL,
    came_at INTEGER NOT NULL,
    PRIMARY KEY (relay_id, number)
) STRICT, WITHOUT ROWID""",
)


def apply(db: Database) -> None:
    """Create the table."""
    for step in STEPS:
        db.execute(step)
