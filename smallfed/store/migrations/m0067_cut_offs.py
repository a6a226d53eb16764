"""Whom blocks and lists keep away is written down by account and by host, so that thousands can be asked at once."""

from sqlite_utils import Database

_UP = """WITH RECURSIVE up (host, name, place) AS (
    SELECT host, lower(substr(host, 1, instr(host || ':', ':') - 1)), 0 FROM servers
    UNION SELECT host, CASE WHEN substr(name, 1, 2) = '*.' THEN substr(name, 3)
        WHEN instr(name, '.') THEN '*' || substr(name, instr(name, '.')) ELSE '*' END, place + 1
    FROM up WHERE name <> '*')"""
_NAMED = "FROM findings f CROSS JOIN accounts a ON {} WHERE f.person AND f.holds = 'suspend' AND NOT a.local"
_BY_HANDLE = """a.username = substr(f.subject, 2, instr(substr(f.subject, 2), '@') - 1) COLLATE NOCASE
    AND a.host = substr(f.subject, instr(substr(f.subject, 2), '@') + 2)"""

STEPS = (
    """CREATE TABLE cut_off_accounts (        -- of whom the house wants nothing; kept by store/cut_offs
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    named INTEGER NOT NULL                  -- lists name them, and their server is not blocked
) STRICT""",
    """CREATE TABLE cut_off_hosts (           -- which of the servers we know are blocked; kept by store/cut_offs
    host TEXT PRIMARY KEY REFERENCES hosts (host) ON DELETE CASCADE
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX accounts_server ON accounts (host, origin)",  # of a block: who is concerned
    "CREATE TEMP TABLE servers (host TEXT PRIMARY KEY)",
    "INSERT INTO servers SELECT host FROM accounts UNION SELECT origin FROM accounts UNION SELECT host FROM hosts",
    f"""CREATE TEMP TABLE cut_off AS {_UP}
    SELECT DISTINCT up.host FROM up JOIN domain_blocks d ON d.domain = up.name AND d.severity = 'suspend'
    WHERE NOT EXISTS (SELECT 1 FROM up AS over JOIN domain_allows w ON w.domain = over.name
        WHERE over.host = up.host AND (over.place < up.place OR d.origin = 'mode'
            OR (d.origin = 'lists' AND NOT EXISTS (SELECT 1 FROM domain_blocks WHERE origin = 'mode'))))""",
    """INSERT INTO cut_off_accounts SELECT id, 0 FROM accounts WHERE NOT local
    AND (host IN (SELECT host FROM cut_off) OR origin IN (SELECT host FROM cut_off))""",
    f"INSERT OR IGNORE INTO cut_off_accounts SELECT a.id, 1 {_NAMED.format('a.uri = f.subject')}",
    f"INSERT OR IGNORE INTO cut_off_accounts SELECT a.id, 1 {_NAMED.format(_BY_HANDLE)}",
    "INSERT INTO cut_off_hosts SELECT host FROM hosts WHERE host IN (SELECT host FROM cut_off)",
    "DROP TABLE temp.servers",
    "DROP TABLE temp.cut_off",
)


def apply(db: Database) -> None:
    """Add the tables and fill them."""
    for step in STEPS:
        db.execute(step)
