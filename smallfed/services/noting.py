"""Noting: what the owner notes about people, for no eyes but the owner's.

Spec: https://docs.joinmastodon.org/methods/accounts/#note; PROTOCOL §8.1 (notes go along with who moves).
"""

from smallfed.domain.account import Account
from smallfed.errors import Invalid
from smallfed.store import notes
from smallfed.store.tx import Tx

LONGEST = 2000  # as Mastodon


def annotate(tx: Tx, account: Account, comment: str) -> None:
    """Note ``comment`` about an account, instead of what was noted before; nothing but space takes the note away."""
    if len(comment) > LONGEST:
        raise Invalid(f"Validation failed: Comment is too long (maximum is {LONGEST} characters)")
    if comment.strip():
        notes.put(tx, account.id, comment)
    else:
        notes.drop(tx, account.id)


def carry(tx: Tx, old: Account, new: Account) -> None:
    """Note about ``new`` what is noted about ``old``, before what is noted there already, as far as there is room.

    What is noted about ``old`` stays: nothing is lost where there is none.
    """
    comment = notes.find(tx, old.id)
    if comment is None:
        return
    here = notes.find(tx, new.id)
    told = f"Noted when they were @{old.handle}:\n{comment}"
    longer, shorter = (told, comment) if here is None else (f"{told}\n\n{here}", here)
    notes.put(tx, new.id, longer if len(longer) <= LONGEST else shorter)
