"""Trending links: which pages more people post about than usual.

Counting walks the posts of a week that link to pages: that is for threads. Only public posts count, of people whom the
owner wants to read, each person once a day.
"""

from collections.abc import Sequence

from msgspec import Struct, json

from smallfed.domain.card import Card
from smallfed.policy.trending import DAYS, PER_SITE
from smallfed.store import visibility
from smallfed.store.cards import SHAPE
from smallfed.store.rows import each, listed
from smallfed.store.trends import bound, day_of, first_id, said_around, settled, site
from smallfed.store.tx import Tx

Day = tuple[int, int, int]
"""A day since 1970, how many people posted about a page on it, in how many posts."""


class Talk(Struct, frozen=True, kw_only=True):
    """How much a page is talked about. ``card`` is one of its cards; ``days`` are seven, today first."""

    card: int
    days: tuple[Day, ...]


_OF_LATE = "posts p CROSS JOIN card_posts x ON x.post_id = p.id CROSS JOIN cards c ON c.id = x.card_id"
_OF_THEM = """(SELECT DISTINCT k.page FROM trending_links t CROSS JOIN cards k ON k.id = t.card_id) talked
    CROSS JOIN cards c ON c.page = talked.page CROSS JOIN card_posts x ON x.card_id = c.id AND x.post_id >= :first
    CROSS JOIN posts p ON p.id = x.post_id"""


def linked(tx: Tx, *, again: bool = False) -> list[Talk]:
    """Return the pages that were read and that posts without a warning were about this week.

    ``again``: only those that stand out already, which are soon found.
    """
    today = day_of(tx.now)
    rows = tx.sql.execute(
        f"""SELECT page, min(card), day, sum(min(people, {PER_SITE})), sum(posts) FROM (
            SELECT c.page, min(c.id) AS card, (p.id >> 16) / 86400000 AS day,
                count(DISTINCT p.account_id) AS people, count(*) AS posts
            FROM {_OF_THEM if again else _OF_LATE}
            CROSS JOIN accounts a ON a.id = p.account_id
            WHERE p.id >= :first AND p.visibility = 'public' AND NOT p.removed AND NOT p.sensitive AND c.title <> ''
            AND {visibility.met("p.account_id")} AND {said_around("p")} AND {settled("a")}
            GROUP BY c.page, day, {site("a")})
            GROUP BY page, day""",
        {**bound(tx), "first": first_id(today - DAYS + 1)},
    )
    pages: dict[str, dict[int, Day]] = {}
    cards: dict[str, int] = {}
    for page, card, day, people, posts in rows:
        cards[page] = min(card, cards.get(page, card))
        pages.setdefault(page, {})[day] = (day, people, posts)
    week = range(today, today - DAYS, -1)
    return [
        Talk(card=cards[page], days=tuple(found.get(day, (day, 0, 0)) for day in week)) for page, found in pages.items()
    ]


def replace(tx: Tx, links: Sequence[tuple[Talk, float]]) -> None:
    """Let these pages be what stands out, with their scores. Pages nobody links to any more are left out."""
    tx.run("DELETE FROM trending_links")
    for talk, score in links:
        tx.run(
            "INSERT INTO trending_links (card_id, score, days) SELECT id, ?, ? FROM cards WHERE id = ?",
            score,
            json.encode(talk.days).decode(),
            talk.card,
        )


def links(tx: Tx) -> list[Talk]:
    """Return the pages that stood out when they were counted, the most talked about first."""
    rows = tx.all("SELECT card_id, days FROM trending_links ORDER BY score DESC, card_id DESC")
    return [Talk(card=card, days=json.decode(days, type=tuple[Day, ...])) for card, days in rows]


def cards(tx: Tx, talks: Sequence[Talk]) -> list[tuple[Card, Sequence[Day]]]:
    """Return the cards of pages that are talked about, with their days."""
    days = {talk.card: talk.days for talk in talks}
    rows = tx.all(
        f"SELECT {SHAPE.columns('c')} FROM json_each(?) t CROSS JOIN cards c ON c.id = t.value ORDER BY t.key",
        listed(days),
    )
    return [(card, days[card.id]) for card in each(SHAPE.read, rows)]
