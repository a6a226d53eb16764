"""Cards: what is known of a page that posts link to."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

CardType = Literal["link", "photo", "video", "rich"]


class Glimpse(Struct, frozen=True, kw_only=True):
    """What a page says about itself. Texts are plain; addresses are http(s), or "" where there is none.

    ``page`` is its own name for itself on the same host. ``html`` is one iframe made by us, around ``embed_url``.
    ``creator`` is a handle without @ in front.
    """

    page: str
    type: CardType = "link"
    title: str = ""
    description: str = ""
    author_name: str = ""
    author_url: str = ""
    provider_name: str = ""
    provider_url: str = ""
    html: str = ""
    width: int = 0
    height: int = 0
    image: str = ""
    image_description: str = ""
    embed_url: str = ""
    language: str = ""
    creator: str = ""
    published_at: datetime | None = None


class Attached(Struct, frozen=True, kw_only=True):
    """The page ``url`` that somebody attaches to a post, with what they say of it, or with nothing."""

    url: str
    glimpse: Glimpse | None = None


class Card(Glimpse, frozen=True, kw_only=True):
    """A page that posts link to as ``url``. ``read_at`` is None until it was read; then it may still have no title."""

    id: int
    url: str
    read_at: datetime | None = None
    created_at: datetime
