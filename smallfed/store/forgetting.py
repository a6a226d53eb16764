"""Forgetting: others' posts that are old and that nobody needs.

A post goes only when nothing here hangs on it: no answer, no boost, no quote. So answers go before what they answer, a
kept answer keeps everything above it, and nothing that stays ever loses what it refers to.

A round (``sweeps``) goes through the table by its ids, the newest first, for answers are newer than what they answer.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from msgspec import Struct

from smallfed.store.mattering import MINE, TIES
from smallfed.store.moments import moment, ms
from smallfed.store.rows import listed
from smallfed.store.tx import Tx

SPAN = 2000  # rows that are looked at in one go, by a thread that reads
SLICE = 40  # rows that go in one transaction: some milliseconds

FOLLOWED = f"EXISTS (SELECT 1 FROM follows f WHERE f.follower_id = ({MINE}) AND f.target_id = p.account_id)"

HOLDS: dict[str, str] = {
    "is answered": "EXISTS (SELECT 1 FROM posts s WHERE s.in_reply_to_id = p.id)",
    "is boosted": "EXISTS (SELECT 1 FROM posts s WHERE s.boost_of_id = p.id)",
    "is quoted": "EXISTS (SELECT 1 FROM quotes g WHERE g.quoted_id = p.id)",
}
"""What keeps a post ``p`` because something hangs on it."""

CONCERNS: dict[str, str] = {
    **{name: condition.format(post="p.id") for name, condition in TIES.items()},
    "is of a private conversation": "EXISTS (SELECT 1 FROM correspondence_posts c WHERE c.post_id = p.id)",
    "is in a filter": "EXISTS (SELECT 1 FROM filter_posts c WHERE c.post_id = p.id)",
    "is where a muted thread begins": "EXISTS (SELECT 1 FROM thread_mutes c WHERE c.post_id = p.id)",
    "is complained of": "p.id IN (SELECT CAST(j.value AS INTEGER) FROM reports r, json_each(r.posts) j)",
    "will be answered or quoted": """EXISTS (SELECT 1 FROM scheduled_posts w
        WHERE p.id IN (json_extract(w.wish, '$.in_reply_to_id'), json_extract(w.wish, '$.quoted_id')))""",
}
"""What keeps a post ``p`` because the owner has to do with it."""

RELAYED = "(NOT p.in_home AND EXISTS (SELECT 1 FROM relayed y WHERE y.post_id = p.id))"
_TERM = f"iif({FOLLOWED}, :followed, max(:strangers, iif({RELAYED}, :relayed, 0)))"
_OLD = f"NOT p.local AND p.received_at < {_TERM}"
_FREE = " AND ".join(f"NOT ({condition})" for condition in CONCERNS.values())
_LOOSE = " AND ".join(f"NOT {condition}" for condition in HOLDS.values())


class Terms(Struct, frozen=True, kw_only=True):
    """How long posts are kept of whom the owner follows, of all others, and what is here by a relay; None: for ever."""

    strangers: timedelta | None
    followed: timedelta | None
    relayed: timedelta | None = None

    @property
    def endless(self) -> bool:
        """Whether nothing goes."""
        return self.strangers is None and self.followed is None and self.relayed is None


def _bounds(tx: Tx, terms: Terms) -> dict[str, int]:
    """Return the moments before which posts must have come."""
    spans = {"strangers": terms.strangers, "followed": terms.followed, "relayed": terms.relayed}
    return {name: 0 if span is None else ms(tx.now - span) for name, span in spans.items()}


def span(tx: Tx, below: int) -> int | None:
    """Return the lowest id of the next posts to be looked at, None when there are none left."""
    row = tx.one(f"SELECT min(id) FROM (SELECT id FROM posts WHERE id < ? ORDER BY id DESC LIMIT {SPAN})", below)
    return None if row[0] is None else int(row[0])


def candidates(tx: Tx, low: int, below: int, terms: Terms) -> list[int]:
    """Return the posts from ``low`` on and ``below`` that may go now."""
    statement = f"SELECT p.id FROM posts p WHERE p.id >= :low AND p.id < :below AND {_OLD} AND {_LOOSE} AND {_FREE}"
    rows = tx.sql.execute(statement, {"low": low, "below": below, **_bounds(tx, terms)})
    return [post for (post,) in rows]


def forget(tx: Tx, chosen: Collection[int], terms: Terms) -> dict[int, int]:
    """Remove those of ``chosen`` that may still go; return how many went of each account."""
    tx.known.clear()
    statement = f"""SELECT p.id, p.account_id FROM posts p WHERE p.id IN (SELECT value FROM json_each(:chosen))
        AND {_OLD} AND {_LOOSE} AND {_FREE}"""
    going = tx.sql.execute(statement, {"chosen": listed(chosen), **_bounds(tx, terms)}).fetchall()
    ids, gone = listed(post for post, _ in going), dict[int, int]()
    for _, account in going:
        gone[account] = gone.get(account, 0) + 1
    tx.run(
        "UPDATE accounts SET featured_at = NULL WHERE id IN (SELECT p.account_id FROM pins n JOIN posts p"
        " ON p.id = n.post_id WHERE n.post_id IN (SELECT value FROM json_each(?)))",
        ids,
    )
    tx.run("DELETE FROM posts WHERE id IN (SELECT value FROM json_each(?))", ids)
    return gone


def note(tx: Tx, account: int, terms: Terms) -> None:
    """Note that what an account wrote is not all here, as far back as these terms reach."""
    tx.sql.execute(
        f"""INSERT INTO forgotten (account_id, before)
        SELECT p.account_id, iif({FOLLOWED}, :followed, :strangers) FROM (SELECT :account AS account_id) p WHERE true
        ON CONFLICT (account_id) DO UPDATE SET before = max(before, excluded.before)""",
        {"account": account, **_bounds(tx, terms)},
    )


def before(tx: Tx, account: int) -> datetime | None:
    """Return the moment before which posts of an account have gone, None when none have."""
    row = tx.one("SELECT before FROM forgotten WHERE account_id = ?", account)
    return None if row is None else moment(row[0])


# What would go --------------------------------------------------------------------------------------------------------
class Share(Struct, frozen=True, kw_only=True):
    """How many posts of people on ``host``, and about how many bytes of the database they take."""

    host: str
    posts: int
    bytes: int


def would_go(tx: Tx, terms: Terms) -> list[Share]:
    """Return what would go now, by host, the most first. It reads all posts: for a thread, or another process."""
    bounds = _bounds(tx, terms)
    free = {post for (post,) in tx.sql.execute(f"SELECT p.id FROM posts p WHERE {_OLD} AND {_FREE}", bounds)}
    held = list[int]()
    hanging = """SELECT in_reply_to_id, id FROM posts WHERE in_reply_to_id IS NOT NULL UNION ALL
        SELECT boost_of_id, id FROM posts WHERE boost_of_id IS NOT NULL UNION ALL
        SELECT quoted_id, post_id FROM quotes WHERE quoted_id IS NOT NULL"""
    above = dict[int, list[int]]()
    for target, post in tx.sql.execute(hanging):
        if target in free:
            above.setdefault(post, []).append(target)
            if post not in free:
                held.append(target)
    while held:
        post = held.pop()
        if post in free:
            free.discard(post)
            held.extend(above.get(post, ()))
    rows = tx.all(
        f"""SELECT a.host, count(*), sum({SIZE}) FROM posts p JOIN accounts a ON a.id = p.account_id
        LEFT JOIN documents d ON d.post_id = p.id WHERE p.id IN (SELECT value FROM json_each(?))
        GROUP BY 1 ORDER BY 3 DESC, 1""",
        listed(free),
    )
    return [Share(host=host, posts=posts, bytes=size) for host, posts, size in rows]


SIZE = "(700 + 2 * length(p.content) + ifnull(length(d.body), 0))"
"""About how many bytes of the database a post ``p`` with its document ``d`` takes: rows, indexes, words to be found."""
