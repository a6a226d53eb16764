"""Posts for later, and drafts."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE scheduled_posts (          -- what the owner has written, and nobody has seen yet
    id INTEGER PRIMARY KEY,
    wish TEXT NOT NULL,                     -- JSON of domain/wish.Wish
    scheduled_at INTEGER NOT NULL,          -- as apps are told; of drafts a time far away
    due INTEGER,                            -- when it is taken up; NULL: drafts, and what could not be published
    problem TEXT NOT NULL DEFAULT '',       -- why it could not be published, for the owner
    application TEXT,                       -- name of the client app
    token_id INTEGER,                       -- with key: the Idempotency-Key it came with (RULINGS 13)
    key TEXT,
    created_at INTEGER NOT NULL,
    CHECK (due IS NULL OR problem = '')
) STRICT""",
    "CREATE INDEX scheduled_posts_due ON scheduled_posts (due) WHERE due IS NOT NULL",
    "CREATE INDEX scheduled_posts_time ON scheduled_posts (scheduled_at)",
    "CREATE INDEX scheduled_posts_key ON scheduled_posts (token_id, key) WHERE key IS NOT NULL",
)


def apply(db: Database) -> None:
    """Add the table."""
    for step in STEPS:
        db.execute(step)
