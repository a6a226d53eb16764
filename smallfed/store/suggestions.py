"""Suggestions: people whom the owner may want to follow; and the directory of those who want to be found.

What is looked at is what was last: of the owner's likes, boosts and answers, and of the boosts in the home timeline.
"""

from typing import Any, Literal

from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.store import accounts, visibility
from smallfed.store.moments import ms
from smallfed.store.rows import each
from smallfed.store.tx import Tx

Source = Literal["friends_of_friends", "most_interactions"]
Order = Literal["active", "new"]

LOOKED_AT = 500  # likes, posts and boosts of the owner
SHOWN = 1000  # boosts in home
_COLUMNS = ", ".join(f"a.{name}" for name in accounts.COLUMNS)

# Who was met how, with a weight: an answer is worth more than a like; every friend counts once.
_MET = f"""met (account_id, source, weight) AS (
    SELECT o.account_id, 'most_interactions', 1 FROM
        (SELECT post_id FROM likes WHERE account_id = :owner ORDER BY id DESC LIMIT {LOOKED_AT}) l
        JOIN posts o ON o.id = l.post_id
    UNION ALL SELECT o.account_id, 'most_interactions', 2 FROM
        (SELECT boost_of_id FROM posts WHERE account_id = :owner ORDER BY id DESC LIMIT {LOOKED_AT}) b
        JOIN posts o ON o.id = b.boost_of_id
    UNION ALL SELECT r.in_reply_to_account_id, 'most_interactions', 3 FROM
        (SELECT in_reply_to_account_id FROM posts WHERE account_id = :owner ORDER BY id DESC LIMIT {LOOKED_AT}) r
        WHERE r.in_reply_to_account_id IS NOT NULL
    UNION ALL SELECT account_id, 'friends_of_friends', 2 FROM (SELECT DISTINCT o.account_id, h.account_id AS friend FROM
        (SELECT boost_of_id, account_id FROM posts WHERE in_home ORDER BY id DESC LIMIT {SHOWN}) h
        JOIN posts o ON o.id = h.boost_of_id WHERE h.account_id <> :owner
            AND NOT {visibility.away("h.account_id")}))"""
_WELCOME = f"""NOT a.local AND a.discoverable AND a.gone_at IS NULL AND a.moved_to IS NULL AND NOT a.memorial
    AND {visibility.met("a.id")}"""


class Suggestion(Struct, frozen=True, kw_only=True):
    """Somebody, and how the owner met them, the strongest reason first."""

    account: Account
    sources: tuple[Source, ...]


def find(tx: Tx, limit: int) -> list[Suggestion]:
    """Return people whom the owner does not follow, has not asked to, and did not dismiss, the closest first."""
    rows = tx.sql.execute(
        f"""WITH {_MET},
        ways (account_id, source, weight) AS (SELECT account_id, source, sum(weight) FROM met GROUP BY 1, 2)
        SELECT a.id, group_concat(w.source || ' ' || w.weight) FROM ways w JOIN accounts a ON a.id = w.account_id
        WHERE {_WELCOME}
            AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.follower_id = :owner AND f.target_id = a.id)
            AND NOT EXISTS (SELECT 1 FROM dismissed_suggestions d WHERE d.account_id = a.id)
        GROUP BY a.id ORDER BY sum(w.weight) DESC, a.id LIMIT :limit""",
        {**visibility.values(tx, None), "limit": limit},
    )
    met = {account: _sources(ways) for account, ways in rows}
    known = accounts.several(tx, met)
    return [Suggestion(account=known[one], sources=sources) for one, sources in met.items() if one in known]


def _sources(ways: str) -> tuple[Source, ...]:
    pairs = [way.split(" ") for way in ways.split(",")]
    return tuple(name for name, _ in sorted(pairs, key=lambda pair: (-int(pair[1]), pair[0])))  # type: ignore[misc]


def dismiss(tx: Tx, account: int) -> None:
    """Propose an account no more."""
    tx.run("INSERT OR IGNORE INTO dismissed_suggestions (account_id, created_at) VALUES (?, ?)", account, ms(tx.now))


_ORDER = {
    "active": ("a.last_post_at IS NOT NULL", "a.last_post_at DESC"),
    "new": ("1", "a.id DESC"),
}


def directory(tx: Tx, order: Order, *, limit: int, offset: int) -> list[Account]:
    """Return people of other servers who want to be discovered and whom the owner wants to read."""
    condition, sorting = _ORDER[order]
    values: dict[str, Any] = {**visibility.values(tx, None), "limit": limit, "offset": offset}
    rows = tx.sql.execute(
        f"SELECT {_COLUMNS} FROM accounts a WHERE {condition} AND {_WELCOME} ORDER BY {sorting}"
        " LIMIT :limit OFFSET :offset",
        values,
    )
    return list(each(accounts.from_row, rows))
