"""Correspondences: direct posts by thread and people. Those that are here already are taken as read."""

import json
from collections.abc import Iterator

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE correspondences (
    id INTEGER PRIMARY KEY,
    thread INTEGER NOT NULL,                -- topmost post we held when it began; no reference: that may be deleted
    people TEXT NOT NULL,                   -- JSON list of the others' accounts, ascending
    last_post_id INTEGER,                   -- the newest of its posts: kept so below
    unread INTEGER NOT NULL CHECK (unread IN (0, 1)),
    UNIQUE (thread, people)
) STRICT""",
    "CREATE INDEX correspondences_last ON correspondences (last_post_id)",
    """CREATE TABLE correspondence_posts (
    post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    correspondence_id INTEGER NOT NULL REFERENCES correspondences (id) ON DELETE CASCADE
) STRICT""",
    "CREATE INDEX correspondence_posts_newest ON correspondence_posts (correspondence_id, post_id)",
    # Posts go in many ways; whichever it is, no correspondence keeps one that is gone, and none stays empty.
    """CREATE TRIGGER correspondence_posts_come AFTER INSERT ON correspondence_posts BEGIN
    UPDATE correspondences SET last_post_id = max(ifnull(last_post_id, 0), new.post_id)
        WHERE id = new.correspondence_id;
END""",
    """CREATE TRIGGER correspondence_posts_go AFTER DELETE ON correspondence_posts BEGIN
    UPDATE correspondences SET last_post_id = (SELECT max(post_id) FROM correspondence_posts
        WHERE correspondence_id = old.correspondence_id) WHERE id = old.correspondence_id;
    DELETE FROM correspondences WHERE id = old.correspondence_id AND last_post_id IS NULL;
END""",
    "CREATE INDEX posts_direct ON posts (id) WHERE visibility = 'direct'",
)

# Oldest first. With whom the owner has a block was never shown.
DIRECT = """SELECT p.id, p.account_id, p.in_reply_to_id FROM posts p, owners o
    WHERE p.visibility = 'direct' AND p.boost_of_id IS NULL
    AND (p.account_id = o.account_id
        OR EXISTS (SELECT 1 FROM mentions m WHERE m.post_id = p.id AND m.account_id = o.account_id))
    AND NOT EXISTS (SELECT 1 FROM blocks b WHERE (b.account_id = o.account_id AND b.target_id = p.account_id)
        OR (b.account_id = p.account_id AND b.target_id = o.account_id))
    ORDER BY p.id"""


def apply(db: Database) -> None:
    """Create the tables, and put the direct posts into them that are here."""
    for step in STEPS:
        db.execute(step)
    for post, thread, people in _found(db):
        known = (thread, json.dumps(people, separators=(",", ":")))
        db.execute(
            "INSERT OR IGNORE INTO correspondences (id, thread, people, unread) VALUES (?, ?, ?, 0)", [post, *known]
        )
        db.execute(
            "INSERT INTO correspondence_posts (post_id, correspondence_id)"
            " SELECT ?, id FROM correspondences WHERE thread = ? AND people = ?",
            [post, *known],
        )


def _found(db: Database) -> Iterator[tuple[int, int, list[int]]]:
    """Yield (post, topmost post of its thread, the others' accounts)."""
    owner, tops = db.execute("SELECT account_id FROM owners").fetchone(), dict[int, int]()
    for post, author, _ in db.execute(DIRECT).fetchall() if owner else ():
        named = db.execute("SELECT account_id FROM mentions WHERE post_id = ? AND NOT silent", [post]).fetchall()
        yield post, _top(db, post, tops), sorted({author, *(account for (account,) in named)} - {owner[0]})


def _top(db: Database, post: int, tops: dict[int, int]) -> int:
    """Return the topmost post above ``post``. What is known of others is used, or long threads would take for ever."""
    seen = {post: None}
    while True:
        (above,) = db.execute("SELECT in_reply_to_id FROM posts WHERE id = ?", [post]).fetchone()
        if above is None or above in seen:  # others can make a ring of theirs
            break
        post = above
        if post in tops:
            post = tops[post]
            break
        seen[post] = None
    tops.update(dict.fromkeys(seen, post))
    return post
