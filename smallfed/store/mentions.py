"""Mentions and hashtags: who and what a post names.

A silent mention is somebody addressed without being named, or not named any more: it lets them see the post, no more.
"""

from collections.abc import Collection, Iterable

from smallfed.domain.account import Account
from smallfed.store import accounts
from smallfed.store.rows import each, listed
from smallfed.store.tx import Tx

_COLUMNS = ", ".join(f"a.{name}" for name in accounts.COLUMNS)


def put(tx: Tx, post: int, account: int, *, silent: bool = False) -> bool:
    """Store that a post names, or with ``silent`` only addresses, an account; False when that is not new.

    Naming wins over addressing.
    """
    _forget(tx)
    conflict = "DO NOTHING" if silent else "DO UPDATE SET silent = 0 WHERE silent"
    statement = (
        "INSERT INTO mentions (post_id, account_id, silent) VALUES (?, ?, ?)"
        f" ON CONFLICT (post_id, account_id) {conflict}"
    )
    return tx.run(statement, post, account, silent) > 0


def find(tx: Tx, post: int, account: int) -> bool | None:
    """Return whether an account is silent in a post; None when the post does not address it.

    Asked again within a call, the database is not, until a mention changes.
    """
    known: dict[tuple[int, int], bool | None] = tx.known.setdefault("mentions", {})
    if (post, account) not in known:
        row = tx.one("SELECT silent FROM mentions WHERE post_id = ? AND account_id = ?", post, account)
        known[post, account] = None if row is None else bool(row[0])
    return known[post, account]


def has_named(tx: Tx, author: int, account: int) -> bool:
    """Whether ``author`` has named ``account`` in one of the latest 200 posts that name it."""
    statement = """SELECT 1 FROM (
            SELECT post_id FROM mentions WHERE account_id = ? AND NOT silent ORDER BY post_id DESC LIMIT 200
        ) m JOIN posts p ON p.id = m.post_id WHERE p.account_id = ? LIMIT 1"""
    return tx.one(statement, account, author) is not None


def _forget(tx: Tx) -> None:
    tx.known.pop("mentions", None)


def reach(tx: Tx, post: int, host: str) -> bool:
    """Whether a post addresses somebody on ``host``."""
    statement = "SELECT 1 FROM mentions m JOIN accounts a ON a.id = m.account_id WHERE m.post_id = ? AND a.origin = ?"
    return tx.one(statement, post, host) is not None


def hush(tx: Tx, post: int, *, except_: Collection[int]) -> None:
    """Make everybody whom a post named silent, but for ``except_``."""
    _forget(tx)
    tx.run(
        "UPDATE mentions SET silent = 1 WHERE post_id = ? AND account_id NOT IN (SELECT value FROM json_each(?))",
        post,
        listed(except_),
    )


def of_post(tx: Tx, post: int, *, silent: bool = False) -> list[Account]:
    """Return whom a post names, in the order we met them; with ``silent`` everybody it addresses."""
    rows = tx.all(
        f"SELECT {_COLUMNS} FROM mentions m JOIN accounts a ON a.id = m.account_id"
        " WHERE m.post_id = ? AND (m.silent = 0 OR ?) ORDER BY a.id",
        post,
        silent,
    )
    return [accounts.from_row(row) for row in rows]


def of_posts(tx: Tx, posts: str) -> list[tuple[int, Account]]:
    """Return (post, account) for all whom ``posts`` (see ``rows.listed``) name."""
    rows = tx.all(
        f"SELECT m.post_id, {_COLUMNS} FROM mentions m JOIN accounts a ON a.id = m.account_id"
        " WHERE m.post_id IN (SELECT value FROM json_each(?)) AND NOT m.silent ORDER BY m.post_id, a.id",
        posts,
    )
    return list(each(lambda row: (int(row[0]), accounts.from_row(row[1:])), rows))


def named(tx: Tx, posts: str) -> list[tuple[int, int]]:
    """Return (post, id of the account) for all whom ``posts`` (see ``rows.listed``) name."""
    statement = """SELECT post_id, account_id FROM mentions
        WHERE post_id IN (SELECT value FROM json_each(?)) AND NOT silent ORDER BY post_id, account_id"""
    return tx.all(statement, posts)


# People we have not met -----------------------------------------------------------------------------------------------
def put_unknown(tx: Tx, post: int, uri: str) -> None:
    """Store that a post names an actor we have not met."""
    tx.run("INSERT OR IGNORE INTO unknown_mentions (post_id, uri) VALUES (?, ?)", post, uri)


def unknown(tx: Tx, post: int) -> list[str]:
    """Return the actors whom a post names and whom we have not met."""
    return [uri for (uri,) in tx.all("SELECT uri FROM unknown_mentions WHERE post_id = ?", post)]


def forget_unknown(tx: Tx, post: int) -> None:
    """Forget the actors whom a post names and whom we have not met."""
    tx.run("DELETE FROM unknown_mentions WHERE post_id = ?", post)


def introduce(tx: Tx, account: Account) -> list[int]:
    """Turn the mentions of somebody unknown into mentions of ``account``, whom we have met; return in which posts."""
    uris = listed({account.uri, account.url or account.uri})
    naming = tx.all("SELECT post_id FROM unknown_mentions WHERE uri IN (SELECT value FROM json_each(?))", uris)
    if not naming:
        return []
    _forget(tx)
    tx.run(
        "INSERT OR IGNORE INTO mentions (post_id, account_id, silent) SELECT post_id, ?, 0 FROM unknown_mentions"
        " WHERE uri IN (SELECT value FROM json_each(?))",
        account.id,
        uris,
    )
    tx.run("DELETE FROM unknown_mentions WHERE uri IN (SELECT value FROM json_each(?))", uris)
    return [post for (post,) in naming]


# Hashtags -------------------------------------------------------------------------------------------------------------
def replace_hashtags(tx: Tx, post: int, names: Iterable[str]) -> None:
    """Give a post these hashtags (NFKC, lower case, without #) instead of what it had."""
    tx.run("DELETE FROM hashtags WHERE post_id = ?", post)
    put_hashtags(tx, post, names)


def put_hashtags(tx: Tx, post: int, names: Iterable[str]) -> None:
    """Give a post these hashtags as well."""
    rows = [(post, name) for name in names]
    if rows:
        tx.sql.executemany("INSERT OR IGNORE INTO hashtags (post_id, name) VALUES (?, ?)", rows)


def hashtags(tx: Tx, posts: str) -> list[tuple[int, str]]:
    """Return (post, hashtag) for ``posts`` (see ``rows.listed``)."""
    return tx.all(
        "SELECT post_id, name FROM hashtags WHERE post_id IN (SELECT value FROM json_each(?)) ORDER BY post_id, name",
        posts,
    )


def hashtags_of(tx: Tx, post: int) -> tuple[str, ...]:
    """Return the hashtags of one post."""
    return tuple(name for _, name in hashtags(tx, listed([post])))
