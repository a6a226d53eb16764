"""Notifications in groups, filtered ones with who asks to be heard, and what was cut by a domain block.

A group's key is made when its notification is; what was there before gets one as if it had been made so.
"""

from sqlite_utils import Database

HOUR, SPAN = 3_600_000, 12  # milliseconds; hours that a group may last

STEPS = (
    "ALTER TABLE notifications ADD COLUMN group_key TEXT",  # NULL: it stands by itself
    "ALTER TABLE notifications ADD COLUMN filtered INTEGER NOT NULL DEFAULT 0",  # kept from the owner by the policy
    "ALTER TABLE notifications ADD COLUMN subject_id INTEGER",  # the severance, or the report, by its type
    "ALTER TABLE notifications ADD COLUMN newest INTEGER NOT NULL DEFAULT 1",  # of its group; by itself it is
    "ALTER TABLE notifications ADD COLUMN oldest INTEGER NOT NULL DEFAULT 1",
    "DROP INDEX notifications_once",
    """CREATE UNIQUE INDEX notifications_once
    ON notifications (type, account_id, ifnull(post_id, 0), ifnull(subject_id, 0))""",
    """CREATE TABLE notification_policies (      -- one row, once the owner has changed something
    id INTEGER PRIMARY KEY CHECK (id = 1),
    not_following TEXT NOT NULL CHECK (not_following IN ('accept', 'filter', 'drop')),
    not_followers TEXT NOT NULL CHECK (not_followers IN ('accept', 'filter', 'drop')),
    new_accounts TEXT NOT NULL CHECK (new_accounts IN ('accept', 'filter', 'drop')),
    private_mentions TEXT NOT NULL CHECK (private_mentions IN ('accept', 'filter', 'drop')),
    limited_accounts TEXT NOT NULL CHECK (limited_accounts IN ('accept', 'filter', 'drop'))
) STRICT""",
    """CREATE TABLE notification_requests (      -- whose mentions were filtered, and wait for the owner's word
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL UNIQUE REFERENCES accounts (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL                  -- when the last one came
) STRICT""",
    """CREATE TABLE notification_permissions (   -- of whom the owner wants to hear, whatever the policy says
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL
) STRICT""",
    """CREATE TABLE severances (                 -- a block that ended follows
    id INTEGER PRIMARY KEY,
    type TEXT NOT NULL CHECK (type IN ('domain_block', 'user_domain_block')),
    target TEXT NOT NULL,                        -- the domain
    followers INTEGER NOT NULL,                  -- how many followed the owner
    following INTEGER NOT NULL,                  -- how many the owner followed
    created_at INTEGER NOT NULL
) STRICT""",
    """CREATE TABLE severed_follows (            -- each of these follows, as it was: what undoing would need
    severance_id INTEGER NOT NULL REFERENCES severances (id) ON DELETE CASCADE,
    follower_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    uri TEXT NOT NULL,
    reblogs INTEGER NOT NULL,
    notify INTEGER NOT NULL,
    languages TEXT,                              -- JSON list or NULL for all
    created_at INTEGER NOT NULL,                 -- when the follow began
    PRIMARY KEY (severance_id, follower_id, target_id)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX severed_follows_follower ON severed_follows (follower_id)",
    "CREATE INDEX severed_follows_target ON severed_follows (target_id)",
)

INDEXES = (
    "CREATE INDEX notifications_group ON notifications (group_key, id, account_id) WHERE group_key IS NOT NULL",
    "CREATE INDEX notifications_shown ON notifications (id) WHERE NOT filtered",
    "CREATE INDEX notifications_type ON notifications (type, id) WHERE NOT filtered",
    "CREATE INDEX notifications_newest ON notifications (type, id) WHERE newest AND NOT filtered",
    "CREATE INDEX notifications_oldest ON notifications (type, id) WHERE oldest AND NOT filtered",
    "CREATE INDEX notifications_kept ON notifications (id) WHERE filtered",
    "CREATE INDEX notifications_filtered ON notifications (account_id, id) WHERE filtered",
)


def apply(db: Database) -> None:
    """Add columns and tables, group what is there, and index it."""
    for step in STEPS:
        db.execute(step)
    _forget_blocked(db)
    _group(db)
    for step in INDEXES:
        db.execute(step)


def _forget_blocked(db: Database) -> None:
    """Remove what is told of people on blocked domains: it was not shown, and from now on it goes with the block."""
    domains = {domain for (domain,) in db.execute("SELECT domain FROM domain_blocks").fetchall()}
    rows = db.execute(
        "SELECT a.id, a.host, a.origin FROM accounts a WHERE a.id IN (SELECT account_id FROM notifications)"
    ).fetchall()
    for account, *hosts in rows if domains else ():
        if any(not domains.isdisjoint(_above(host)) for host in hosts):
            db.execute("DELETE FROM notifications WHERE account_id = ?", (account,))


def _above(host: str) -> list[str]:
    labels = host.lower().partition(":")[0].split(".")
    return [".".join(labels[start:]) for start in range(len(labels))]


def _group(db: Database) -> None:
    begun: dict[tuple[str, int | None], int] = {}
    keys: list[tuple[str, int]] = []
    rows = db.execute(
        "SELECT id, type, post_id, created_at FROM notifications WHERE type IN ('favourite', 'reblog', 'follow')"
        " ORDER BY created_at, id"
    )
    for number, type_, post, created_at in rows.fetchall():
        hour, about = created_at // HOUR, type_ if type_ == "follow" else f"{type_}-{post}"
        if hour >= begun.get((type_, post), -SPAN) + SPAN:
            begun[type_, post] = hour
        keys.append((f"{about}-{begun[type_, post]}", number))
    db.conn.executemany("UPDATE notifications SET group_key = ? WHERE id = ?", keys)
    for column, end in (("newest", "max"), ("oldest", "min")):
        db.execute(
            f"UPDATE notifications SET {column} = 0 WHERE group_key IS NOT NULL AND id NOT IN"
            f" (SELECT {end}(id) FROM notifications WHERE group_key IS NOT NULL GROUP BY group_key)"
        )
