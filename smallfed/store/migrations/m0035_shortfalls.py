"""The compatibility ledger: what apps asked for and this server does not have."""

from sqlite_utils import Database

STEPS = (
    """
CREATE TABLE shortfalls (
    app TEXT NOT NULL,                      -- its name; of a caller without a token, what its User-Agent says first
    known INTEGER NOT NULL CHECK (known IN (0, 1)), -- whether it had a token
    method TEXT NOT NULL,
    route TEXT NOT NULL,                    -- as declared: no ids
    what TEXT NOT NULL CHECK (what IN ('stub', 'error', 'parameter')),
    name TEXT NOT NULL,                     -- of the parameter, or the status; never a value
    count INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (app, known, method, route, what, name)
) STRICT, WITHOUT ROWID
""",
    "CREATE INDEX shortfalls_last ON shortfalls (known, last_at)",  # the oldest go when there are too many
)


def apply(db: Database) -> None:
    """Add the table."""
    for step in STEPS:
        db.execute(step)
