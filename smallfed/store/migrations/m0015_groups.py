"""Groups (FEP-1b12): which group a post was made in, what its moderators did, and who they are."""

from sqlite_utils import Database

STEPS = (
    "ALTER TABLE posts ADD COLUMN audience TEXT",  # actor id of the group it was made in
    # taken out of its group by a moderator: nobody sees it but its author, until that is taken back
    "ALTER TABLE posts ADD COLUMN removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1))",
    # closed by a moderator: its thread takes no answers
    "ALTER TABLE posts ADD COLUMN locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1))",
    "ALTER TABLE accounts ADD COLUMN moderators TEXT",  # of a group: the collection that names them
    """CREATE TABLE moderators (               -- of groups, by the word of the group
    group_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    uri TEXT NOT NULL,                      -- actor id, known to us or not
    PRIMARY KEY (group_id, uri)
) STRICT, WITHOUT ROWID""",
)


def apply(db: Database) -> None:
    """Add what groups need."""
    for step in STEPS:
        db.execute(step)
