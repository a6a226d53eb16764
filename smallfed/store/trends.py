"""Trends: who uses which hashtags, day by day, and what stands out.

Counting walks a day of posts, or a few: that is for threads and a loop (``workers/trending``). Reading takes what was
counted. Only public posts count, of people whom the owner wants to read, each person once, and of one registered domain
at most ``PER_SITE``; accounts that have just begun do not, unless the owner follows them. What strangers say to the
owner does not: everything else is here because the owner, or somebody the owner follows, or a relay had it come.

Sums do not say whom they count. When somebody is cut off, or is back, all are in doubt (``doubt``) until the whole week
is counted anew: until then what is asked for is counted when it is read (``services/trending``).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from smallfed.domain.post import Post
from smallfed.policy.trending import DAYS, FEWEST, FEWEST_ABOUT, PER_SITE, UNHEARD, YOUNG
from smallfed.store import visibility
from smallfed.store.judgements import hides
from smallfed.store.moments import EPOCH, moment, ms
from smallfed.store.posts import SHAPE
from smallfed.store.rows import each, listed
from smallfed.store.tx import Tx

DAY = timedelta(days=1)
LOOKED_BACK = timedelta(days=3)  # for what was done with a post; a post itself may be a week old
MOST_CHANGES = 20_000  # hashtags of one day
CANDIDATES = 500

Use = tuple[str, int, int]
"""A hashtag, how many people used it, how often."""


def said_around(p: str) -> str:
    """Return the condition that the posts' row ``p`` is not only here because a stranger wrote to the owner.

    And that no rule of the owner's keeps it out of public views.
    """
    return f"""(NOT {hides(p)} AND (
        NOT EXISTS (SELECT 1 FROM mentions o WHERE o.post_id = {p}.id AND o.account_id = :owner)
        OR EXISTS (SELECT 1 FROM follows o WHERE o.follower_id = :owner AND o.target_id = {p}.account_id)))"""


def settled(a: str) -> str:
    """Return the condition that the accounts' row ``a`` has not just begun, or is followed: ``policy/trending``.

    What its server says of that counts, and else when we first heard of it. Whoever has many accounts has them new,
    or on servers of their own, of which few count.
    """
    return f"""(CASE WHEN {a}.published_at IS NULL THEN {a}.created_at <= :unheard ELSE {a}.published_at <= :young END
        OR EXISTS (SELECT 1 FROM follows y WHERE y.follower_id = :owner AND y.target_id = {a}.id
            AND y.state = 'accepted'))"""


def bound(tx: Tx) -> dict[str, Any]:
    """Return what counting needs bound."""
    times = {"young": ms(tx.now - YOUNG), "unheard": ms(tx.now - UNHEARD)}
    return {**visibility.values(tx, None), **times}


_LABELS = "replace({host}, '.', '')"


def site(a: str) -> str:
    """Return what is probably registered of the host of the accounts' row ``a``: its last two labels."""
    host = f"lower({a}.origin)"
    labels = _LABELS.format(host=host)
    return f"substr({host}, length(rtrim(rtrim(rtrim({host}, {labels}), '.'), {labels})) + 1)"


def day_of(when: datetime) -> int:
    """Return the day of a moment, since 1970, UTC."""
    return (when - EPOCH) // DAY


def first_id(day: int) -> int:
    """Return the least id that something of that day can have."""
    return ms(EPOCH + day * DAY) << 16


# Counting -------------------------------------------------------------------------------------------------------------
def last_day(tx: Tx) -> int | None:
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


def doubt(tx: Tx) -> None:
    """Note that what is counted is not what it should be: what is asked for is counted anew until ``trust``."""
    tx.run("DELETE FROM stale_trends")
    tx.run("INSERT INTO stale_trends (mark) VALUES (?)", tx.new_id())


def doubted(tx: Tx) -> int | None:
    """Return the mark of the last ``doubt``, or None where there is none."""
    row = tx.one("SELECT mark FROM stale_trends")
    return None if row is None else int(row[0])


def trust(tx: Tx, mark: int) -> None:
    """Note that all was counted anew since ``mark`` was read; a doubt that came up meanwhile stays."""
    tx.run("DELETE FROM stale_trends WHERE mark = ?", mark)


def forget(tx: Tx, before: int, limit: int) -> int:
    """Forget at most ``limit`` rows of days before ``before``; return how many there were."""
    chosen = "SELECT day, name FROM tag_days WHERE day < ? LIMIT ?"
    return tx.run(f"DELETE FROM tag_days WHERE (day, name) IN ({chosen})", before, limit)


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


