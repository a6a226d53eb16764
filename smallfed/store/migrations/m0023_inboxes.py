"""Whose inbox it is: when one is gone, those behind it are looked at again."""

from sqlite_utils import Database

STEPS = (
    "CREATE INDEX accounts_inbox ON accounts (inbox)",
    "CREATE INDEX accounts_shared_inbox ON accounts (shared_inbox) WHERE shared_inbox IS NOT NULL",
)


def apply(db: Database) -> None:
    """Add the indexes."""
    for step in STEPS:
        db.execute(step)
