"""A farewell: the owner has left, and the house answers that for good."""

from sqlite_utils import Database

TABLE = """CREATE TABLE farewells (            -- one row at most; it outlasts everything else
    id INTEGER PRIMARY KEY CHECK (id = 1),
    body_id INTEGER,                        -- of the Delete; NULL when nobody had to be told
    inboxes INTEGER NOT NULL,               -- how many were to be told
    hosts INTEGER NOT NULL,                 -- on how many servers
    left_at INTEGER NOT NULL,
    cleared_at INTEGER,                     -- when nothing was left of what the owner wrote and read
    ended_at INTEGER                        -- when nothing waited any more: the private keys are gone since
) STRICT"""


def apply(db: Database) -> None:
    """Make room for the one row."""
    db.execute(TABLE)
