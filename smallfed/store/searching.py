"""Searching people and hashtags by the beginnings of their names. Posts are ``searching_posts``' business.

Spec: CLIENT_API §4 (accounts/search: on every keystroke), §6 (search).
"""

from smallfed.domain.account import Account
from smallfed.store import accounts, visibility
from smallfed.store.rows import each
from smallfed.store.tx import Tx

_COLUMNS = ", ".join(f"a.{name}" for name in accounts.COLUMNS)
_LAST = "\U0010ffff"  # sorts after every name that goes on
LIKELY = 500  # people whose names begin so, of each kind of name, that are looked at; and hashtags
USES = 200  # of a hashtag, that are counted

_BEGINS = """(a.username >= :name COLLATE NOCASE AND a.username < :beyond COLLATE NOCASE
    AND a.host >= :host AND a.host < :further)"""
_CALLED = "(:host = '' AND a.name >= :name COLLATE NOCASE AND a.name < :beyond COLLATE NOCASE)"
_FOLLOWED = f"""SELECT a.id FROM follows f JOIN accounts a ON a.id = f.target_id
    WHERE f.follower_id = :owner AND f.state = 'accepted' AND ({_BEGINS} OR {_CALLED})"""
_LIKELY = f"""SELECT * FROM (SELECT a.id FROM accounts a WHERE NOT :following AND {_BEGINS} LIMIT {LIKELY})
    UNION SELECT * FROM (SELECT a.id FROM accounts a WHERE NOT :following AND {_CALLED} LIMIT {LIKELY})"""
_PEOPLE = f"""SELECT {_COLUMNS} FROM ({_FOLLOWED} UNION {_LIKELY}) x JOIN accounts a ON a.id = x.id
    LEFT JOIN follows f ON f.follower_id = :owner AND f.target_id = a.id AND f.state = 'accepted'
    WHERE a.gone_at IS NULL AND NOT {visibility.cut_off("a.id")}
    ORDER BY f.id IS NULL, a.username <> :name COLLATE NOCASE, a.last_post_at DESC, a.id
    LIMIT :limit OFFSET :offset"""


def search_accounts(tx: Tx, text: str, *, limit: int, offset: int = 0, following: bool = False) -> list[Account]:
    """Return accounts whose handle or display name begins with ``text``; those the owner follows come first.

    ``text`` may be ``user@ho``. With ``following`` only those whom the owner follows. Where very many begin so, of
    those whom the owner does not follow only some are looked at.
    """
    username, _, host = text.strip().removeprefix("@").partition("@")
    if not username:
        return []
    values = {
        **visibility.values(tx, None),
        "name": username,
        "beyond": username + _LAST,
        "host": host.lower(),
        "further": host.lower() + _LAST,
        "following": following,
        "limit": limit,
        "offset": offset,
    }
    return list(each(accounts.from_row, tx.sql.execute(_PEOPLE, values)))


def likeliest(tx: Tx, username: str, owner: int) -> int | None:
    """Return who is meant by a name without a host: whom the owner follows, else who posted last; None for nobody."""
    row = tx.one(
        "SELECT a.id FROM accounts a LEFT JOIN follows f ON f.follower_id = ? AND f.target_id = a.id"
        f" WHERE a.username = ? COLLATE NOCASE AND a.gone_at IS NULL AND NOT {visibility.away('a.id')}"
        " ORDER BY f.id IS NULL, a.last_post_at DESC, a.id LIMIT 1",
        owner,
        username,
    )
    return None if row is None else int(row[0])


_NAMES = f"""WITH RECURSIVE names (name, nth) AS (
    SELECT (SELECT min(h.name) FROM hashtags h WHERE h.name >= :text AND h.name < :beyond), 1
    UNION ALL SELECT (SELECT min(h.name) FROM hashtags h WHERE h.name > n.name AND h.name < :beyond), n.nth + 1
        FROM names n WHERE n.name IS NOT NULL AND n.nth < {LIKELY})
    SELECT * FROM (SELECT n.name, (SELECT count(*) FROM (SELECT 1 FROM hashtags c
            WHERE c.name = n.name AND (NOT :some OR EXISTS (
                SELECT 1 FROM posts p WHERE p.id = c.post_id AND NOT {visibility.away("p.account_id")}))
            LIMIT {USES})) AS uses
        FROM names n WHERE n.name IS NOT NULL)
    WHERE uses > 0 ORDER BY uses DESC, name LIMIT :limit OFFSET :offset"""


def search_hashtags(tx: Tx, text: str, *, limit: int, offset: int = 0) -> list[str]:
    """Return hashtags that begin with ``text`` (NFKC, lower case, without #), the most used first.

    Without those that only people use who are cut off. The index is stepped through from name to name, not from use to
    use.
    """
    if not text:
        return []
    some = tx.one("SELECT 1 FROM cut_off_accounts LIMIT 1") is not None
    values = {"text": text, "beyond": text + _LAST, "some": some, "limit": limit, "offset": offset}
    return [name for name, _ in tx.sql.execute(_NAMES, values)]
