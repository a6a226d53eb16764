"""Rules of the owner's, what they said about posts, and the ledger of what was refused."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE rules (                   -- the owner's, beside those that hold for servers (domain_blocks)
    id INTEGER PRIMARY KEY,
    family TEXT NOT NULL,                   -- by what it judges, see domain/rule.Family
    match TEXT NOT NULL,                    -- what it holds for, in the words of its family
    action TEXT NOT NULL,
    comment TEXT NOT NULL DEFAULT '',       -- why, for the owner's eyes
    expires_at INTEGER,                     -- NULL: never
    created_at INTEGER NOT NULL,
    UNIQUE (family, match, action)
) STRICT""",
    """CREATE TABLE rulebooks (               -- one row, while there are rules
    id INTEGER PRIMARY KEY CHECK (id = 1),
    digest TEXT NOT NULL                    -- of all rules: what was compiled of them may be kept by it
) STRICT""",
    """CREATE TABLE judgements (              -- what rules have said about posts that were let in
    post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    action TEXT NOT NULL,
    rule TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (post_id, action, rule)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE refusals (                -- the ledger: what was not let in, and why
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL,                     -- where it was refused: door, inbox, post, fetch
    actor TEXT NOT NULL,                    -- as it was said; at the door nobody has verified it
    host TEXT NOT NULL,                     -- of the actor
    activity TEXT NOT NULL DEFAULT '',      -- its id, or ''
    type TEXT NOT NULL,
    object TEXT NOT NULL DEFAULT '',        -- the id of what it is about, or ''
    action TEXT NOT NULL,
    rule TEXT NOT NULL,
    reason TEXT NOT NULL,
    times INTEGER NOT NULL DEFAULT 1,       -- how often, where single ones were not written down
    raw BLOB,                               -- the post as it came, packed (store/documents)
    size INTEGER NOT NULL,                  -- bytes that the row is counted with
    released_at INTEGER,                    -- when the owner let it in after all
    refused_at INTEGER NOT NULL
) STRICT""",
    "CREATE INDEX refusals_host ON refusals (host, id)",
    "CREATE INDEX refusals_actor ON refusals (actor, id)",
    "CREATE INDEX refusals_object ON refusals (object) WHERE object <> ''",
    "CREATE INDEX refusals_raw ON refusals (id) WHERE raw IS NOT NULL",
    """CREATE TABLE refusal_sizes (           -- how much there is, one row
    id INTEGER PRIMARY KEY CHECK (id = 1),
    bytes INTEGER NOT NULL
) STRICT""",
    "INSERT INTO refusal_sizes (id, bytes) VALUES (1, 0)",
    """CREATE TRIGGER refusals_come AFTER INSERT ON refusals BEGIN
        UPDATE refusal_sizes SET bytes = bytes + NEW.size;
    END""",
    """CREATE TRIGGER refusals_change AFTER UPDATE OF size ON refusals BEGIN
        UPDATE refusal_sizes SET bytes = bytes + NEW.size - OLD.size;
    END""",
    """CREATE TRIGGER refusals_go AFTER DELETE ON refusals BEGIN
        UPDATE refusal_sizes SET bytes = bytes - OLD.size;
    END""",
)


def apply(db: Database) -> None:
    """Add the tables."""
    for step in STEPS:
        db.execute(step)
