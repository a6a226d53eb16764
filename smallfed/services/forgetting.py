"""Forgetting: others' posts go when they are old and nobody here has to do with them, and in the end their authors.

Nobody is told, and nothing is remembered of it that would keep them away: who needs them fetches them again.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta

from smallfed.store import forgetting, losing, pasts
from smallfed.store.forgetting import Terms
from smallfed.store.pasts import Past
from smallfed.store.tx import Tx


def forget(tx: Tx, chosen: Collection[int], terms: Terms) -> int:
    """Remove those of some posts that may go by now; return how many.

    Whose posts went is read anew in their own outbox when the owner looks further back than what is here.
    """
    gone = forgetting.forget(tx, chosen, terms)
    for account in gone:
        forgetting.note(tx, account, terms)
        _read_anew(tx, account)
    return sum(gone.values())


def _read_anew(tx: Tx, account: int) -> None:
    past = pasts.find(tx, account)
    if past is None:
        return
    pasts.drop(tx, account)
    if pasts.has_borrowed(tx, account):  # so that these are given back in their time
        pasts.put(tx, Past(account_id=account, looked_at=past.looked_at))


def lose(tx: Tx, chosen: Sequence[int], keep: timedelta, emptied: timedelta | None = None) -> int:
    """Remove those of some accounts of whom nothing is left that concerns anybody here; return how many."""
    return losing.lose(tx, chosen, keep, emptied)
