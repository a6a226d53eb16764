"""How much copies of others' media take, by why they are here, kept in step with them."""

from sqlite_utils import Database

TAKE = """UPDATE holdings SET files = files - (old.file IS NOT NULL),
        bytes = bytes - iif(old.file IS NULL, 0, old.size),
        previews = previews - (old.preview IS NOT NULL),
        preview_bytes = preview_bytes - iif(old.preview IS NULL, 0, old.preview_size) WHERE cause = old.cause;"""

GIVE = """INSERT INTO holdings (cause, files, bytes, previews, preview_bytes) VALUES (new.cause,
        new.file IS NOT NULL, iif(new.file IS NULL, 0, new.size),
        new.preview IS NOT NULL, iif(new.preview IS NULL, 0, new.preview_size))
        ON CONFLICT (cause) DO UPDATE SET files = files + excluded.files, bytes = bytes + excluded.bytes,
        previews = previews + excluded.previews, preview_bytes = preview_bytes + excluded.preview_bytes;"""

STEPS = (
    """CREATE TABLE holdings (              -- sums over copies, so that nobody has to count
    cause TEXT PRIMARY KEY,                 -- as in copies
    files INTEGER NOT NULL,                 -- originals that are kept
    bytes INTEGER NOT NULL,                 -- of these
    previews INTEGER NOT NULL,
    preview_bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    """INSERT INTO holdings SELECT cause, count(file), ifnull(sum(iif(file IS NULL, 0, size)), 0), count(preview),
    ifnull(sum(iif(preview IS NULL, 0, preview_size)), 0) FROM copies GROUP BY cause""",
    f"CREATE TRIGGER holdings_come AFTER INSERT ON copies BEGIN {GIVE} END",
    f"CREATE TRIGGER holdings_go AFTER DELETE ON copies BEGIN {TAKE} END",
    f"""CREATE TRIGGER holdings_change AFTER UPDATE OF cause, file, size, preview, preview_size ON copies
    BEGIN {TAKE} {GIVE} END""",
)


def apply(db: Database) -> None:
    """Add the table and what keeps it in step."""
    for step in STEPS:
        db.execute(step)
