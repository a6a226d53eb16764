"""The index of what may be searched; posts that are here already are looked at by a loop, slice by slice."""

from sqlite_utils import Database

STEPS = (
    """CREATE TABLE searchables (              -- posts that may be found, as they stand in the index
    post_id INTEGER PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    library INTEGER NOT NULL CHECK (library IN (0, 1)), -- the owner wrote it, is named in it, or did something with it
    words TEXT NOT NULL,                    -- what can be read in it (text/words)
    marks TEXT NOT NULL                     -- what operators ask for (services/indexing)
) STRICT""",
    """CREATE VIRTUAL TABLE search_index USING fts5 (
    words, marks, content = 'searchables', content_rowid = 'post_id', tokenize = 'unicode61 remove_diacritics 2'
)""",
    "CREATE VIRTUAL TABLE search_words USING fts5vocab (search_index, 'row')",
    """CREATE TABLE search_leavings (          -- rows whose posts have gone and that the index still holds: it wants
    post_id INTEGER PRIMARY KEY,            -- to be told what it forgets; triggers may not tell it (trusted_schema)
    words TEXT NOT NULL,
    marks TEXT NOT NULL
) STRICT""",
    """CREATE TRIGGER searchables_gone AFTER DELETE ON searchables BEGIN
    INSERT OR REPLACE INTO search_leavings (post_id, words, marks) VALUES (old.post_id, old.words, old.marks);
END""",
    """CREATE TABLE search_rounds (            -- whose posts are still to be looked at, the newest first
    account_id INTEGER PRIMARY KEY,         -- 0: everybody's
    below INTEGER NOT NULL                  -- the id of the post that was looked at last
) STRICT""",
    "INSERT INTO search_rounds (account_id, below) SELECT 0, max(id) + 1 FROM posts HAVING count(*) > 0",
)


def apply(db: Database) -> None:
    """Make the index, empty, and note that there are posts to be looked at."""
    for step in STEPS:
        db.execute(step)
