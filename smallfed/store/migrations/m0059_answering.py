"""What became of complaints, and whose servers they came from."""

from sqlite_utils import Database

from smallfed.policy.sites import registrable

STEPS = (
    # deeds: what the owner did about it, a JSON list of words (domain/report.Deed)
    "ALTER TABLE reports ADD COLUMN deeds TEXT NOT NULL DEFAULT '[]'",
    # site: what whoever runs ``host`` has registered; as many hosts below it as somebody likes complain as one
    "ALTER TABLE reports ADD COLUMN site TEXT",
    "DROP INDEX reports_host",
    "CREATE INDEX reports_site ON reports (site, created_at) WHERE site IS NOT NULL",
)


def apply(db: Database) -> None:
    """Add the columns."""
    for step in STEPS:
        db.execute(step)
    for number, host in db.execute("SELECT id, host FROM reports WHERE host IS NOT NULL").fetchall():
        db.execute("UPDATE reports SET site = ? WHERE id = ?", (registrable(host.partition(":")[0]), number))
