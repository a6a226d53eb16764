"""Pages that posts link to, as client apps see them.

Spec: CLIENT_API §14 (PreviewCard, CardAuthor); https://docs.joinmastodon.org/entities/PreviewCard/.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from smallfed.domain.account import Account
from smallfed.domain.card import Card
from smallfed.domain.copy import Subject
from smallfed.domain.house import House
from smallfed.domain.uris import host
from smallfed.mastodon import entities
from smallfed.mastodon.entities import maybe
from smallfed.store import accounts
from smallfed.store.tx import Tx

Shown = Callable[[Collection[Account]], list[entities.Account]]
"""Presents accounts, in their order."""


class Authors:
    """Who in the fediverse wrote the pages of some cards: those who say themselves that the page may name them."""

    def __init__(self, tx: Tx, cards: Iterable[Card], show: Shown) -> None:
        named = {card.creator for card in cards if card.creator}
        self._known = accounts.by_handles(tx, named) if named else {}
        shown = show(self._known.values())
        self._shown: Mapping[str, entities.Account] = dict(zip(self._known, shown, strict=True))

    def of(self, card: Card) -> list[entities.CardAuthor]:
        """Return who wrote the page, as the page says and, where that is so, as the fediverse knows them."""
        known = self._known.get(card.creator)
        account = self._shown[card.creator] if known is not None and _may_be_named(known, card) else None
        if account is not None:
            name, url = account.display_name or account.username, account.url
            return [entities.CardAuthor(name=card.author_name or name, url=card.author_url or url, account=account)]
        if card.author_name:
            return [entities.CardAuthor(name=card.author_name, url=card.author_url, account=None)]
        return []


def _may_be_named(account: Account, card: Card) -> bool:
    """Whether the account lists the domain of the page, or one above it."""
    name = (host(card.page) or "").partition(":")[0]
    return any(name == domain or name.endswith(f".{domain}") for domain in account.attribution_domains)


def card(house: House, known: Card, authors: Authors) -> entities.PreviewCard:
    """Return a page that was read."""
    return entities.PreviewCard(**_said(house, known, authors))


def trending(house: House, known: Card, authors: Authors, history: list[entities.History]) -> entities.TrendingLink:
    """Return a page that is talked about, with how much."""
    return entities.TrendingLink(**_said(house, known, authors), history=history)


def _said(house: House, known: Card, authors: Authors) -> dict[str, Any]:
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
        "image": house.proxied(Subject.CARD, known.id, known.image) if known.image else None,
        "image_description": known.image_description,
        "embed_url": known.embed_url,
        "authors": authors.of(known),
        "published_at": maybe(known.published_at),
        "language": known.language or None,
    }
