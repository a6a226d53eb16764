"""Cards: the pages that posts link to, and what is known of them."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE cards (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,               -- as the posts link to it
    page TEXT NOT NULL,                     -- the page's own name for itself, on the same host; until it was read, url
    type TEXT NOT NULL CHECK (type IN ('link', 'photo', 'video', 'rich')),
    title TEXT NOT NULL,                    -- plain text, as all that follows; '' until it was read, or has none
    description TEXT NOT NULL,
    author_name TEXT NOT NULL,
    author_url TEXT NOT NULL,               -- http(s), or '', as all addresses
    provider_name TEXT NOT NULL,
    provider_url TEXT NOT NULL,
    html TEXT NOT NULL,                     -- one iframe made by us, or ''
    width INTEGER NOT NULL,                 -- of what is embedded, else of the picture; 0: not known
    height INTEGER NOT NULL,
    image TEXT NOT NULL,
    image_description TEXT NOT NULL,
    embed_url TEXT NOT NULL,
    language TEXT NOT NULL,
    creator TEXT NOT NULL,                  -- the handle the page names as its author's, without @ in front
    published_at INTEGER,
    read_at INTEGER,                        -- when it was read last; NULL: never
    created_at INTEGER NOT NULL
) STRICT""",
    "CREATE INDEX cards_page ON cards (page)",
    """CREATE TABLE card_posts (               -- which post shows which card: that of its first link
    post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    card_id INTEGER NOT NULL REFERENCES cards (id)
) STRICT""",
    "CREATE INDEX card_posts_card ON card_posts (card_id, post_id)",
    """CREATE TRIGGER cards_unused AFTER DELETE ON card_posts -- also when the post goes, and takes its row along
    WHEN NOT EXISTS (SELECT 1 FROM card_posts WHERE card_id = OLD.card_id)
    BEGIN DELETE FROM cards WHERE id = OLD.card_id; END""",
)


def apply(db: Database) -> None:
    """Add the tables. What is there already gets its card when it is looked at."""
    for step in STEPS:
        db.execute(step)
