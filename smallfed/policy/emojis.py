"""Custom emoji of others: which picture counts when a text comes again.

Spec: FEP-9098 (``updated``); PROTOCOL §5.4.
"""

from collections.abc import Iterable

from smallfed.domain.account import Emoji


def renewed(known: Iterable[Emoji], said: Iterable[Emoji]) -> tuple[Emoji, ...]:
    """Return the emoji as they are ``said`` now, but for pictures that are older than those ``known``."""
    dated = {emoji.shortcode: emoji for emoji in known if emoji.updated_at is not None}
    return tuple(_newer(dated.get(emoji.shortcode), emoji) for emoji in said)


def _newer(known: Emoji | None, said: Emoji) -> Emoji:
    if known is None or known.updated_at is None or said.updated_at is None:
        return said
    return known if known.updated_at > said.updated_at else said
