"""What holds for whole servers, by whose word; and follows that wait, frozen, until a block is final or lifted.

Blocks from before have ended the follows they met: they are final.
"""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE standing (                -- becomes domain_blocks: what holds for a server and all below it
    id INTEGER PRIMARY KEY,
    domain TEXT NOT NULL,                   -- '*.x': only what is below x; '*': everybody (see origin)
    origin TEXT NOT NULL DEFAULT 'owner' CHECK (origin IN ('owner', 'lists', 'mode')), -- mode: allow-list mode is on
    severity TEXT NOT NULL DEFAULT 'suspend' CHECK (severity IN ('suspend', 'silence', 'noop')),
    reject_media INTEGER NOT NULL DEFAULT 0 CHECK (reject_media IN (0, 1)),
    reject_reports INTEGER NOT NULL DEFAULT 0 CHECK (reject_reports IN (0, 1)),
    no_relay INTEGER NOT NULL DEFAULT 0 CHECK (no_relay IN (0, 1)),
    mute INTEGER NOT NULL DEFAULT 0 CHECK (mute IN (0, 1)),
    private_comment TEXT NOT NULL DEFAULT '', -- for the owner's eyes
    public_comment TEXT NOT NULL DEFAULT '',
    obfuscate INTEGER NOT NULL DEFAULT 0 CHECK (obfuscate IN (0, 1)),
    cut_at INTEGER,                         -- since when it is suspended
    final_at INTEGER,                       -- when what it had frozen was ended, and those there were told
    created_at INTEGER NOT NULL,
    UNIQUE (domain, origin),
    CHECK (domain <> '*' OR origin = 'mode')
) STRICT""",
    """INSERT INTO standing (id, domain, severity, reject_media, reject_reports, private_comment, public_comment,
        obfuscate, cut_at, final_at, created_at)
    SELECT id, domain, severity, reject_media, reject_reports, private_comment, public_comment, obfuscate,
        CASE severity WHEN 'suspend' THEN created_at END, CASE severity WHEN 'suspend' THEN created_at END, created_at
    FROM domain_blocks""",
    "DROP TABLE domain_blocks",
    "ALTER TABLE standing RENAME TO domain_blocks",
    # Whether there is any such row is asked with every list of posts; there may be 50,000 of the others.
    "CREATE INDEX domain_blocks_suspend ON domain_blocks (id) WHERE severity = 'suspend'",
    "CREATE INDEX domain_blocks_silence ON domain_blocks (id) WHERE severity = 'silence'",
    "CREATE INDEX domain_blocks_bare ON domain_blocks (id) WHERE reject_media",
    "CREATE INDEX domain_blocks_mute ON domain_blocks (id) WHERE mute",
    "CREATE INDEX domain_blocks_mode ON domain_blocks (id) WHERE origin = 'mode'",
    """CREATE TABLE thawing (                  -- becomes follows
    id INTEGER PRIMARY KEY,
    follower_id INTEGER NOT NULL REFERENCES accounts (id),
    target_id INTEGER NOT NULL REFERENCES accounts (id),
    uri TEXT NOT NULL,                      -- of the Follow activity, byte for byte
    state TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'frozen')), -- frozen: a block hides it, nobody is told
    thaws TEXT CHECK (thaws IN ('pending', 'accepted')), -- what it was, and is again when the block is lifted
    reblogs INTEGER NOT NULL DEFAULT 1,
    notify INTEGER NOT NULL DEFAULT 0,
    languages TEXT,                         -- JSON list or NULL for all
    created_at INTEGER NOT NULL,
    UNIQUE (follower_id, target_id),
    CHECK ((state = 'frozen') = (thaws IS NOT NULL))
) STRICT""",
    """INSERT INTO thawing (id, follower_id, target_id, uri, state, reblogs, notify, languages, created_at)
    SELECT id, follower_id, target_id, uri, state, reblogs, notify, languages, created_at FROM follows""",
    "DROP TABLE follows",
    "ALTER TABLE thawing RENAME TO follows",
    "CREATE INDEX follows_target ON follows (target_id, state, id)",
    "CREATE INDEX follows_follower ON follows (follower_id, state, id)",
    "CREATE INDEX follows_uri ON follows (uri)",
    """CREATE TABLE frozen_notifications (     -- what the owner was told of people whom a block hides; as notifications
    id INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    post_id INTEGER REFERENCES posts (id) ON DELETE CASCADE,
    subject_id INTEGER,
    group_key TEXT,
    filtered INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT""",
    "CREATE INDEX frozen_notifications_account ON frozen_notifications (account_id)",
    "CREATE INDEX frozen_notifications_post ON frozen_notifications (post_id) WHERE post_id IS NOT NULL",
    "ALTER TABLE severances ADD COLUMN restored_at INTEGER",  # when the block was lifted before it was final
    "ALTER TABLE severances ADD COLUMN final_at INTEGER",  # when these follows ended; neither: they are frozen
    "UPDATE severances SET final_at = created_at",
)


def apply(db: Database) -> None:
    """Rebuild both tables, and add what waits beside them."""
    for step in STEPS:
        db.execute(step)
