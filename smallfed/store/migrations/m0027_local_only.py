"""Posts that stay in the house: a fifth visibility, ``local``, which only the owner's own posts have.

A CHECK that lets more pass changes nothing that is on disk: the text of the table is changed in place, as SQLite
describes it for this case, instead of copying millions of rows.

Spec: https://www.sqlite.org/lang_altertable.html#otheralter (the simpler procedure).
"""

from sqlite_utils import Database

FOUR = "CHECK (visibility IN ('public', 'unlisted', 'private', 'direct'))"
FIVE = """CHECK (visibility IN ('public', 'unlisted', 'private', 'direct')
        OR (visibility = 'local' AND local))"""


def apply(db: Database) -> None:
    """Widen the CHECK of ``posts.visibility``."""
    (version,) = db.execute("PRAGMA schema_version").fetchone()
    db.execute("PRAGMA writable_schema = ON")
    try:
        changed = db.execute(
            "UPDATE sqlite_schema SET sql = replace(sql, ?, ?)"
            " WHERE type = 'table' AND name = 'posts' AND instr(sql, ?) > 0",
            [FOUR, FIVE, FOUR],
        ).rowcount
        if changed != 1:
            raise RuntimeError("the table of posts is not as this step expects it")
        db.execute(f"PRAGMA schema_version = {version + 1}")
    finally:
        db.execute("PRAGMA writable_schema = RESET")
