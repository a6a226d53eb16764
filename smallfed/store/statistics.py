"""Numbers about the house, for those who look from outside."""

from datetime import datetime, timedelta

from msgspec import Struct

from smallfed.store.moments import ms
from smallfed.store.tx import Tx

MONTH = timedelta(days=30)


class Counts(Struct, frozen=True):
    """How many posts of ours are public, how many servers we know and do not block, whether the owner posted lately."""

    posts: int
    hosts: int
    active: bool


def counts(tx: Tx) -> Counts:
    """Count."""
    posts, newest = tx.one(
        "SELECT count(*), max(published_at) FROM posts"
        " WHERE account_id = (SELECT id FROM accounts WHERE local) AND boost_of_id IS NULL"
        " AND visibility IN ('public', 'unlisted')"
    )
    hosts = tx.one("SELECT (SELECT count(*) FROM hosts) - (SELECT count(*) FROM cut_off_hosts)")[0]
    return Counts(posts=posts, hosts=hosts, active=newest is not None and newest > ms(tx.now - MONTH))


def peers(tx: Tx) -> list[str]:
    """Return the servers we know, by name, without those that are blocked."""
    rows = tx.all("SELECT host FROM hosts WHERE host NOT IN (SELECT host FROM cut_off_hosts) ORDER BY host")
    return [host for (host,) in rows]


class Week(Struct, frozen=True, kw_only=True):
    """How many posts of ours that are not private were published from ``first``, a Monday, until before ``end``."""

    first: datetime
    end: datetime
    posts: int


def weeks(tx: Tx, count: int) -> list[Week]:
    """Return so many weeks, this one first."""
    today = tx.now.replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    firsts = [monday - timedelta(weeks=back) for back in range(count)]
    return [Week(first=first, end=first + timedelta(weeks=1), posts=_posted(tx, first)) for first in firsts]


def _posted(tx: Tx, first: datetime) -> int:
    """Count by ids, which are the times of our own posts."""
    found: int = tx.one(
        "SELECT count(*) FROM posts WHERE account_id = (SELECT id FROM accounts WHERE local) AND id >= ? AND id < ?"
        " AND boost_of_id IS NULL AND visibility IN ('public', 'unlisted')",
        ms(first) << 16,
        ms(first + timedelta(weeks=1)) << 16,
    )[0]
    return found
