"""Web Push: what apps asked to be told of while they do not run, and what waits to be sent to them."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE push_subscriptions (       -- one for each token at most; they end with it
        id INTEGER PRIMARY KEY,                 -- below 2^53: apps read it as a JSON number
        token_id INTEGER NOT NULL UNIQUE REFERENCES tokens (id) ON DELETE CASCADE,
        endpoint TEXT NOT NULL,
        host TEXT NOT NULL,                     -- of the endpoint: what is asked of one goes one after the other
        p256dh BLOB NOT NULL,
        auth BLOB NOT NULL,
        standard INTEGER NOT NULL CHECK (standard IN (0, 1)), -- 0: as the drafts of the RFCs had it
        alerts TEXT NOT NULL,                   -- types of notifications, space separated
        policy TEXT NOT NULL CHECK (policy IN ('all', 'followed', 'follower', 'none')),
        sealed BLOB NOT NULL,                   -- the token, for the payload; its key is a file beside the database
        failing_since INTEGER,                  -- nothing has arrived since, though something was sent
        rest_until INTEGER,                     -- the host is left alone until then
        created_at INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX push_subscriptions_host ON push_subscriptions (host)",
    """CREATE TABLE pushes (                   -- what is, or was not, told to subscriptions; what has arrived is gone
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        subscription_id INTEGER NOT NULL REFERENCES push_subscriptions (id) ON DELETE CASCADE,
        notification_id INTEGER NOT NULL REFERENCES notifications (id) ON DELETE CASCADE,
        state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'failed')),
        due INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        answer TEXT,                            -- to the last attempt
        answered_at INTEGER,
        created_at INTEGER NOT NULL,
        UNIQUE (subscription_id, notification_id)
    ) STRICT""",
    "CREATE INDEX pushes_due ON pushes (due) WHERE state = 'waiting'",
    "CREATE INDEX pushes_notification ON pushes (notification_id)",
    "CREATE INDEX pushes_failed ON pushes (answered_at) WHERE state = 'failed'",
)


def apply(db: Database) -> None:
    """Create the tables."""
    for step in STEPS:
        db.execute(step)
