"""The words of the index, place by place: so they can be stepped through without counting the places of each."""

from sqlite_utils import Database

STEPS = (
    "DROP TABLE search_words",
    "CREATE VIRTUAL TABLE search_words USING fts5vocab (search_index, 'instance')",
)


def apply(db: Database) -> None:
    """Replace the view of the words."""
    for step in STEPS:
        db.execute(step)
