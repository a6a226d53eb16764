"""Losing: people of whom nothing is left here, and what keeps all others.

A round (``sweeps``) goes through the table by its ids.
"""

from collections.abc import Sequence
from datetime import timedelta

from smallfed.store.forgetting import SPAN
from smallfed.store.moments import ms
from smallfed.store.rows import listed
from smallfed.store.tx import Tx

RELATIONS: dict[str, tuple[str, ...]] = {
    "posts": ("account_id", "in_reply_to_account_id"),
    "owners": ("account_id",),
    "mentions": ("account_id",),
    "follows": ("follower_id", "target_id"),
    "blocks": ("account_id", "target_id"),
    "mutes": ("target_id",),
    "notifications": ("account_id",),
    "frozen_notifications": ("account_id",),
    "notification_requests": ("account_id",),
    "notification_permissions": ("account_id",),
    "synchronizations": ("account_id",),
    "likes": ("account_id",),
    "votes": ("account_id",),
    "moves": ("account_id", "target_id"),
    "stamps": ("account_id",),
    "approvals": ("account_id",),
    "list_members": ("account_id",),
    "notes": ("account_id",),
    "severed_follows": ("follower_id", "target_id"),
    "endorsements": ("account_id",),
    "dismissed_suggestions": ("account_id",),
    "reports": ("account_id", "server_id"),
    "borrowed": ("account_id",),
    "gaps": ("account_id",),
    "wave_items": ("account_id",),
}
"""Tables with rows that keep an account, and the columns that name it. Some of them would go along silently."""

GO_ALONG = frozenset({"featured_tags", "pasts", "askings", "moderators", "forgotten", "cut_off_accounts"})
"""Tables whose rows about an account go with it."""

_UNRELATED = " AND ".join(
    f"NOT EXISTS (SELECT 1 FROM {table} t WHERE t.{column} = a.id)"
    for table, columns in RELATIONS.items()
    for column in columns
)
_EMPTIED = "EXISTS (SELECT 1 FROM forgotten g WHERE g.account_id = a.id)"
_UNKNOWN = f"""NOT a.local AND max(a.created_at, ifnull(a.fetched_at, 0)) < iif({_EMPTIED}, :emptied, :before)
    AND {_UNRELATED}"""


def span(tx: Tx, above: int) -> int | None:
    """Return the highest id of the next accounts to be looked at, None when there are none left."""
    row = tx.one(f"SELECT max(id) FROM (SELECT id FROM accounts WHERE id > ? ORDER BY id LIMIT {SPAN})", above)
    return None if row[0] is None else int(row[0])


def strangers(tx: Tx, above: int, high: int, keep: timedelta, emptied: timedelta | None = None) -> list[int]:
    """Return the accounts ``above`` and up to ``high`` that nobody has to do with and nobody asked for, for so long.

    Those whose posts have been forgotten stay no longer than ``emptied``: relays bring many people, once.
    """
    statement = f"SELECT a.id FROM accounts a WHERE a.id > :above AND a.id <= :high AND {_UNKNOWN}"
    rows = tx.sql.execute(statement, {"above": above, "high": high, **_before(tx, keep, emptied)})
    return [account for (account,) in rows]


def _before(tx: Tx, keep: timedelta, emptied: timedelta | None) -> dict[str, int]:
    return {"before": ms(tx.now - keep), "emptied": ms(tx.now - min(keep, emptied or keep))}


def lose(tx: Tx, chosen: Sequence[int], keep: timedelta, emptied: timedelta | None = None) -> int:
    """Remove those of the accounts ``chosen`` that may still go, with their keys; return how many went."""
    tx.known.clear()
    statement = f"SELECT a.id FROM accounts a WHERE a.id IN (SELECT value FROM json_each(:chosen)) AND {_UNKNOWN}"
    rows = tx.sql.execute(statement, {"chosen": listed(chosen), **_before(tx, keep, emptied)}).fetchall()
    going = listed(account for (account,) in rows)
    tx.run(
        "DELETE FROM public_keys WHERE owner IN (SELECT uri FROM accounts"
        " WHERE id IN (SELECT value FROM json_each(?)))",
        going,
    )
    tx.run("DELETE FROM featured_tags WHERE account_id IN (SELECT value FROM json_each(?))", going)
    return tx.run("DELETE FROM accounts WHERE id IN (SELECT value FROM json_each(?))", going)
