"""Preferences: what the owner wants others to do and to see."""

from smallfed.domain.interaction import QuotePolicy, ReplyPolicy
from smallfed.domain.preferences import Discretion, Preferences, Seen, discretion
from smallfed.store.tx import Tx


def find(tx: Tx) -> Preferences:
    """Return what the owner prefers; before setup what everybody begins with. Asked once within a call."""
    known: Preferences | None = tx.known.get("preferences")
    if known is None:
        row = tx.one("SELECT quote_policy, reply_policy, boosts, follow_counts, post_counts FROM owners")
        known = tx.known["preferences"] = Preferences() if row is None else _read(*row)
    return known


def _read(quotes: str, replies: str, boosts: int, follow_counts: str, post_counts: str) -> Preferences:
    return Preferences(
        quotes=QuotePolicy(quotes),
        replies=ReplyPolicy(replies),
        boosts=bool(boosts),
        follow_counts=Seen(follow_counts),
        post_counts=Seen(post_counts),
    )


def put(tx: Tx, wanted: Preferences) -> None:
    """Store all of them."""
    tx.known.pop("preferences", None)
    tx.run(
        "UPDATE owners SET quote_policy = ?, reply_policy = ?, boosts = ?, follow_counts = ?, post_counts = ?",
        wanted.quotes,
        wanted.replies,
        wanted.boosts,
        wanted.follow_counts,
        wanted.post_counts,
    )


def hidden(tx: Tx, viewer: int | None) -> Discretion:
    """Return which counts are kept from ``viewer``: the owner's account id, or None for a stranger."""
    return discretion(find(tx), towards_owner=viewer is not None)
