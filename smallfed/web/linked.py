"""Cards on the public pages: what a page that a post links to says of itself, with its picture, loaded from us.

Spec: SAFETY §3: the host is always named, whatever the page calls itself.
"""

from msgspec import Struct

from smallfed.domain import uris
from smallfed.domain.card import Card
from smallfed.domain.copy import Subject
from smallfed.domain.house import House
from smallfed.text.sanitise import cut
from smallfed.web.persons import loaded

LONGEST = 200


class Linked(Struct, frozen=True, kw_only=True):
    """A page that a post links to. ``kind`` is what one finds there, "" for an ordinary page.

    ``picture`` is a path, None where there is none; ``described`` is what it shows, in the words of the page.
    """

    url: str
    title: str
    description: str
    language: str | None
    host: str
    kind: str
    picture: str | None = None
    described: str = ""


def linked(house: House, card: Card | None, *, sensitive: bool) -> Linked | None:
    """Return a card as shown, None where there is nothing to show; of a ``sensitive`` post without the picture."""
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
        picture=None if sensitive or not card.image else _picture(house, card),
        described=card.image_description,
    )


def _picture(house: House, card: Card) -> str:
    return loaded(house, house.proxied(Subject.CARD, card.id, card.image, small=True))
