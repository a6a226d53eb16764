"""Tag days: who uses which hashtags, day by day. What counts, and whether sums are in doubt, is said by ``trends``.

Counting walks a day of posts, or a few: that is for threads and a loop (``workers/trending``).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from smallfed.policy.trending import DAYS, FEWEST, PER_SITE
from smallfed.store import visibility
from smallfed.store.rows import listed
from smallfed.store.trends import CANDIDATES, bound, day_of, doubted, first_id, said_around, settled, site
from smallfed.store.tx import Tx

MOST_CHANGES = 20_000  # hashtags of one day

Use = tuple[str, int, int]
"""A hashtag, how many people used it, how often."""


# Counting -------------------------------------------------------------------------------------------------------------
def last(tx: Tx) -> int | None:
    """Return the last day of which anything was counted."""
    found: int | None = tx.one("SELECT max(day) FROM tag_days")[0]
    return found


def _counted(which: str) -> str:
    """Return what selects (name, day, accounts, uses) of those rows ``h`` of hashtags that are ``which``."""
    return f"""SELECT name, day, sum(min(people, {PER_SITE})) AS accounts, sum(uses) AS uses FROM (
        SELECT h.name, (h.post_id >> 16) / 86400000 AS day, count(DISTINCT p.account_id) AS people, count(*) AS uses
        FROM hashtags h CROSS JOIN posts p ON p.id = h.post_id CROSS JOIN accounts a ON a.id = p.account_id
        WHERE {which} AND p.visibility = 'public' AND NOT p.removed
        AND {visibility.met("p.account_id")} AND {said_around("p")} AND {settled("a")}
        GROUP BY h.name, day, {site("a")})
        GROUP BY name, day"""


def changes(tx: Tx, day: int) -> list[Use]:
    """Return the hashtags of a day of which other numbers are stored than there are now; (name, 0, 0) is none."""
    rows = tx.sql.execute(
        f"""WITH now (name, accounts, uses) AS MATERIALIZED (
            SELECT name, accounts, uses FROM ({_counted("h.post_id >= :first AND h.post_id < :end")}))
        SELECT * FROM (SELECT * FROM now EXCEPT SELECT name, accounts, uses FROM tag_days WHERE day = :day)
        UNION ALL SELECT name, 0, 0 FROM tag_days WHERE day = :day AND name NOT IN (SELECT name FROM now)
        LIMIT :most""",
        {
            **bound(tx),
            "day": day,
            "first": first_id(day),
            "end": first_id(day + 1),
            "most": MOST_CHANGES,
        },
    )
    return [(name, accounts, uses) for name, accounts, uses in rows]


def put(tx: Tx, day: int, uses: Iterable[Use]) -> None:
    """Note how hashtags were used on a day."""
    for name, accounts, count in uses:
        if count:
            tx.run("INSERT OR REPLACE INTO tag_days VALUES (?, ?, ?, ?)", day, name, accounts, count)
        else:
            tx.run("DELETE FROM tag_days WHERE day = ? AND name = ?", day, name)


def forget(tx: Tx, before: int, limit: int) -> int:
    """Forget at most ``limit`` rows of days before ``before``; return how many there were."""
    chosen = "SELECT day, name FROM tag_days WHERE day < ? LIMIT ?"
    return tx.run(f"DELETE FROM tag_days WHERE (day, name) IN ({chosen})", before, limit)


# Reading --------------------------------------------------------------------------------------------------------------
def rising(tx: Tx) -> dict[str, list[int]]:
    """Return the hashtags that enough people use these days, with how many did on each day, today first."""
    today = day_of(tx.now)
    rows = tx.all(
        "SELECT name, day, accounts FROM tag_days WHERE name IN (SELECT name FROM tag_days WHERE day >= ?"
        " GROUP BY name HAVING sum(accounts) >= ? ORDER BY sum(accounts) DESC LIMIT ?) AND day > ?",
        today - 1,
        FEWEST,
        CANDIDATES,
        today - DAYS,
    )
    found: dict[str, list[int]] = {}
    for name, day, accounts in rows:
        found.setdefault(name, [0] * DAYS)[today - day] = accounts
    return found


def weeks(tx: Tx, names: Sequence[str]) -> dict[str, list[tuple[int, int, int]]]:
    """Return for each hashtag (day, people, uses) of seven days, today first; counted anew where sums are in doubt."""
    today = day_of(tx.now)
    found = {name: [(today - back, 0, 0) for back in range(DAYS)] for name in names}
    for name, day, accounts, uses in _sums(tx, names, today) if doubted(tx) is None else _anew(tx, names, today):
        if day <= today:
            found[name][today - day] = (day, accounts, uses)
    return found


def _sums(tx: Tx, names: Sequence[str], today: int) -> Iterable[Any]:
    return tx.all(
        "SELECT name, day, accounts, uses FROM tag_days WHERE name IN (SELECT value FROM json_each(?)) AND day > ?",
        listed(names),
        today - DAYS,
    )


def _anew(tx: Tx, names: Sequence[str], today: int) -> Iterable[Any]:
    which = "h.name IN (SELECT value FROM json_each(:names)) AND h.post_id >= :first"
    values = {**bound(tx), "names": listed(names), "first": first_id(today - DAYS + 1)}
    return tx.sql.execute(_counted(which), values)
