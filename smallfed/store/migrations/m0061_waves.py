"""What strangers send, gathered by likeness; how much they send; and where the owner wants calm."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE waves (                   -- see domain/wave.Wave
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('alike', 'follows', 'names', 'unasked', 'host', 'calm')),
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
    "CREATE INDEX waves_state ON waves (state, last_at)",
    "CREATE UNIQUE INDEX waves_name ON waves (name) WHERE name IS NOT NULL",
    "CREATE INDEX waves_held ON waves (last_at) WHERE held > 0 AND state IN ('watched', 'open')",
    """CREATE TABLE wave_traits (             -- numbers by which a thing is known to be like others (policy/likeness)
    trait INTEGER NOT NULL,
    wave_id INTEGER NOT NULL REFERENCES waves (id) ON DELETE CASCADE,
    PRIMARY KEY (trait, wave_id)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX wave_traits_wave ON wave_traits (wave_id)",
    """CREATE TABLE wave_items (              -- what notifies, or would; as notifications know it
    id INTEGER PRIMARY KEY,
    wave_id INTEGER NOT NULL REFERENCES waves (id) ON DELETE CASCADE,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    host TEXT NOT NULL,
    type TEXT NOT NULL,
    post_id INTEGER REFERENCES posts (id) ON DELETE CASCADE,
    held INTEGER NOT NULL,                  -- the owner was not told of it
    follow TEXT,                            -- the id of a Follow that was put away when the wave was binned
    at INTEGER NOT NULL
) STRICT""",
    "CREATE UNIQUE INDEX wave_items_once ON wave_items (account_id, type, ifnull(post_id, 0))",
    "CREATE INDEX wave_items_wave ON wave_items (wave_id, account_id)",
    "CREATE INDEX wave_items_host ON wave_items (wave_id, host)",
    "CREATE INDEX wave_items_post ON wave_items (post_id) WHERE post_id IS NOT NULL",
    """CREATE TRIGGER wave_items_go AFTER DELETE ON wave_items WHEN OLD.held BEGIN
        UPDATE waves SET held = max(held - 1, 0) WHERE id = OLD.wave_id;
    END""",
    """CREATE TABLE stranger_rates (          -- how much came within the hour, nearly (store/stranger_rates)
    name TEXT PRIMARY KEY,                  -- host:example.org, follows, names, unasked, thread:ID of its first post
    hour INTEGER NOT NULL,                  -- since 1970
    this INTEGER NOT NULL,                  -- how many in that hour
    last INTEGER NOT NULL                   -- how many in the hour before
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE stranger_limits (         -- what the configuration says, one row, while it says something
    id INTEGER PRIMARY KEY CHECK (id = 1),
    limits TEXT NOT NULL                    -- JSON, see domain/wave.Limits
) STRICT""",
    """CREATE TABLE calms (                   -- where only followers may notify, and until when
    root_id INTEGER NOT NULL UNIQUE,        -- the first post of the thread; 0: everywhere
    until INTEGER NOT NULL,
    began_at INTEGER NOT NULL
) STRICT""",
)


def apply(db: Database) -> None:
    """Add the tables."""
    for step in STEPS:
        db.execute(step)
