"""Numbers about the house, for those who look from outside."""

from datetime import timedelta

from msgspec import Struct

from smallfed.store.moments import ms
from smallfed.store.tx import Tx

MONTH = timedelta(days=30)


class Counts(Struct, frozen=True):
    """How many posts of ours are public, how many servers we know, and whether the owner posted lately."""

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
    hosts = tx.one("SELECT count(*) FROM hosts")[0]
    return Counts(posts=posts, hosts=hosts, active=newest is not None and newest > ms(tx.now - MONTH))


def peers(tx: Tx) -> list[str]:
    """Return the servers we know, by name."""
    return [host for (host,) in tx.all("SELECT host FROM hosts ORDER BY host")]
