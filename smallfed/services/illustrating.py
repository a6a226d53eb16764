"""Illustrating: the owner's own custom emoji come, change and go.

What was said with one keeps the picture it had: files of pictures stay, and have an address each.

Spec: CLIENT_API §14 (CustomEmoji); FEP-9098; Mastodon's limits (CustomEmoji).
"""

import re

from smallfed.domain.custom_emoji import CustomEmoji
from smallfed.domain.events import EmojisChanged
from smallfed.domain.profile import ProfileChange
from smallfed.errors import Invalid, NotFound
from smallfed.services import profiles
from smallfed.store import emojis, ids
from smallfed.store.tx import Tx

_SHORTCODE = re.compile(r"[A-Za-z0-9_]{2,64}")


def clean_shortcode(text: str) -> str:
    """Return the name of an emoji without colons; Invalid for what can be none."""
    name = text.strip().strip(":")
    if not _SHORTCODE.fullmatch(name):
        raise Invalid(f"{text!r} is no name for an emoji: it takes 2 to 64 letters (a–z), digits and _")
    return name


def add(tx: Tx, *, shortcode: str, url: str, still: str, category: str | None) -> CustomEmoji:
    """Let ``:shortcode:`` look like this from now on, and return it; a ``category`` of None leaves the one it has."""
    shortcode = clean_shortcode(shortcode)
    known = emojis.find(tx, shortcode)
    if known is None:
        new = CustomEmoji(
            id=ids.fresh(tx, "emojis"),
            shortcode=shortcode,
            category=category,
            url=url,
            still=still,
            created_at=tx.now,
            updated_at=tx.now,
        )
        emojis.put(tx, new)
    else:
        updated_at = known.updated_at if (known.url, known.still) == (url, still) else tx.now
        category = known.category if category is None else category or None
        emojis.change(tx, known.id, url=url, still=still, category=category, updated_at=updated_at)
    _changed(tx)
    return _get(tx, shortcode)


def remove(tx: Tx, *, shortcode: str) -> CustomEmoji:
    """Let ``:shortcode:`` be a text again, and return what it was; NotFound."""
    known = _get(tx, shortcode.strip().strip(":"))
    emojis.drop(tx, known.id)
    _changed(tx)
    return known


def _get(tx: Tx, shortcode: str) -> CustomEmoji:
    known = emojis.find(tx, shortcode)
    if known is None:
        raise NotFound(f"there is no emoji :{shortcode}:")
    return known


def _changed(tx: Tx) -> None:
    tx.announce(EmojisChanged())
    profiles.update(tx, ProfileChange())
