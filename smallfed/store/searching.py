"""Searching: people and hashtags by the beginnings of their names, posts by the words in them.

Spec: CLIENT_API §4 (accounts/search: on every keystroke), §6 (search).
"""

from smallfed.domain.account import Account
from smallfed.domain.post import Post
from smallfed.store import accounts, visibility
from smallfed.store.paging import Page
from smallfed.store.posts import SELECT
from smallfed.store.tx import Tx

_COLUMNS = ", ".join(f"a.{name}" for name in accounts.COLUMNS)
MOST_WORDS = 8
LOOKED_AT = 200_000  # posts, the newest
_LAST = "\U0010ffff"  # sorts after every name that goes on


def search_accounts(tx: Tx, text: str, *, limit: int, offset: int = 0, following: bool = False) -> list[Account]:
    """Return accounts whose handle or display name begins with ``text``; those the owner follows come first.

    ``text`` may be ``user@ho``. With ``following`` only those whom the owner follows.
    """
    username, _, host = text.strip().removeprefix("@").partition("@")
    if not username:
        return []
    found = f"""SELECT id FROM accounts WHERE username >= :name COLLATE NOCASE AND username < :beyond COLLATE NOCASE
            AND host >= :host AND host < :host || '{_LAST}'
        UNION SELECT id FROM accounts WHERE :host = '' AND name >= :name COLLATE NOCASE
            AND name < :beyond COLLATE NOCASE"""
    rows = tx.sql.execute(
        f"""SELECT {_COLUMNS} FROM ({found}) x JOIN accounts a ON a.id = x.id
            LEFT JOIN follows f ON f.follower_id = :owner AND f.target_id = a.id AND f.state = 'accepted'
            WHERE a.gone_at IS NULL AND NOT {visibility.cut_off("a.id")} AND (f.id IS NOT NULL OR NOT :following)
            ORDER BY f.id IS NULL, a.username <> :name COLLATE NOCASE, a.last_post_at DESC, a.id
            LIMIT :limit OFFSET :offset""",
        {
            **visibility.values(tx, None),
            "name": username,
            "beyond": username + _LAST,
            "host": host.lower(),
            "following": following,
            "limit": limit,
            "offset": offset,
        },
    )
    return [accounts.from_row(row) for row in rows]


def search_hashtags(tx: Tx, text: str, *, limit: int, offset: int = 0) -> list[str]:
    """Return hashtags that begin with ``text`` (NFKC, lower case, without #), the most used first."""
    if not text:
        return []
    return [
        name
        for (name,) in tx.all(
            "SELECT name FROM hashtags WHERE name >= ? AND name < ? GROUP BY name"
            " ORDER BY count(*) DESC, name LIMIT ? OFFSET ?",
            text,
            text + _LAST,
            limit,
            offset,
        )
    ]


def search_posts(
    tx: Tx, text: str, page: Page, *, viewer: int | None, account: int | None = None, offset: int = 0
) -> list[Post]:
    """Return posts, newest first, that contain every word of ``text``, in the warning or in what is read below it.

    Only among the newest ``LOOKED_AT``, and only what ``viewer`` may see and the owner wants to read. A scan: not for
    the short reads.
    """
    words = text.casefold().split()[:MOST_WORDS]
    if not words:
        return []
    within = "p.account_id = :account" if account is not None else "p.id > :oldest"
    conditions = [within, "p.boost_of_id IS NULL", visibility.seen("p"), visibility.wanted("p")]
    values = {**visibility.values(tx, viewer), "account": account, "oldest": _oldest_looked_at(tx)}
    for number, spelling in enumerate(map(_spellings, words)):
        conditions.append(f"({' OR '.join(f'instr(p.summary || p.content, :w{number}_{n})' for n in range(4))})")
        values |= {f"w{number}_{n}": word for n, word in enumerate(spelling)}
    select = f"{SELECT} WHERE {' AND '.join(conditions)}"
