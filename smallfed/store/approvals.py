"""Approvals: which replies and boosts of the owner wait for another's word, and what it was."""

from smallfed.domain.interaction import Approval, QuoteState
from smallfed.store.moments import moment, ms
from smallfed.store.tx import Tx


def find(tx: Tx, post: int) -> Approval | None:
    """Return what a reply or boost of the owner needs, None when it needs nothing."""
    row = tx.one("SELECT post_id, account_id, state, uri, created_at FROM approvals WHERE post_id = ?", post)
    if row is None:
        return None
    return Approval(post_id=row[0], account_id=row[1], state=QuoteState(row[2]), uri=row[3], created_at=moment(row[4]))


def put(tx: Tx, post: int, account: int) -> None:
    """Note that a reply or boost waits for the word of an account."""
    tx.run(
        "INSERT OR REPLACE INTO approvals (post_id, account_id, state, created_at) VALUES (?, ?, 'pending', ?)",
        post,
        account,
        ms(tx.now),
    )


def settle(tx: Tx, post: int, state: QuoteState, uri: str | None) -> None:
    """Note what the word was."""
    tx.run("UPDATE approvals SET state = ?, uri = ? WHERE post_id = ?", state, uri, post)
