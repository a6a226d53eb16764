"""How the owner comes in: which browsers are inside, codes and passkeys besides the password."""

from sqlite_utils import Database

STEPS = (
    "ALTER TABLE sessions ADD COLUMN agent TEXT NOT NULL DEFAULT ''",  # which browser, in words of ours
    "ALTER TABLE sessions ADD COLUMN used_at INTEGER",  # to the hour
    """
CREATE TABLE halfway (                      -- browsers whose owner knew the password and is asked for more
    hash BLOB PRIMARY KEY,                  -- SHA-256 of the cookie
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID
""",
    """
CREATE TABLE second_factor (                -- no row: the password is enough
    id INTEGER PRIMARY KEY CHECK (id = 1),
    secret TEXT,                            -- of one-time codes, base32
    confirmed_at INTEGER,                   -- since when they are asked for; NULL: still being set up
    step INTEGER NOT NULL DEFAULT 0,        -- of the last code taken: neither it nor an older one is taken again
    passkeys INTEGER NOT NULL DEFAULT 0 CHECK (passkeys IN (0, 1)), -- whether a passkey is asked for as well
    CHECK (secret IS NOT NULL OR confirmed_at IS NULL)
) STRICT
""",
    """
CREATE TABLE recovery_codes (
    hash BLOB PRIMARY KEY,                  -- SHA-256
    used_at INTEGER
) STRICT, WITHOUT ROWID
""",
    """
CREATE TABLE passkeys (
    id BLOB PRIMARY KEY,                    -- the credential's, as the authenticator chose it
    name TEXT NOT NULL,
    public_key BLOB NOT NULL,               -- COSE
    counter INTEGER NOT NULL,               -- of signatures; one that does not grow is a copy
    transports TEXT NOT NULL,               -- space separated, hints for browsers
    created_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID
""",
    """
CREATE TABLE spent_challenges (             -- answered with a passkey: none is answered twice
    hash BLOB PRIMARY KEY,
    spent_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID
""",
)


def apply(db: Database) -> None:
    """Add the tables and columns."""
    for step in STEPS:
        db.execute(step)
