"""Pasts: how far the outboxes of people on other servers have been read, and the posts that are here because of it.

Spec: PROTOCOL §4.14; RULINGS 12.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct, structs

from smallfed.store.mattering import MINE, TIES
from smallfed.store.moments import moment, ms
from smallfed.store.tx import Tx

MANY = 200  # posts of a thread that are looked at to find the owner in it


class Past(Struct, frozen=True, kw_only=True):
    """How far an outbox was read: everything published from ``reached`` up to ``newest`` has been seen.

    ``next`` is the page to go on with, of which ``skip`` things were taken already; ``ended`` says why there is none.
    ``barren`` counts the pages in a row that brought nothing new. ``head_at``: when the first page was read.
    """

    account_id: int
    next: str | None = None
    skip: int = 0
    newest: datetime | None = None
    reached: datetime | None = None
    barren: int = 0
    ended: str | None = None
    head_at: datetime | None = None
    looked_at: datetime


_COLUMNS = tuple(field.name for field in structs.fields(Past))
_MOMENTS = frozenset({"newest", "reached", "head_at", "looked_at"})
_PUT = f"INSERT OR REPLACE INTO pasts ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"


def find(tx: Tx, account: int) -> Past | None:
    """Return how far the outbox of an account was read, None when never."""
    row = tx.one(f"SELECT {', '.join(_COLUMNS)} FROM pasts WHERE account_id = ?", account)
    return None if row is None else _read(row)


def _read(row: tuple[Any, ...]) -> Past:
    columns = zip(_COLUMNS, row, strict=True)
    return Past(**{name: moment(value) if name in _MOMENTS else value for name, value in columns})


def put(tx: Tx, past: Past) -> None:
    """Note how far an outbox was read, instead of what was noted before."""
    values = [getattr(past, name) for name in _COLUMNS]
    tx.run(_PUT, *[ms(value) if isinstance(value, datetime) else value for value in values])


def drop(tx: Tx, account: int) -> None:
    """Forget how far an outbox was read."""
    tx.run("DELETE FROM pasts WHERE account_id = ?", account)


def looked(tx: Tx, account: int) -> None:
    """Note that the owner looks at this past."""
    tx.run("UPDATE pasts SET looked_at = ? WHERE account_id = ?", ms(tx.now), account)


def forgotten(tx: Tx, since: datetime) -> int | None:
    """Return an account into whose past nobody has looked since then, None when there is none."""
    row = tx.one("SELECT account_id FROM pasts WHERE looked_at < ? ORDER BY looked_at LIMIT 1", ms(since))
    return None if row is None else int(row[0])


# What was borrowed ----------------------------------------------------------------------------------------------------
def borrow(tx: Tx, account: int, post: int) -> None:
    """Mark a post as here only because of the past of ``account``."""
    tx.run("INSERT OR IGNORE INTO borrowed (account_id, post_id) VALUES (?, ?)", account, post)


def is_borrowed(tx: Tx, post: int) -> bool:
    """Whether nobody sent us this post."""
    return tx.one("SELECT 1 FROM borrowed WHERE post_id = ? LIMIT 1", post) is not None


def keep(tx: Tx, post: int) -> bool:
    """Take the mark off a post, for it has been sent to us now; False when it had none."""
    return tx.run("DELETE FROM borrowed WHERE post_id = ?", post) > 0


def has_borrowed(tx: Tx, account: int) -> bool:
    """Whether anything came with the past of an account, and is still marked so."""
    return tx.one("SELECT 1 FROM borrowed WHERE account_id = ? LIMIT 1", account) is not None


def count(tx: Tx) -> tuple[int, int]:
    """Return how many posts are borrowed, and of how many people's pasts."""
    posts, accounts = tx.one("SELECT count(DISTINCT post_id), count(DISTINCT account_id) FROM borrowed")
    return int(posts), int(accounts)


_STAYS = """EXISTS (SELECT 1 FROM posts s WHERE s.{link} = b.post_id AND NOT EXISTS
    (SELECT 1 FROM borrowed x WHERE x.post_id = s.id))"""

MATTERS: dict[str, str] = {
    "is in the home timeline": "EXISTS (SELECT 1 FROM posts p WHERE p.id = b.post_id AND p.in_home)",
    "is pinned by its author": "EXISTS (SELECT 1 FROM pins n WHERE n.post_id = b.post_id)",
    "is boosted by the owner or in what was sent": _STAYS.format(link="boost_of_id"),
    "is answered in what was sent": _STAYS.format(link="in_reply_to_id"),
    "is quoted in what was sent": """EXISTS (SELECT 1 FROM quotes g WHERE g.quoted_id = b.post_id AND NOT EXISTS
        (SELECT 1 FROM borrowed x WHERE x.post_id = g.post_id))""",
    "stands above a post of the owner": f"""EXISTS (
        WITH RECURSIVE down (id) AS (
            SELECT b.post_id UNION SELECT q.id FROM down JOIN posts q ON q.in_reply_to_id = down.id LIMIT {MANY})
        SELECT 1 FROM down JOIN posts p ON p.id = down.id WHERE p.account_id = ({MINE}))""",
    **{name: condition.format(post="b.post_id") for name, condition in TIES.items()},
}
"""What makes a borrowed post stay, as conditions about the row ``b`` of ``borrowed``."""

_LENT_ONCE = "NOT EXISTS (SELECT 1 FROM borrowed x WHERE x.post_id = b.post_id AND x.account_id <> b.account_id)"
_BOOST_LEFT = "NOT EXISTS (SELECT 1 FROM posts s WHERE s.boost_of_id = b.post_id)"
_GOES = " AND ".join([f"NOT {condition}" for condition in MATTERS.values()])


def give_back(tx: Tx, account: int, *, most: int) -> int:
    """Remove at most ``most`` posts that came with the past of an account and matter to nobody; return how many."""
    tx.known.clear()
    tx.run(
        "DELETE FROM borrowed AS b WHERE account_id = ? AND EXISTS"
        " (SELECT 1 FROM borrowed x WHERE x.post_id = b.post_id AND x.account_id <> b.account_id)",
        account,
    )
    # Boosts before what they show: a post that is still shown by one cannot go.
    return tx.run(
        f"DELETE FROM posts WHERE id IN (SELECT b.post_id FROM borrowed b WHERE b.account_id = ? AND {_LENT_ONCE}"
        f" AND {_GOES} AND {_BOOST_LEFT} LIMIT ?)",
        account,
        most,
    )
