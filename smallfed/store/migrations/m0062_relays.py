"""Relays: who passes on what, what waits of it, what was kept of it, and what it cost."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE relays (
    id INTEGER PRIMARY KEY,
    address TEXT NOT NULL UNIQUE,           -- as the owner gave it
    host TEXT NOT NULL,                     -- host[:port] of the address, lower case
    style TEXT CHECK (style IN ('mastodon', 'litepub')), -- NULL: not found out yet
    inbox TEXT,                             -- where it is sent to; NULL: not found out yet
    actor TEXT,                             -- id of who signs; NULL: it has not answered yet
    direction TEXT NOT NULL CHECK (direction IN ('both', 'receive', 'send')),
    state TEXT NOT NULL CHECK (state IN ('new', 'pending', 'accepted', 'refused', 'lost')),
    reason TEXT NOT NULL,                   -- why it is refused or lost
    paused INTEGER NOT NULL CHECK (paused IN (0, 1)),
    follow TEXT NOT NULL UNIQUE,            -- id of our Follow
    their_follow TEXT,                      -- id of theirs
    filters TEXT NOT NULL,                  -- JSON: domain/relay.Filters
    caps TEXT NOT NULL,                     -- JSON: domain/relay.Caps
    created_at INTEGER NOT NULL,
    answered_at INTEGER,
    heard_at INTEGER,                       -- when it last brought something
    advised_at INTEGER,                     -- when the owner was last told that it is of no use
    CHECK (state IN ('new', 'lost') OR (style IS NOT NULL AND inbox IS NOT NULL)),
    CHECK (state <> 'accepted' OR actor IS NOT NULL)
) STRICT""",
    """CREATE TABLE relay_arrivals (           -- what relays have brought and nobody has decided yet; a capped queue
    id INTEGER PRIMARY KEY,                 -- the order of arrival
    relay_id INTEGER NOT NULL REFERENCES relays (id) ON DELETE CASCADE,
    host TEXT NOT NULL,                     -- of what it is about
    uri TEXT,                               -- the post that is to be read there; NULL: not looked at yet
    body BLOB NOT NULL,
    received_at INTEGER NOT NULL
) STRICT""",
    "CREATE INDEX relay_arrivals_relay ON relay_arrivals (relay_id, id)",
    "CREATE UNIQUE INDEX relay_arrivals_uri ON relay_arrivals (uri) WHERE uri IS NOT NULL",
    """CREATE TABLE relayed (                  -- posts that are here because a relay brought them
    post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    relay_id INTEGER NOT NULL,              -- which one, also when it is gone
    read INTEGER NOT NULL DEFAULT 0 CHECK (read IN (0, 1)) -- an app was shown it
) STRICT""",
    """CREATE TABLE relay_days (               -- what a relay brought and cost on a day: domain/relay.Tally
    relay_id INTEGER NOT NULL REFERENCES relays (id) ON DELETE CASCADE,
    day INTEGER NOT NULL,                   -- since 1970, UTC
    heard INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    posts INTEGER NOT NULL DEFAULT 0,
    known INTEGER NOT NULL DEFAULT 0,
    passed_on INTEGER NOT NULL DEFAULT 0,
    fetches INTEGER NOT NULL DEFAULT 0,
    cpu INTEGER NOT NULL DEFAULT 0,         -- microseconds
    read INTEGER NOT NULL DEFAULT 0,
    liked INTEGER NOT NULL DEFAULT 0,
    boosted INTEGER NOT NULL DEFAULT 0,
    bookmarked INTEGER NOT NULL DEFAULT 0,
    answered INTEGER NOT NULL DEFAULT 0,
    followed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (relay_id, day)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE relay_refusals (           -- what of it was not taken, and why
    relay_id INTEGER NOT NULL REFERENCES relays (id) ON DELETE CASCADE,
    day INTEGER NOT NULL,
    reason TEXT NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (relay_id, day, reason)
) STRICT, WITHOUT ROWID""",
    # by_relay: signed by the actor that relays of the LitePub kind follow
    "ALTER TABLE bodies ADD COLUMN by_relay INTEGER NOT NULL DEFAULT 0 CHECK (by_relay IN (0, 1))",
)


def apply(db: Database) -> None:
    """Create the tables, add the column."""
    for step in STEPS:
        db.execute(step)
