"""Entities about the pages that posts link to.

Spec: CLIENT_API §14: PreviewCard; §6 for links that trend.
"""

from typing import Literal

from msgspec import UNSET, UnsetType

from smallfed.mastodon.entities.kinds import Count, Entity, Moment, Name, Url
from smallfed.mastodon.entities.people import Account
from smallfed.mastodon.entities.tags import History


class CardAuthor(Entity, frozen=True, kw_only=True):
    """Who wrote a page; ``account`` is theirs when they say themselves that the page may name them."""

    name: str
    url: str
    account: Account | None


class PreviewCard(Entity, frozen=True, kw_only=True):
    """A page that a post links to. Addresses are "" where there is none; ``html`` is one frame.

    ``missing_attribution``: it names the owner, who has not said that pages there may; told to the owner alone.
    """

    url: Url
    title: Name
    description: str
    type: Literal["link", "photo", "video", "rich"]
    author_name: str
    author_url: str
    provider_name: str
    provider_url: str
    html: str
    width: Count
    height: Count
    image: Url | None
    image_description: str
    embed_url: str
    blurhash: str | None
    authors: list[CardAuthor]
    published_at: Moment | None
    language: str | None
    missing_attribution: bool | UnsetType = UNSET


class TrendingLink(PreviewCard, frozen=True, kw_only=True):
    """A page that is much linked to, with how much, day by day."""

    history: list[History]
