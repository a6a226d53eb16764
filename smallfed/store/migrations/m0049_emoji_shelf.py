"""What the owner decides about custom emoji, and what is known of where they came from."""

from sqlite_utils import Database

STEPS = (
    "ALTER TABLE emojis ADD COLUMN visible INTEGER NOT NULL DEFAULT 1",  # whether the pickers of apps list it
    "ALTER TABLE emojis ADD COLUMN enabled INTEGER NOT NULL DEFAULT 1",  # 0: what is written with it shows no picture
    "ALTER TABLE emojis ADD COLUMN license TEXT NOT NULL DEFAULT ''",  # as whoever gave it away said, in their words
    "ALTER TABLE emojis ADD COLUMN origin TEXT NOT NULL DEFAULT ''",  # address it was copied from; '': it was a file
)


def apply(db: Database) -> None:
    """Add the columns."""
    for step in STEPS:
        db.execute(step)
