"""Trends: what counts, and what stands out. Hashtags are counted by ``tag_days``, pages by ``trending_links``.

Only public posts count, of people whom the owner wants to read, each person once, and of one registered domain at most
``PER_SITE``; accounts that have just begun do not, unless the owner follows them. What strangers say to the owner does
not: everything else is here because the owner, or somebody the owner follows, or a relay had it come.

Sums do not say whom they count. When somebody is cut off, or is back, all are in doubt (``doubt``) until the whole week
is counted anew: until then what is asked for is counted when it is read (``services/trending``).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from smallfed.domain.post import Post
from smallfed.policy.trending import DAYS, FEWEST_ABOUT, PER_SITE, UNHEARD, YOUNG
from smallfed.store import visibility
from smallfed.store.judgements import hides
from smallfed.store.moments import EPOCH, moment, ms
from smallfed.store.posts import SHAPE
from smallfed.store.rows import each, listed
from smallfed.store.tx import Tx

DAY = timedelta(days=1)
LOOKED_BACK = timedelta(days=3)  # for what was done with a post; a post itself may be a week old
CANDIDATES = 500


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


# Doubts ---------------------------------------------------------------------------------------------------------------
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


# What stands out ------------------------------------------------------------------------------------------------------
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
