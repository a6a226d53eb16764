"""Suggesting: whom the owner is proposed, and does not want to be proposed any more."""

from smallfed.store import accounts, suggestions
from smallfed.store.tx import Tx


def dismiss(tx: Tx, account: int) -> None:
    """Propose an account no more; an unknown one was not proposed."""
    if accounts.find(tx, account) is not None:
        suggestions.dismiss(tx, account)
