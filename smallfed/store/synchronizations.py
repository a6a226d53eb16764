"""Synchronizations: what servers said of their accounts' followers here, where we know otherwise, until it is settled.

Spec: FEP-8fcf.
"""

from datetime import datetime

from msgspec import Struct

from smallfed.store.moments import moment, ms
from smallfed.store.tx import Tx


class Said(Struct, frozen=True, kw_only=True):
    """The followers here of ``account_id`` are listed at ``url``; that list has this ``digest``."""

    account_id: int
    url: str
    digest: str
    heard_at: datetime


def find(tx: Tx, account: int) -> Said | None:
    """Return what was said last of the followers of ``account``, or None."""
    row = tx.one("SELECT account_id, url, digest, heard_at FROM synchronizations WHERE account_id = ?", account)
    return None if row is None else Said(account_id=row[0], url=row[1], digest=row[2], heard_at=moment(row[3]))


def put(tx: Tx, account: int, *, url: str, digest: str) -> None:
    """Note what is said now, instead of what was said before."""
    tx.run(
        "INSERT OR REPLACE INTO synchronizations (account_id, url, digest, heard_at) VALUES (?, ?, ?, ?)",
        account,
        url,
        digest,
        ms(tx.now),
    )
