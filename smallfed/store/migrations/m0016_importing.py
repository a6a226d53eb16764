"""Importing: files that the owner brought, line by line."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,                     -- as in domain/bulk
    overwrite INTEGER NOT NULL,             -- what was here and is not in the file has gone
    created_at INTEGER NOT NULL,
    started_at INTEGER                      -- NULL: its lines still come in
) STRICT""",
    """CREATE TABLE import_lines (
    id INTEGER PRIMARY KEY,                 -- a counter: the order of the file, shown to nobody
    import_id INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,                -- in the file
    address TEXT NOT NULL,
    host TEXT NOT NULL,                     -- to ask; '' for none
    wanted TEXT NOT NULL,                   -- JSON of domain/bulk.Line
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed')),
    due INTEGER,                            -- NULL until the import has started
    attempts INTEGER NOT NULL DEFAULT 0,
    reason TEXT                             -- what went wrong last
) STRICT""",
    "CREATE INDEX import_lines_waiting ON import_lines (host, due, id) WHERE state = 'waiting'",
    "CREATE INDEX import_lines_import ON import_lines (import_id, state)",
)


def apply(db: Database) -> None:
    """Add the tables."""
    for step in STEPS:
        db.execute(step)
