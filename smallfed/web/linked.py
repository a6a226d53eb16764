"""Cards on the public pages: what a page that a post links to says of itself, in words.

Spec: RULINGS 28: no picture of others; the host is always named, whatever the page calls itself.
"""

from msgspec import Struct

from smallfed.domain import uris
from smallfed.domain.card import Card
from smallfed.text.sanitise import cut

LONGEST = 200


class Linked(Struct, frozen=True, kw_only=True):
    """A page that a post links to. ``kind`` is what one finds there, "" for an ordinary page."""

    url: str
    title: str
    description: str
    language: str | None
    host: str
    kind: str


def linked(card: Card | None) -> Linked | None:
    """Return a card as shown, None where there is nothing to show."""
    host = None if card is None else uris.host(card.url)
    if card is None or host is None:
        return None
    return Linked(
        url=card.url,
        title=cut(card.title, LONGEST),
        description="" if card.description == card.title else cut(card.description, LONGEST),
        language=card.language or None,
        host=host.removeprefix("www."),
        kind={"video": "film", "photo": "picture"}.get(card.type, ""),
    )
