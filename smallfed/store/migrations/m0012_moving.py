"""Moving: who of those the owner has to do with moved where, and where the owner did."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE moves (                   -- of others, the last of each
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id),
    target_id INTEGER NOT NULL REFERENCES accounts (id),
    followed INTEGER NOT NULL,              -- whether the owner follows along
    heard_at INTEGER NOT NULL,
    settled_at INTEGER                      -- the target has answered; NULL: the old account is followed until then
) STRICT""",
    """CREATE TABLE departures (              -- of the owner, all of them
    id INTEGER PRIMARY KEY,
    target TEXT NOT NULL,                   -- actor uri
    followers INTEGER NOT NULL,             -- how many there were
    begun_at INTEGER NOT NULL,
    cancelled_at INTEGER                    -- the owner lives here again since then
) STRICT""",
    "CREATE INDEX moves_target ON moves (target_id) WHERE settled_at IS NULL",
)


def apply(db: Database) -> None:
    """Add the tables."""
    for step in STEPS:
        db.execute(step)
