"""Searching: people and hashtags by the beginnings of their names, posts by the words in them.

Spec: CLIENT_API §4 (accounts/search: on every keystroke), §6 (search).
"""

import re
from collections.abc import Iterable
from html import escape
from itertools import islice

from msgspec import Struct, structs

from smallfed.domain.account import Account
from smallfed.domain.post import Post
from smallfed.store import accounts, visibility
from smallfed.store.posts import SELECT, SHAPE
from smallfed.store.rows import each
from smallfed.store.tx import Tx
from smallfed.text.sanitise import plain

_COLUMNS = ", ".join(f"a.{name}" for name in accounts.COLUMNS)
MOST_WORDS = 8
LOOKED_AT = 200_000  # posts, the newest
_WRITTEN = "(p.summary || char(10) || p.content)"
_WILD = re.compile(r"[%_\\]")
_ESCAPED, _ESCAPE = r"\\\g<0>", r"'\'"
_LAST = "\U0010ffff"  # sorts after every name that goes on


class Query(Struct, frozen=True, kw_only=True):
    """Which of the posts found are wanted: below ``max_id``, above ``min_id``, by ``account``; None: no matter."""

    limit: int
    offset: int = 0
    max_id: int | None = None
    min_id: int | None = None
    account: int | None = None


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
    return list(each(accounts.from_row, rows))


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


def search_posts(tx: Tx, text: str, query: Query, *, viewer: int | None) -> list[Post]:
    """Return posts, newest first, that contain every word of ``text``, in the warning or in what is read below it.

    Only among the newest ``LOOKED_AT``, and only what ``viewer`` may see and the owner wants to read. A scan: not for
    the short reads.
    """
    words = [word for typed in text.split()[:MOST_WORDS] if (word := typed.lstrip("#@"))]
    if not words:
        return []
    values = {**visibility.values(tx, viewer), **structs.asdict(query), "oldest": _oldest_looked_at(tx)}
    conditions = [
        "p.boost_of_id IS NULL AND p.id >= :oldest",
        "p.id < coalesce(:max_id, 1 << 62) AND p.id > coalesce(:min_id, 0)",
        "p.account_id = :account" if query.account is not None else "1",
        visibility.seen("p"),
        visibility.wanted("p"),
    ]
    for number, word in enumerate(words):
        patterns = {f"w{number}_{n}": pattern for n, pattern in enumerate(_patterns(word))}
        values |= patterns
        conditions.append(f"({' OR '.join(f'{_WRITTEN} LIKE :{name} ESCAPE {_ESCAPE}' for name in patterns)})")
    rows = tx.sql.execute(f"{SELECT} WHERE {' AND '.join(conditions)} ORDER BY p.id DESC", values)
    found = (post for post in each(SHAPE.read, rows) if _reads(post, words))
    return list(islice(found, query.offset, query.offset + query.limit))


def _patterns(word: str) -> set[str]:
    """Return what to look for in HTML. LIKE sees no difference between ASCII's large and small letters, only there."""
    spellings = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    return {f"%{_WILD.sub(_ESCAPED, escape(spelling, quote=False))}%" for spelling in spellings}


def _reads(post: Post, words: Iterable[str]) -> bool:
    """Whether every word can be read in a post: HTML holds more than that."""
    text = f"{post.summary}\n{plain(post.content)}".casefold()
    return all(word.casefold() in text for word in words)


def _oldest_looked_at(tx: Tx) -> int:
    row = tx.one(f"SELECT id FROM posts ORDER BY id DESC LIMIT 1 OFFSET {LOOKED_AT}")
    return 0 if row is None else int(row[0])
