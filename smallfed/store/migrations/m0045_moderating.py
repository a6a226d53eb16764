"""What the owner thinks of whole servers, in more words than whether they are blocked."""

from sqlite_utils import Database

STEPS = (
    # severity: 'suspend' blocks it; the others are kept for the owner and for apps, and cut nothing
    "ALTER TABLE domain_blocks ADD COLUMN severity TEXT NOT NULL DEFAULT 'suspend'"
    " CHECK (severity IN ('suspend', 'silence', 'noop'))",
    "ALTER TABLE domain_blocks ADD COLUMN reject_media INTEGER NOT NULL DEFAULT 0 CHECK (reject_media IN (0, 1))",
    "ALTER TABLE domain_blocks ADD COLUMN reject_reports INTEGER NOT NULL DEFAULT 0 CHECK (reject_reports IN (0, 1))",
    "ALTER TABLE domain_blocks ADD COLUMN private_comment TEXT NOT NULL DEFAULT ''",  # for the owner's eyes
    "ALTER TABLE domain_blocks ADD COLUMN public_comment TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE domain_blocks ADD COLUMN obfuscate INTEGER NOT NULL DEFAULT 0 CHECK (obfuscate IN (0, 1))",
    """CREATE TABLE domain_allows (            -- kept for a server that would federate with these only
        id INTEGER PRIMARY KEY,
        domain TEXT NOT NULL UNIQUE,
        created_at INTEGER NOT NULL
    ) STRICT""",
)


def apply(db: Database) -> None:
    """Add the columns, create the table."""
    for step in STEPS:
        db.execute(step)
