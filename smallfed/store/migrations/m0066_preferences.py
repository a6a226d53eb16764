"""What the owner prefers: who may answer, to whom counts are shown, and whose boosts are wanted."""

from sqlite_utils import Database

STEPS = (
    "ALTER TABLE owners ADD COLUMN reply_policy TEXT NOT NULL DEFAULT 'public'"  # of posts from then on
    " CHECK (reply_policy IN ('public', 'followers', 'following', 'nobody'))",
    "ALTER TABLE owners ADD COLUMN follow_counts TEXT NOT NULL DEFAULT 'everybody'"  # to whom they are shown
    " CHECK (follow_counts IN ('everybody', 'me', 'nobody'))",
    "ALTER TABLE owners ADD COLUMN post_counts TEXT NOT NULL DEFAULT 'everybody'"  # likes, boosts, quotes: as above
    " CHECK (post_counts IN ('everybody', 'me', 'nobody'))",
    "ALTER TABLE owners ADD COLUMN boosts INTEGER NOT NULL DEFAULT 1"  # wanted of whom the owner follows from then on
    " CHECK (boosts IN (0, 1))",
)


def apply(db: Database) -> None:
    """Add the columns."""
    for step in STEPS:
        db.execute(step)
