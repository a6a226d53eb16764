"""Measuring: what happened here day by day, and what there was most of, counted from what is stored.

Each count looks at the rows of its span only, by ids, which are times, and at ``MOST`` of them: for a thread still.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct

from smallfed.store import houses, reports
from smallfed.store.moments import ms
from smallfed.store.tx import Tx

MOST = 200_000  # rows that one count looks at

Days = dict[str, int]
"""How many on each day that has any: 2026-03-01 → 3."""


class Span(Struct, frozen=True, kw_only=True):
    """From ``since`` until before ``until``; ``domain`` where one server is meant."""

    since: datetime
    until: datetime
    domain: str = ""


class Line(Struct, frozen=True, kw_only=True):
    """How many of what."""

    key: str
    count: int


_DAY = "date((t.id >> 16) / 1000, 'unixepoch')"


def _days(tx: Tx, span: Span, rows: str, count: str = "count(*)") -> Days:
    """Count ``rows``, a part of a statement that gives ids as ``t.id`` between :since and :until, by day."""
    values = {"since": ms(span.since) << 16, "until": ms(span.until) << 16, "most": MOST, "domain": span.domain}
    statement = f"SELECT {_DAY}, {count} FROM ({rows} LIMIT :most) t GROUP BY 1"
    return dict(tx.sql.execute(statement, {**values, "owner": houses.owner_id(tx)}).fetchall())


def _within(alias: str) -> str:
    return f"{alias}.id >= :since AND {alias}.id < :until"


def active_users(tx: Tx, span: Span) -> Days:
    """Count who posted: one, on days on which the owner did."""
    return _days(tx, span, f"SELECT p.id FROM posts p WHERE p.account_id = :owner AND {_within('p')}", "1")


def new_users(tx: Tx, span: Span) -> Days:
    """Count who joined: the owner, once."""
    return _days(tx, span, f"SELECT a.id FROM accounts a WHERE a.local AND {_within('a')}")


def interactions(tx: Tx, span: Span) -> Days:
    """Count what others did with the owner's posts: likes, boosts, answers."""
    likes = f"""SELECT l.id FROM likes l JOIN posts p ON p.id = l.post_id AND p.account_id = :owner
        WHERE {_within("l")} AND l.account_id <> :owner"""
    answers = f"""SELECT p.id FROM posts p WHERE p.in_reply_to_account_id = :owner AND {_within("p")}
        AND p.account_id <> :owner"""
    boosts = f"""SELECT b.id FROM posts b JOIN posts p ON p.id = b.boost_of_id AND p.account_id = :owner
        WHERE {_within("b")} AND b.account_id <> :owner"""
    return _days(tx, span, f"{likes} UNION ALL {answers} UNION ALL {boosts}")


def opened_reports(tx: Tx, span: Span) -> Days:
    """Count complaints."""
    return reports.counts(tx, span.since, span.until)[0]


def resolved_reports(tx: Tx, span: Span) -> Days:
    """Count complaints that the owner was done with."""
    return reports.counts(tx, span.since, span.until)[1]


def of_server_accounts(tx: Tx, span: Span) -> Days:
    """Count who became known of a server."""
    return _days(tx, span, f"SELECT a.id FROM accounts a WHERE a.host = :domain AND {_within('a')}")


def of_server_posts(tx: Tx, span: Span) -> Days:
    """Count the posts of a server."""
    rows = f"""SELECT p.id FROM posts p JOIN accounts a ON a.id = p.account_id AND a.host = :domain
        WHERE {_within("p")}"""
    return _days(tx, span, rows)


def of_server_reports(tx: Tx, span: Span) -> Days:
    """Count complaints about people of a server."""
    rows = (
        f"SELECT r.id FROM reports r JOIN accounts a ON a.id = r.account_id AND a.host = :domain WHERE {_within('r')}"
    )
    return _days(tx, span, rows)


def of_server_following(tx: Tx, span: Span) -> Days:
    """Count whom the owner began to follow on a server."""
    rows = f"""SELECT f.id FROM follows f JOIN accounts a ON a.id = f.target_id AND a.host = :domain
        WHERE f.follower_id = :owner AND f.state = 'accepted' AND {_within("f")}"""
    return _days(tx, span, rows)


def of_server_followers(tx: Tx, span: Span) -> Days:
    """Count who began to follow the owner from a server."""
    rows = f"""SELECT f.id FROM follows f JOIN accounts a ON a.id = f.follower_id AND a.host = :domain
        WHERE f.target_id = :owner AND f.state = 'accepted' AND {_within("f")}"""
    return _days(tx, span, rows)


MEASURES: Mapping[str, Callable[[Tx, Span], Days]] = {
    "active_users": active_users,
    "new_users": new_users,
    "interactions": interactions,
    "opened_reports": opened_reports,
    "resolved_reports": resolved_reports,
    "instance_accounts": of_server_accounts,
    "instance_statuses": of_server_posts,
    "instance_reports": of_server_reports,
    "instance_follows": of_server_following,
    "instance_followers": of_server_followers,
}
"""What can be measured, by the client API's word for it; what begins with ``instance_`` is about one server."""


# What there is most of ------------------------------------------------------------------------------------------------
def servers(tx: Tx, span: Span, limit: int) -> list[Line]:
    """Return the servers that most posts came from."""
    return _most(tx, span, f"SELECT p.account_id FROM posts p WHERE {_within('p')}", limit)


def languages(tx: Tx, span: Span, limit: int) -> list[Line]:
    """Return the languages that most of the owner's posts are in."""
    return _most_of_owner(tx, span, "p.language", limit)


def sources(tx: Tx, span: Span, limit: int) -> list[Line]:
    """Return the apps that most of the owner's posts were made with."""
    return _most_of_owner(tx, span, "p.application", limit)


def _most(tx: Tx, span: Span, rows: str, limit: int) -> list[Line]:
    statement = f"""SELECT a.host, count(*) FROM ({rows} LIMIT {MOST}) t JOIN accounts a ON a.id = t.account_id
        GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT :limit"""
    return _lines(tx, span, statement, limit)


def _most_of_owner(tx: Tx, span: Span, column: str, limit: int) -> list[Line]:
    statement = f"""SELECT {column}, count(*) FROM posts p WHERE p.account_id = :owner AND {_within("p")}
        AND {column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT :limit"""
    return _lines(tx, span, statement, limit)


def _lines(tx: Tx, span: Span, statement: str, limit: int) -> list[Line]:
    values = {"since": ms(span.since) << 16, "until": ms(span.until) << 16, "limit": limit}
    if ":owner" in statement:
        values["owner"] = houses.owner_id(tx)
    return [Line(key=key, count=count) for key, count in tx.sql.execute(statement, values)]


def size(tx: Tx) -> int:
    """Return how many bytes the database has."""
    return int(tx.one("PRAGMA page_count")[0]) * int(tx.one("PRAGMA page_size")[0])


def engine(tx: Tx) -> str:
    """Return the version of SQLite."""
    return str(tx.one("SELECT sqlite_version()")[0])
