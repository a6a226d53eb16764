"""The entity for other pages that show a post.

Spec: https://oembed.com/#section2.3
"""

from typing import Literal

from smallfed.mastodon.entities.kinds import Count, Entity, Name, Url


class OEmbed(Entity, frozen=True, kw_only=True):
    """A post as a piece of another page."""

    type: Literal["rich"] = "rich"
    version: Literal["1.0"] = "1.0"
    title: str
    author_name: str
    author_url: Url
    provider_name: Name
    provider_url: Url
    cache_age: Count
    html: str
    width: Count
    height: Count | None
