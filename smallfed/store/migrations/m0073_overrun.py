"""Waves of what comes without a word from servers that are overrun: one more kind."""

from sqlite_utils import Database

STEPS = (
    "DROP TRIGGER wave_items_go",
    """CREATE TABLE rolling (                 -- becomes waves: see domain/wave.Wave
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('alike', 'follows', 'names', 'new', 'unasked', 'host', 'overrun', 'calm')),
    name TEXT,                              -- what it is known by, where not by likeness, while it is open
    state TEXT NOT NULL CHECK (state IN ('watched', 'open', 'binned', 'released')),
    items INTEGER NOT NULL DEFAULT 0,       -- how many there have been
    accounts INTEGER NOT NULL DEFAULT 0,    -- by how many
    hosts INTEGER NOT NULL DEFAULT 0,       -- of how many servers
    points INTEGER NOT NULL DEFAULT 0,      -- what they weigh
    held INTEGER NOT NULL DEFAULT 0,        -- how many of them the owner was not told of
    traits INTEGER NOT NULL DEFAULT 0,      -- how many traits it has
    told INTEGER NOT NULL DEFAULT 0,        -- how many items the owner was told of last, in one line
    sample TEXT NOT NULL DEFAULT '',        -- how the first begins
    reason TEXT NOT NULL DEFAULT '',        -- why the last was held
    began_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    decided_at INTEGER                      -- when the owner binned or released it
) STRICT""",
    """INSERT INTO rolling SELECT id, kind, name, state, items, accounts, hosts, points, held, traits, told, sample,
        reason, began_at, last_at, decided_at FROM waves""",
    "DROP TABLE waves",
    "ALTER TABLE rolling RENAME TO waves",
    "CREATE INDEX waves_state ON waves (state, last_at)",
    "CREATE UNIQUE INDEX waves_name ON waves (name) WHERE name IS NOT NULL",
    "CREATE INDEX waves_held ON waves (last_at) WHERE held > 0 AND state IN ('watched', 'open')",
    """CREATE TRIGGER wave_items_go AFTER DELETE ON wave_items WHEN OLD.held BEGIN
        UPDATE waves SET held = max(held - 1, 0) WHERE id = OLD.wave_id;
    END""",
)


def apply(db: Database) -> None:
    """Rebuild the table."""
    for step in STEPS:
        db.execute(step)
