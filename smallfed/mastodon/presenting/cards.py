"""Pages that posts link to, as client apps see them.

Spec: CLIENT_API §14 (PreviewCard, CardAuthor); https://docs.joinmastodon.org/entities/PreviewCard/.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from smallfed.domain.account import Account
from smallfed.domain.card import Card
from smallfed.domain.copy import Subject
from smallfed.domain.house import House
from smallfed.domain.uris import host
from smallfed.mastodon import entities
from smallfed.mastodon.entities import maybe
from smallfed.store import accounts, copies
from smallfed.store.tx import Tx

Shown = Callable[[Collection[Account]], list[entities.Account]]
"""Presents accounts, in their order."""


class Around:
    """What is known of some pages besides what they say: how their pictures look, and who in the fediverse wrote them.

    That are those who say themselves that the page may name them. ``mine``: the owner asks.
    """

    def __init__(self, tx: Tx, cards: Iterable[Card], show: Shown, *, mine: bool) -> None:
        self._mine = mine
        cards = list(cards)
        self._blurred = copies.blurhashes(tx, {card.image for card in cards if card.image})
        named = {card.creator for card in cards if card.creator}
        self._known = accounts.by_handles(tx, named) if named else {}
        shown = show(self._known.values())
        self._shown: Mapping[str, entities.Account] = dict(zip(self._known, shown, strict=True))

    def authors(self, card: Card) -> list[entities.CardAuthor]:
        """Return who wrote the page, as the page says and, where that is so, as the fediverse knows them."""
        known = self._known.get(card.creator)
        account = self._shown[card.creator] if known is not None and _may_be_named(known, card) else None
        if account is not None:
            name, url = account.display_name or account.username, account.url
            return [entities.CardAuthor(name=card.author_name or name, url=card.author_url or url, account=account)]
        if card.author_name:
            return [entities.CardAuthor(name=card.author_name, url=card.author_url, account=None)]
        return []

    def blurhash(self, card: Card) -> str | None:
        """Return how the picture of a page looks from afar, once it was loaded."""
        return self._blurred.get(card.image)

    def missing(self, card: Card) -> bool | UnsetType:
        """Return whether the page names the owner in vain; to strangers that is not said."""
        known = self._known.get(card.creator)
        return known is not None and known.local and not _may_be_named(known, card) if self._mine else UNSET


def _may_be_named(account: Account, card: Card) -> bool:
    """Whether the account lists the domain of the page, or one above it."""
    name = (host(card.page) or "").partition(":")[0]
    return any(name == domain or name.endswith(f".{domain}") for domain in account.attribution_domains)


def card(house: House, known: Card, around: Around) -> entities.PreviewCard:
    """Return a page that was read."""
    return entities.PreviewCard(**_said(house, known, around))


def trending(house: House, known: Card, around: Around, history: list[entities.History]) -> entities.TrendingLink:
    """Return a page that is talked about, with how much."""
    return entities.TrendingLink(**_said(house, known, around), history=history)


def _said(house: House, known: Card, around: Around) -> dict[str, Any]:
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
        "blurhash": around.blurhash(known),
        "image_description": known.image_description,
        "embed_url": known.embed_url,
        "authors": around.authors(known),
        "published_at": maybe(known.published_at),
        "language": known.language or None,
        "missing_attribution": around.missing(known),
    }
