"""Pages that posts link to, as client apps see them.

Spec: CLIENT_API §14 (PreviewCard, CardAuthor); https://docs.joinmastodon.org/entities/PreviewCard/.
"""

from typing import Any

from smallfed.domain.card import Card
from smallfed.mastodon import entities
from smallfed.mastodon.entities import maybe


def card(known: Card) -> entities.PreviewCard:
    """Return a page that was read."""
    return entities.PreviewCard(**_said(known))


def _said(known: Card) -> dict[str, Any]:
    return {
        "url": known.page,
        "title": known.title,
        "description": known.description,
        "type": known.type,
        "author_name": known.author_name,
        "author_url": known.author_url,
        "provider_name": known.provider_name,
        "provider_url": known.provider_url,
        "html": known.html,
        "width": known.width,
        "height": known.height,
        "image": known.image or None,
        "image_description": known.image_description,
        "embed_url": known.embed_url,
        "authors": _authors(known),
        "published_at": maybe(known.published_at),
        "language": known.language or None,
    }


def _authors(known: Card) -> list[entities.CardAuthor]:
    if not known.author_name:
        return []
    return [entities.CardAuthor(name=known.author_name, url=known.author_url, account=None)]
