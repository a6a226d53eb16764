"""Files of others that are kept count as growth, whoever keeps them."""

from sqlite_utils import Database

COUNT = """INSERT INTO growth (day, cause, host, files, file_bytes)
        VALUES (new.fetched_at / 86400000, new.cause, new.host, {files}, {size})
        ON CONFLICT (day, cause, host) DO UPDATE SET files = files + excluded.files,
        file_bytes = file_bytes + excluded.file_bytes;"""
FILE, PREVIEW = COUNT.format(files=1, size="new.size"), COUNT.format(files=0, size="new.preview_size")

STEPS = (
    f"""CREATE TRIGGER growth_file_come AFTER INSERT ON copies WHEN new.file IS NOT NULL BEGIN {FILE} END""",
    f"""CREATE TRIGGER growth_file_change AFTER UPDATE OF file ON copies
    WHEN new.file IS NOT NULL AND new.file IS NOT old.file BEGIN {FILE} END""",
    f"""CREATE TRIGGER growth_preview_come AFTER INSERT ON copies WHEN new.preview IS NOT NULL BEGIN {PREVIEW} END""",
    f"""CREATE TRIGGER growth_preview_change AFTER UPDATE OF preview ON copies
    WHEN new.preview IS NOT NULL AND new.preview IS NOT old.preview BEGIN {PREVIEW} END""",
)


def apply(db: Database) -> None:
    """Add the triggers."""
    for step in STEPS:
        db.execute(step)
