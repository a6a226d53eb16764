"""Lists of others: what they say, what they come to together, and what of it holds."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE blocklists (              -- a list, and how far the owner trusts it
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    url TEXT UNIQUE,                        -- NULL: the owner brought a file
    format TEXT NOT NULL,
    people INTEGER NOT NULL DEFAULT 0,      -- it names accounts, and not servers
    weight INTEGER NOT NULL CHECK (weight > 0),
    ceiling TEXT NOT NULL CHECK (ceiling IN ('suspend', 'silence', 'noop')), -- the most it can bring about
    labels TEXT NOT NULL DEFAULT '[]',      -- JSON: only entries with one of these count; none: all
    automatic INTEGER NOT NULL DEFAULT 0,   -- what cuts nobody off is done without asking
    paused INTEGER NOT NULL DEFAULT 0,      -- it is not read any more; what it said counts
    every_hours INTEGER NOT NULL,
    state TEXT NOT NULL,                    -- new, fine, held, failing, gone (its entries are being taken back)
    reason TEXT NOT NULL DEFAULT '',        -- why it is held or fails
    failures INTEGER NOT NULL DEFAULT 0,    -- in a row
    size INTEGER NOT NULL DEFAULT 0,        -- entries that count
    dropped INTEGER NOT NULL DEFAULT 0,     -- lines that said nothing of use
    etag TEXT,
    modified TEXT,                          -- Last-Modified, as it was said
    checksum TEXT,                          -- hex SHA-256 of what was read last
    due INTEGER,                            -- when it is read next; NULL: never
    read_at INTEGER,                        -- when it last said something, the same or not
    changed_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT""",
    "CREATE INDEX blocklists_due ON blocklists (due) WHERE due IS NOT NULL",
    """CREATE TABLE blocklist_entries (
    list_id INTEGER NOT NULL REFERENCES blocklists (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,                  -- a domain, @user@host, an actor's id, or sha256:… of a hidden name
    severity TEXT NOT NULL CHECK (severity IN ('suspend', 'silence', 'noop')),
    reject_media INTEGER NOT NULL,
    reject_reports INTEGER NOT NULL,
    obfuscate INTEGER NOT NULL,
    comment TEXT NOT NULL,                  -- public
    note TEXT NOT NULL,                     -- for those who read the list
    labels TEXT NOT NULL,                   -- JSON
    first_seen INTEGER NOT NULL,
    retracted_at INTEGER,                   -- since when the list does not say it any more; NULL: it does
    PRIMARY KEY (subject, list_id)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX blocklist_entries_list ON blocklist_entries (list_id, retracted_at)",
    "CREATE INDEX blocklist_entries_retracted ON blocklist_entries (retracted_at) WHERE retracted_at IS NOT NULL",
    """CREATE TABLE findings (                -- what the lists together say of a subject, and what of it holds
    subject TEXT PRIMARY KEY,
    person INTEGER NOT NULL,                -- somebody, and no server
    severity TEXT CHECK (severity IN ('suspend', 'silence', 'noop')), -- NULL: nothing any more
    reject_media INTEGER NOT NULL DEFAULT 0,
    reject_reports INTEGER NOT NULL DEFAULT 0,
    obfuscate INTEGER NOT NULL DEFAULT 0,
    comment TEXT NOT NULL DEFAULT '',       -- public
    because TEXT NOT NULL DEFAULT '',       -- of which lists, since when: for the owner's eyes
    holds TEXT CHECK (holds IN ('suspend', 'silence', 'noop')), -- NULL: nothing, yet
    state TEXT NOT NULL CHECK (state IN ('waiting', 'agreed', 'holding', 'ignored', 'touched')), -- see domain/finding
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX findings_waiting ON findings (subject) WHERE state = 'waiting'",
    "CREATE INDEX findings_people ON findings (holds) WHERE person AND holds IS NOT NULL",
    """CREATE TABLE unreckoned (              -- subjects of which lists, or the owner, say something else than before
    subject TEXT PRIMARY KEY                -- '*': what changed for servers that nobody knew has to be settled
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE quorums (                 -- one row: as the configuration says
    id INTEGER PRIMARY KEY CHECK (id = 1),
    block_at INTEGER NOT NULL,
    limit_at INTEGER NOT NULL
) STRICT""",
)


def apply(db: Database) -> None:
    """Add the tables."""
    for step in STEPS:
        db.execute(step)
