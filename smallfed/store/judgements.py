"""Judgements: what rules have said about posts that were let in, kept with them.

What was said because a stranger sent it (``services/sifting``) is the owner's to lift: it outlives what rules say anew.
"""

from collections.abc import Iterable

from smallfed.domain.rule import Action, Verdict
from smallfed.domain.wave import STRANGERS
from smallfed.store.tx import Tx

OF_STRANGERS = f"rule GLOB '{STRANGERS}*'"
"""The condition that something was said because a stranger sent it."""


def put(tx: Tx, post: int, verdicts: Iterable[Verdict]) -> None:
    """Keep what rules say about a post, instead of what they said before."""
    drop(tx, post)
    add(tx, post, verdicts)


def add(tx: Tx, post: int, verdicts: Iterable[Verdict]) -> None:
    """Keep with a post that this was said about it, too."""
    for verdict in verdicts:
        tx.run(
            "INSERT OR IGNORE INTO judgements (post_id, action, rule, reason) VALUES (?, ?, ?, ?)",
            post,
            verdict.action,
            verdict.rule,
            verdict.reason,
        )


def drop(tx: Tx, post: int) -> None:
    """Forget what rules said about a post."""
    tx.run(f"DELETE FROM judgements WHERE post_id = ? AND NOT {OF_STRANGERS}", post)


def of(tx: Tx, post: int) -> list[Verdict]:
    """Return what rules have said about a post."""
    rows = tx.all("SELECT action, reason, rule FROM judgements WHERE post_id = ? ORDER BY action, rule", post)
    return [Verdict(Action(action), reason, rule) for action, reason, rule in rows]


def says(tx: Tx, post: int, action: Action) -> bool:
    """Whether a rule says this about a post."""
    return tx.one("SELECT 1 FROM judgements WHERE post_id = ? AND action = ?", post, action) is not None


def waits(tx: Tx, post: int) -> bool:
    """Whether something was said about a post because a stranger sent it, and is not lifted."""
    return tx.one(f"SELECT 1 FROM judgements WHERE post_id = ? AND {OF_STRANGERS}", post) is not None


def hides(p: str) -> str:
    """Return the condition that a rule keeps the posts' row ``p`` out of public views."""
    return f"EXISTS (SELECT 1 FROM judgements j WHERE j.post_id = {p}.id AND j.action = 'hide')"
