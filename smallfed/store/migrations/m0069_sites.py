"""Sites: what is registered of a host, by which the ledger and what waits are counted, too.

Whoever has a wildcard below a domain has as many hosts as they like.
"""

from sqlite_utils import Database

from smallfed.policy.sites import site

OPEN = "state IN ('waiting', 'parked')"


def apply(db: Database) -> None:
    """Add the column, fill it, and count anew what waits."""
    db.execute("ALTER TABLE refusals ADD COLUMN site TEXT NOT NULL DEFAULT ''")  # registered domain of the host
    hosts = [host for (host,) in db.execute("SELECT DISTINCT host FROM refusals").fetchall()]
    for host in hosts:
        db.execute("UPDATE refusals SET site = ? WHERE host = ?", [site(host), host])
    db.execute("CREATE INDEX refusals_site ON refusals (site, id)")
    waiting = db.execute(f"SELECT host, count(*) FROM inbound WHERE {OPEN} GROUP BY host").fetchall()
    db.execute("DELETE FROM inbound_hosts WHERE host <> ''")
    for host, count in waiting:
        db.execute(
            "INSERT INTO inbound_hosts (host, waiting) VALUES (?1, ?2)"
            " ON CONFLICT (host) DO UPDATE SET waiting = waiting + excluded.waiting",
            [site(host), count],
        )
