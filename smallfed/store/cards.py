"""Cards: the pages that posts link to, and which post shows which."""

from datetime import datetime

from msgspec import structs

from smallfed.domain.card import Card, Glimpse
from smallfed.store import ids
from smallfed.store.rows import Shape, column
from smallfed.store.tx import Tx

SHAPE = Shape(Card, "cards")
_SELECT = f"SELECT {SHAPE.columns('c')} FROM cards c"


def find(tx: Tx, url: str) -> Card | None:
    """Return the card of what posts link to as ``url``, or None."""
    row = tx.one(f"{_SELECT} WHERE c.url = ?", url)
    return None if row is None else SHAPE.read(row)


def put(tx: Tx, url: str) -> Card:
    """Return the card of ``url``; one that is not read yet where there was none."""
    known = find(tx, url)
    if known is not None:
        return known
    card = Card(id=ids.fresh(tx, "cards"), url=url, page=url, created_at=tx.now)
    SHAPE.insert(tx, card)
    return card


def fill(tx: Tx, url: str, glimpse: Glimpse | None) -> None:
    """Note that the page was read now, and what it says; None: nothing that makes a card, and what it said stays."""
    said = {} if glimpse is None else structs.asdict(glimpse)
    sets = ", ".join(f"{name} = ?" for name in ("read_at", *said))
    values = [column(value) for value in (tx.now, *said.values())]
    tx.run(f"UPDATE cards SET {sets} WHERE url = ?", *values, url)


def drop_image(tx: Tx, card: int, url: str) -> bool:
    """Let a card show no picture if it is this one; return whether it was."""
    return tx.run("UPDATE cards SET image = '', image_description = '' WHERE id = ? AND image = ?", card, url) == 1


def show(tx: Tx, post: int, card: int | None) -> None:
    """Let a post show this card, or none. A card goes with the last post that shows it."""
    tx.run("DELETE FROM card_posts WHERE post_id = ? AND card_id IS NOT ?", post, card)
    if card is not None:
        tx.run("INSERT OR IGNORE INTO card_posts (post_id, card_id) VALUES (?, ?)", post, card)


def attach(tx: Tx, post: int, card: int) -> None:
    """Let a post show this card, not because of its first link but because its author has attached the page."""
    show(tx, post, card)
    tx.run("UPDATE card_posts SET attached = 1 WHERE post_id = ?", post)


def attached(tx: Tx, post: int) -> str | None:
    """Return the address of the page that the author of a post has attached to it, or None."""
    statement = "SELECT c.url FROM card_posts x JOIN cards c ON c.id = x.card_id WHERE x.post_id = ? AND x.attached"
    row = tx.one(statement, post)
    return None if row is None else str(row[0])


def of_owner(tx: Tx, url: str) -> bool:
    """Whether a post of the owner shows the card of ``url``."""
    statement = """SELECT 1 FROM cards c JOIN card_posts x ON x.card_id = c.id JOIN posts p ON p.id = x.post_id
        WHERE c.url = ? AND p.local LIMIT 1"""
    return tx.one(statement, url) is not None


def of_post(tx: Tx, post: int) -> Card | None:
    """Return the card of a post, read or not."""
    row = tx.one(f"{_SELECT} JOIN card_posts x ON x.card_id = c.id WHERE x.post_id = ?", post)
    return None if row is None else SHAPE.read(row)


def posts_of(tx: Tx, url: str, limit: int) -> list[int]:
    """Return the posts that show the card of ``url``, the newest, at most ``limit``."""
    statement = """SELECT x.post_id FROM cards c JOIN card_posts x ON x.card_id = c.id WHERE c.url = ?
        ORDER BY x.post_id DESC LIMIT ?"""
    return [post for (post,) in tx.all(statement, url, limit)]


def of_posts(tx: Tx, posts: str) -> list[tuple[int, Card]]:
    """Return (post, card) for ``posts`` (see ``rows.listed``), as far as there is something to be shown."""
    rows = tx.all(
        f"SELECT x.post_id, {SHAPE.columns('c')} FROM card_posts x JOIN cards c ON c.id = x.card_id"
        " WHERE x.post_id IN (SELECT value FROM json_each(?)) AND c.title <> ''",
        posts,
    )
    return [(int(row[0]), SHAPE.read(row[1:])) for row in rows]


def players(tx: Tx, posts: str) -> list[int]:
    """Return those of ``posts`` (see ``rows.listed``) whose card plays something in place."""
    statement = """SELECT x.post_id FROM card_posts x JOIN cards c ON c.id = x.card_id
        WHERE x.post_id IN (SELECT value FROM json_each(?)) AND c.html <> ''"""
    return [post for (post,) in tx.all(statement, posts)]


def is_player(card: Card | None) -> bool:
    """Whether a card plays something in place: what has a frame of ours."""
    return card is not None and card.html != ""


def stale(card: Card, before: datetime) -> bool:
    """Whether a card was not read since ``before``."""
    return card.read_at is None or card.read_at < before
