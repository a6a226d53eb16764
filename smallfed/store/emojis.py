"""Emojis: the owner's own custom ones."""

from collections.abc import Collection

from msgspec import json

from smallfed.domain.account import Emoji
from smallfed.domain.custom_emoji import CustomEmoji
from smallfed.store.rows import Shape, each, listed
from smallfed.store.tx import Tx

SHAPE = Shape(CustomEmoji, "emojis")
NAMESAKES = 20  # a name with _ in it may find others first
_SELECT = f"SELECT {SHAPE.columns('e')} FROM emojis e "


def find(tx: Tx, shortcode: str) -> CustomEmoji | None:
    """Return the emoji of that name, or None."""
    row = tx.one(_SELECT + "WHERE e.shortcode = ?", shortcode)
    return None if row is None else SHAPE.read(row)


def all_(tx: Tx) -> list[CustomEmoji]:
    """Return all, by category and name."""
    return list(each(SHAPE.read, tx.all(_SELECT + "ORDER BY e.category IS NOT NULL, e.category, e.shortcode")))


def pictures(tx: Tx, shortcodes: Collection[str]) -> tuple[Emoji, ...]:
    """Return those of ``shortcodes`` that can be written, as parts of a text, in their order."""
    if not shortcodes:
        return ()
    rows = tx.all(_SELECT + "WHERE e.enabled AND e.shortcode IN (SELECT value FROM json_each(?))", listed(shortcodes))
    known = {emoji.shortcode: emoji.shown for emoji in each(SHAPE.read, rows)}
    return tuple(known[name] for name in dict.fromkeys(shortcodes) if name in known)


def move(tx: Tx, category: str, into: str | None) -> int:
    """Give all emoji of a category another one, or none; return how many they are."""
    return tx.run("UPDATE emojis SET category = ? WHERE category = ?", into, category)


def heard(tx: Tx, host: str, shortcode: str) -> Emoji | None:
    """Return an emoji that somebody of the server ``host`` has in their profile, or None."""
    rows = tx.all(
        "SELECT emojis FROM accounts WHERE host = ? AND emojis LIKE ? LIMIT ?",
        host,
        f'%"shortcode":"{shortcode}"%',
        NAMESAKES,
    )
    found = (emoji for (text,) in rows for emoji in json.decode(text, type=list[Emoji]))
    return next((emoji for emoji in found if emoji.shortcode == shortcode), None)


def put(tx: Tx, emoji: CustomEmoji) -> None:
    """Store a new one; sqlite3.IntegrityError when its name is taken."""
    SHAPE.insert(tx, emoji)


def change(tx: Tx, emoji: int, **columns: object) -> None:
    """Change some columns; the values are those of the Struct."""
    SHAPE.change(tx, emoji, **columns)


def drop(tx: Tx, emoji: int) -> None:
    """Remove one."""
    tx.run("DELETE FROM emojis WHERE id = ?", emoji)
