"""Custom emoji of others: which picture counts when a text comes again, and which is none where badges are.

Spec: FEP-9098 (``updated``); PROTOCOL §5.4; SAFETY §5 (impersonation).
"""

import re
from collections.abc import Iterable

from smallfed.domain.account import Emoji


def renewed(known: Iterable[Emoji], said: Iterable[Emoji]) -> tuple[Emoji, ...]:
    """Return the emoji as they are ``said`` now, but for pictures that are older than those ``known``."""
    dated = {emoji.shortcode: emoji for emoji in known if emoji.updated_at is not None}
    return tuple(_newer(dated.get(emoji.shortcode), emoji) for emoji in said)


_BADGE = re.compile(
    r"(?:[a-z0-9]+_)*(?:un)?(?:verif(?:y|ied|ication)|(?:blue|gold|grey|gray)_?(?:tick|check|badge)|check_?mark|official)"
    r"(?:[a-z]*(?:_?[a-z0-9]+)*)",
    re.IGNORECASE,
)


def in_names(name: str, known: Iterable[Emoji]) -> tuple[Emoji, ...]:
    """Return the emoji to be drawn with somebody's ``name``: none in it that looks like a badge that was awarded."""
    return tuple(one for one in known if not (f":{one.shortcode}:" in name and _BADGE.fullmatch(one.shortcode)))


def _newer(known: Emoji | None, said: Emoji) -> Emoji:
    if known is None or known.updated_at is None or said.updated_at is None:
        return said
    return known if known.updated_at > said.updated_at else said
