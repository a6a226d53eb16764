"""Emojis: the owner's own custom ones."""

from collections.abc import Collection

from smallfed.domain.account import Emoji
from smallfed.domain.custom_emoji import CustomEmoji
from smallfed.store.rows import Shape, each, listed
from smallfed.store.tx import Tx

SHAPE = Shape(CustomEmoji, "emojis")
_SELECT = f"SELECT {SHAPE.columns('e')} FROM emojis e "


def find(tx: Tx, shortcode: str) -> CustomEmoji | None:
    """Return the emoji of that name, or None."""
    row = tx.one(_SELECT + "WHERE e.shortcode = ?", shortcode)
    return None if row is None else SHAPE.read(row)


def all_(tx: Tx) -> list[CustomEmoji]:
    """Return all, by category and name."""
    return list(each(SHAPE.read, tx.all(_SELECT + "ORDER BY e.category IS NOT NULL, e.category, e.shortcode")))


def pictures(tx: Tx, shortcodes: Collection[str]) -> tuple[Emoji, ...]:
    """Return those of ``shortcodes`` that there are, as parts of a text, in their order."""
    if not shortcodes:
        return ()
    rows = tx.all(_SELECT + "WHERE e.shortcode IN (SELECT value FROM json_each(?))", listed(shortcodes))
    known = {emoji.shortcode: emoji.shown for emoji in each(SHAPE.read, rows)}
    return tuple(known[name] for name in dict.fromkeys(shortcodes) if name in known)


def put(tx: Tx, emoji: CustomEmoji) -> None:
    """Store a new one; sqlite3.IntegrityError when its name is taken."""
    SHAPE.insert(tx, emoji)


def change(tx: Tx, emoji: int, **columns: object) -> None:
    """Change some columns; the values are those of the Struct."""
    SHAPE.change(tx, emoji, **columns)


def drop(tx: Tx, emoji: int) -> None:
    """Remove one."""
    tx.run("DELETE FROM emojis WHERE id = ?", emoji)