_OF_LATE = """told (post_id, account_id) AS (
    SELECT o.boost_of_id, o.account_id FROM posts o WHERE o.id >= :since AND o.boost_of_id IS NOT NULL
    UNION SELECT l.post_id, l.account_id FROM likes l WHERE l.id >= :since
    UNION SELECT r.in_reply_to_id, r.account_id FROM posts r
        WHERE r.id >= :since AND r.in_reply_to_id IS NOT NULL AND r.visibility = 'public')"""
_OF_THEM = """told (post_id, account_id) AS (
    SELECT t.post_id, o.account_id FROM trending_posts t CROSS JOIN posts o ON o.boost_of_id = t.post_id
        WHERE o.id >= :since
    UNION SELECT t.post_id, l.account_id FROM trending_posts t CROSS JOIN likes l ON l.post_id = t.post_id
        WHERE l.id >= :since
    UNION SELECT t.post_id, r.account_id FROM trending_posts t CROSS JOIN posts r ON r.in_reply_to_id = t.post_id
        WHERE r.id >= :since AND r.visibility = 'public')"""


def talked_about(tx: Tx, *, again: bool = False) -> list[tuple[int, int, datetime]]:
    """Return (post, how many people have to do with it, when it was published) of posts that may be shown around.

    Not the owner's own: of these we hear everything, of others little. None with a warning, no answers, and only of
    people who want to be discovered. ``again``: only those that stand out already, which is soon found.
    """
    rows = tx.sql.execute(
        f"""WITH {_OF_THEM if again else _OF_LATE}
        SELECT id, sum(min(people, {PER_SITE})) AS all_, published_at FROM (
        SELECT p.id, count(*) AS people, p.published_at FROM told t JOIN posts p ON p.id = t.post_id
        JOIN accounts a ON a.id = p.account_id JOIN accounts b ON b.id = t.account_id
        WHERE t.account_id <> p.account_id AND p.visibility = 'public' AND NOT p.local AND NOT p.removed
            AND NOT p.sensitive AND p.summary = '' AND p.in_reply_to IS NULL AND p.published_at >= :oldest
            AND a.discoverable AND {visibility.met("p.account_id")} AND {said_around("p")}
            AND {visibility.met("t.account_id")} AND {settled("b")}
        GROUP BY p.id, {site("b")}) GROUP BY id HAVING all_ >= :fewest ORDER BY all_ DESC LIMIT :most""",
        {
            **bound(tx),
            "since": ms(tx.now - LOOKED_BACK) << 16,
            "oldest": ms(tx.now - DAYS * DAY),
            "fewest": FEWEST_ABOUT,
            "most": CANDIDATES,
        },
    )
    return [(post, people, moment(published)) for post, people, published in rows]


def replace(tx: Tx, tags: Sequence[tuple[str, float]], posts: Sequence[tuple[int, float]]) -> None:
    """Let these hashtags and posts be what stands out, with their scores. Posts that are gone are left out."""
    tx.run("DELETE FROM trending_tags")
    tx.run("DELETE FROM trending_posts")
    for name, score in tags:
        tx.run("INSERT INTO trending_tags (name, score) VALUES (?, ?)", name, score)
    for post, score in posts:
        tx.run("INSERT INTO trending_posts (post_id, score) SELECT id, ? FROM posts WHERE id = ?", score, post)


# Reading --------------------------------------------------------------------------------------------------------------
def tags(tx: Tx) -> list[str]:
    """Return the hashtags that stood out when they were counted, the most talked about first."""
    return [name for (name,) in tx.all("SELECT name FROM trending_tags ORDER BY score DESC, name")]


def posts(tx: Tx) -> list[int]:
    """Return the posts that stood out when they were counted, the most talked about first."""
    return [post for (post,) in tx.all("SELECT post_id FROM trending_posts ORDER BY score DESC, post_id DESC")]


def shown(tx: Tx, viewer: int | None, wanted: Sequence[int], *, limit: int, offset: int) -> list[Post]:
    """Return those of ``wanted`` that the viewer may see and wants to read, in their order."""
    rows = tx.sql.execute(
        f"""SELECT {SHAPE.columns("p")} FROM json_each(:wanted) t CROSS JOIN posts p ON p.id = t.value
            WHERE {visibility.seen("p")} AND {visibility.met("p.account_id")}
            ORDER BY t.key LIMIT :limit OFFSET :offset""",
        {**visibility.values(tx, viewer), "wanted": listed(wanted), "limit": limit, "offset": offset},
    )
    return list(each(SHAPE.read, rows))


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
