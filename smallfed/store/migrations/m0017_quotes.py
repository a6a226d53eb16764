"""Quotes and consent: what posts say about interactions, quotes, stamps given, and approvals asked for."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE quotes (                   -- which post quotes which
    id INTEGER PRIMARY KEY,
    post_id INTEGER NOT NULL UNIQUE REFERENCES posts (id) ON DELETE CASCADE, -- the one that quotes
    quoted TEXT,                            -- uri of what is quoted, known or not; NULL: a tombstone
    quoted_id INTEGER REFERENCES posts (id) ON DELETE SET NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'rejected', 'revoked', 'deleted')),
    legacy INTEGER NOT NULL DEFAULT 0,      -- in a form that knows no consent
    claimed TEXT,                           -- the stamp that the quoting post names
    stamp TEXT,                             -- the one that was found to be good
    request TEXT,                           -- id of the QuoteRequest
    checked_at INTEGER,                     -- when the stamp was looked at
    created_at INTEGER NOT NULL
) STRICT""",
    "CREATE INDEX quotes_quoted ON quotes (quoted_id, state, id) WHERE quoted_id IS NOT NULL",
    "CREATE INDEX quotes_uri ON quotes (quoted) WHERE quoted IS NOT NULL",
    "CREATE INDEX quotes_stamp ON quotes (stamp) WHERE stamp IS NOT NULL",
    "CREATE INDEX quotes_claimed ON quotes (claimed) WHERE claimed IS NOT NULL",
    "CREATE INDEX quotes_request ON quotes (request) WHERE request IS NOT NULL",
    """CREATE TABLE policies (                 -- what posts say about interactions, ours and others'
    post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    policy TEXT NOT NULL                    -- JSON {quote|reply|like|announce: {automatic, manual}}
) STRICT""",
    """CREATE TABLE stamps (                   -- what the owner allowed others; each can be read under its id
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('quote', 'reply', 'like', 'announce', 'feature')),
    account_id INTEGER NOT NULL REFERENCES accounts (id), -- whom
    interacting TEXT NOT NULL,              -- uri of their quote, reply, like, boost or collection
    target TEXT NOT NULL,                   -- uri of our post or actor
    post_id INTEGER REFERENCES posts (id) ON DELETE CASCADE, -- our post; NULL where it is the actor
    request TEXT,                           -- id of the activity that asked
    created_at INTEGER NOT NULL,
    UNIQUE (interacting, target, kind)
) STRICT""",
    "CREATE INDEX stamps_account ON stamps (account_id)",
    "CREATE INDEX stamps_post ON stamps (post_id) WHERE post_id IS NOT NULL",
    """CREATE TABLE approvals (                -- what the owner may only do when another agrees
    post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE, -- our reply or boost
    account_id INTEGER NOT NULL REFERENCES accounts (id), -- who is asked
    state TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'rejected')),
    uri TEXT,                               -- what proves it
    created_at INTEGER NOT NULL
) STRICT""",
    "ALTER TABLE owners ADD COLUMN quote_policy TEXT NOT NULL DEFAULT 'public'"
    " CHECK (quote_policy IN ('public', 'followers', 'nobody'))",
)


def apply(db: Database) -> None:
    """Create the tables of consent, and the owner's default for quotes."""
    for step in STEPS:
        db.execute(step)
