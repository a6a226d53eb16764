"""Films and sounds among what the owner uploads, and how large previews are."""

from sqlite_utils import Database

STEPS = (
    "ALTER TABLE media ADD COLUMN duration REAL",  # seconds, of what moves or sounds
    "ALTER TABLE media ADD COLUMN frame_rate TEXT",  # pictures a second as a fraction: 30/1
    "ALTER TABLE media ADD COLUMN bit_rate INTEGER",  # bits a second
    "ALTER TABLE media ADD COLUMN preview_size INTEGER",  # bytes of the preview
    "ALTER TABLE media ADD COLUMN preview_width INTEGER",
    "ALTER TABLE media ADD COLUMN preview_height INTEGER",
)


def apply(db: Database) -> None:
    """Add the columns."""
    for step in STEPS:
        db.execute(step)
